"""The fields of one kind of record: names in both families of methods, types, descriptors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bridge24.emulator.calls import Json


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        code: Classic code (`STAGE_ID`); `@name` for a value derived from others.
        name: camelCase name in `crm.item.*`; empty when those methods do not show it.
        type: Bitrix24 type (`string`, `crm_status`, `money`…).
        classic: Whether `crm.<entity>.fields` describes it.
        in_rows: Whether classic rows carry it, `in_items` whether items do.
        empty: Whether it is always null (kept by Bitrix24 for compatibility).
        custom: What the portal knows about a custom field, else `None`.
    """

    code: str
    name: str
    type: str
    title: str
    required: bool = False
    read_only: bool = False
    immutable: bool = False
    multiple: bool = False
    deprecated: bool = False
    classic: bool = True
    in_rows: bool = True
    in_items: bool = True
    empty: bool = False
    status_type: str = ""
    parent_type_id: int = 0
    custom: Custom | None = None

    @property
    def upper_name(self) -> str:
        """The classic spelling, also of derived fields."""
        return snake(self.code[1:]) if self.code.startswith("@") else self.code


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enumeration field; ids are unique in the portal."""

    id: str
    value: str
    sort: int
    xml_id: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Custom:
    """What a portal keeps about a custom field besides its type.

    https://apidocs.bitrix24.com/api-reference/crm/universal/userfieldconfig/index.html
    """

    id: int
    entity_id: str
    labels: dict[str, str]
    sort: int = 100
    mandatory: bool = False
    show_filter: str = "N"
    xml_id: str | None = None
    settings: dict[str, Json] = field(default_factory=dict)
    options: tuple[Option, ...] = ()

    def label(self, language: str) -> str:
        """The label in a language, else in any."""
        return self.labels.get(language) or next(iter(self.labels.values()), "")


class Schema:
    """The fields of one kind of record in their order; custom ones come and go."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields = {each.code: each for each in fields}
        self._names: dict[str, str] | None = None
        self.version = 0

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def __contains__(self, code: str) -> bool:
        return code in self._fields

    def get(self, code: str) -> Field | None:
        """The field with this classic code."""
        return self._fields.get(code)

    def put(self, each: Field) -> None:
        """Add a field, or replace the one of the same code."""
        self._fields[each.code] = each
        self._changed()

    def remove(self, code: str) -> None:
        """Forget a field; its values disappear from every row."""
        self._fields.pop(code, None)
        self._changed()

    def by_name(self, name: str) -> Field | None:
        """The field `crm.item.*` calls so, in camelCase, or in the classic spelling."""
        if self._names is None:
            self._names = {each.upper_name.lower(): each.code for each in self._named()}
            self._names |= {each.name.lower(): each.code for each in self._named()}
        code = self._names.get(name.lower())
        return self._fields[code] if code else None

    def customs(self) -> list[Field]:
        """The custom fields, in order of their ids."""
        return [each for each in self if each.custom]

    def _named(self) -> list[Field]:
        return [each for each in self if each.name]

    def _changed(self) -> None:
        self._names = None
        self.version += 1


PARENTS = {"crm_lead": 1, "crm_deal": 2, "crm_company": 4, "crm_quote": 7}
"""`entityTypeId` a link field points at; links to contacts do not tell."""

FLAGS = {
    "R": "required",
    "r": "read_only",
    "i": "immutable",
    "M": "multiple",
    "d": "deprecated",
    "n": "empty",
}


def parse(table: str, *, switches: frozenset[str] | None = None) -> list[Field]:
    """Read a catalogue table; fields behind a switch that is off are left out."""
    return [each for line in table.strip().splitlines() if (each := _parse_line(line, switches))]


def _parse_line(line: str, switches: frozenset[str] | None) -> Field | None:
    code, name, kind, flags, title = line.split(" ", 4)
    flags, _, switch = flags.partition("?")
    if switch and switches is not None and switch not in switches:
        return None
    base, _, status_type = kind.partition(":")
    on = {FLAGS[flag] for flag in flags if flag in FLAGS}
    return Field(
        code=code,
        name={"=": camel(code), "-": ""}.get(name, name),
        type=base,
        title=title,
        required="required" in on,
        read_only="read_only" in on,
        immutable="immutable" in on,
        multiple="multiple" in on,
        deprecated="deprecated" in on,
        empty="empty" in on,
        status_type=status_type,
        classic=not set("ch") & set(flags),
        in_rows=not set("cx") & set(flags),
        in_items="o" not in flags,
        parent_type_id=0 if "deprecated" in on else PARENTS.get(base, 0),
    )


def camel(code: str) -> str:
    """Convert a standard code: `ASSIGNED_BY_ID` → `assignedById`."""
    head, *tail = code.lower().split("_")
    return head + "".join(word.capitalize() for word in tail)


def snake(name: str) -> str:
    """Convert back: `phoneMobile` → `PHONE_MOBILE`."""
    return re.sub(r"([A-Z])", r"_\1", name).upper()


def custom_name(code: str) -> str:
    """The camelCase name of a custom field, by the irregular rules of Bitrix24.

    https://apidocs.bitrix24.com/api-reference/crm/universal/object-fields.html
    `UF_CRM_17…` → `ufCrm_17…`, `UF_CRM_10_51…` → `ufCrm10_51…`,
    `UF_CRM_10_DIGIT` → `ufCrm10Digit`, `UF_CRM_3_DIGIT10` → `ufCrm_3_DIGIT10`.
    """
    tail = code.removeprefix("UF_CRM_")
    owner, _, rest = tail.partition("_")
    if tail.isdecimal():
        return f"ufCrm_{tail}"
    if owner.isdecimal() and rest.isdecimal():
        return f"ufCrm{owner}_{rest}"
    if re.fullmatch(r"[A-Z_]+", rest if owner.isdecimal() else tail):
        words = (rest if owner.isdecimal() else tail).split("_")
        glued = "".join(word.capitalize() for word in words)
        return f"ufCrm{owner}{glued}" if owner.isdecimal() else f"ufCrm{glued}"
    return f"ufCrm_{tail}"
