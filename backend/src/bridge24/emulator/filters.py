"""Filters of list methods: every prefix, OR groups, and what equals what.

https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bridge24.emulator.calls import Json, RestError, as_list, as_map
from bridge24.emulator.rendering import WHOLE
from bridge24.emulator.schema import Field
from bridge24.emulator.zones import Zone

Getter: TypeAlias = Callable[[str], Json]
Find: TypeAlias = Callable[[str], Field | None]

PREFIXES = (
    "!><", "!=%", "!%=", "><", ">=", "<=", "!=", "!@", "!%", "=%", "%=", ">", "<", "=", "!", "@",
    "%", "?",
)  # fmt: skip
ORDERED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
REFERENCES = WHOLE - {"integer", "enumeration", "crm_category"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`<prefix>FIELD: value`, compiled for the type of the field."""

    field: Field
    prefix: str
    values: tuple[Json, ...]
    zone: Zone

    def matches(self, get: Getter) -> bool:
        """Whether a row meets it; of a multiple field any value may."""
        value = get(self.field.code)
        values = value if isinstance(value, list) else [value]
        if self.prefix in {"!", "!=", "!@", "!%", "!=%", "!%=", "!><"}:
            return not any(self._positive(each) for each in values or [None])
        return any(self._positive(each) for each in values or [None])

    def _positive(self, value: Json) -> bool:
        bare = self.prefix.removeprefix("!")
        mine = comparable(self.field, value, self.zone)
        if bare in ORDERED:
            return any(_compare(ORDERED[bare], mine, each) for each in self.values)
        if bare == "><":
            low, high = (*self.values, None, None)[:2]
            return _compare(operator.ge, mine, low) and _compare(operator.le, mine, high)
        if bare in {"%", "?"}:
            return any(str(each or "").casefold() in _text(value) for each in self.values)
        if bare in {"=%", "%="}:
            return any(_like(str(each or "")).fullmatch(_text(value)) for each in self.values)
        return mine in self.values

    @property
    def is_plain(self) -> bool:
        """Whether a bound on the id can be read from it."""
        return self.prefix in {"", "=", "@", *ORDERED}


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by AND or OR."""

    any_of: bool = False
    members: tuple[Condition | Group, ...] = ()

    def matches(self, get: Getter) -> bool:
        """Whether a row meets the group."""
        if self.any_of:
            return not self.members or any(each.matches(get) for each in self.members)
        return all(each.matches(get) for each in self.members)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a filter for one family of methods.

    Attributes:
        find: The field of a name, `None` when unknown.
        strict: Whether an unknown field is an error (`crm.item.*`) or ignored (classic).
        groups: Whether numeric keys are nested groups.
    """

    find: Find
    zone: Zone
    strict: bool = False
    groups: bool = False

    def read(self, sent: Json) -> Group:
        """Compile a filter.

        Raises:
            RestError: 400 `INVALID_ARG_VALUE` for an unknown field, when strict.
        """
        return self._group(as_map(sent))

    def _group(self, sent: Mapping[str, Json]) -> Group:
        any_of = str(sent.get("logic", "AND")).upper() == "OR" if self.groups else False
        members: list[Condition | Group] = []
        for key, value in sent.items():
            if self.groups and key == "logic":
                continue
            if self.groups and str(key).isdecimal():
                members.append(self._group(as_map(value)))
                continue
            condition = self._condition(str(key), value)
            if condition is not None:
                members.append(condition)
        return Group(any_of, tuple(members))

    def _condition(self, key: str, value: Json) -> Condition | None:
        prefix, name = split(key)
        found = self.find(name)
        if found is None:
            if self.strict:
                text = f"Invalid filter: field '{name}' is not allowed in filter"
                raise RestError(400, "INVALID_ARG_VALUE", text)
            return None
        if prefix in {"%", "!%", "=%", "%=", "!=%", "!%=", "?"}:
            values = tuple(as_list(value))
            return Condition(found, prefix, values, self.zone)
        given = as_list(value) if isinstance(value, list | dict) else [value]
        values = tuple(comparable(found, each, self.zone) for each in given)
        return Condition(found, prefix, values, self.zone)


def split(key: str) -> tuple[str, str]:
    """Split a key into its prefix, the longest that fits, and the field."""
    for prefix in PREFIXES:
        if key.startswith(prefix):
            return prefix, key[len(prefix) :]
    return "", key


def comparable(field: Field, value: Json, zone: Zone) -> Json:
    """Bring a stored or a sent value into a form that compares by meaning."""
    if field.type == "boolean" and field.custom:
        return value in ("1", 1, "Y", "y", True)
    if value is None or value in ("", "None") or value == []:
        return None
    if field.type in {"date", "datetime"}:
        return zone.read(value) if field.type == "datetime" else zone.read_day(value)
    if field.type in {"char", "boolean"}:
        return "Y" if value in ("Y", "y", "1", 1, True) else "N"
    if field.type in WHOLE or field.type == "double":
        number = _number(value)
        return None if number == 0 and field.type in REFERENCES else number
    return value if field.type == "file" else str(value).casefold()


def _number(value: Json) -> Json:
    """Whole numbers keep all their digits."""
    try:
        return int(value)
    except (TypeError, ValueError):
        pass
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _compare(how: Callable[[Json, Json], bool], mine: Json, other: Json) -> bool:
    if mine is None or other is None:
        return False
    try:
        return how(mine, other)
    except TypeError:
        return how(str(mine), str(other))


def _text(value: Json) -> str:
    return str("" if value is None else value).casefold()


def _like(pattern: str) -> re.Pattern[str]:
    """SQL LIKE: `%` for anything, all else literal."""
    parts = (re.escape(part) for part in pattern.casefold().split("%"))
    return re.compile(".*".join(parts), re.DOTALL)
