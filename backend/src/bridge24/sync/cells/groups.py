"""Columns of one kind, many values at a time: checked and written as one text; pure.

A regular expression over all values, joined with line ends, says whether they are already
what each of them would be written as. None means "not certain": somebody else then looks at
each value.
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import chain, filterfalse
from typing import cast

import orjson

from bridge24.sync.cells.moments import moments
from bridge24.sync.cells.single import ESCAPES
from bridge24.sync.layout import Column, Family
from bridge24.sync.sqltypes import MONEY, MYSQL_TEXT_BYTES, Dialect

Write = Callable[[Sequence[object]], Sequence[str] | None]
"""Takes values of columns of one kind, gives the cell of each."""

Rewrite = Callable[[Sequence[str], str], Sequence[str]]
"""Takes texts, apart and joined, of which the shape is certain, gives the cells."""

_BETWEEN = "\1"
"""Holds texts together while they are escaped."""
_SHORT = MYSQL_TEXT_BYTES // 4
"""Characters that fit a TEXT of MySQL whatever they are."""


class Kind(StrEnum):
    """Columns that are written alike."""

    WHOLE = "whole"
    REFERENCE = "reference"
    MONEY = "money"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DAY = "day"
    MOMENT = "moment"
    TEXT = "text"
    CHOICE = "choice"
    AMOUNT = "amount"
    CURRENCY = "currency"
    LIST = "list"


_KINDS: dict[tuple[Family, str], Kind] = {
    (Family.KEY, "BIGINT"): Kind.WHOLE,
    (Family.INTEGER, "BIGINT"): Kind.WHOLE,
    (Family.REFERENCE, "BIGINT"): Kind.REFERENCE,
    (Family.NUMBER, "DOUBLE"): Kind.DOUBLE,
    (Family.BOOLEAN, "BOOLEAN"): Kind.BOOLEAN,
    (Family.DATE, "DATE"): Kind.DAY,
    (Family.DATETIME, "TIMESTAMP"): Kind.MOMENT,
    (Family.CHOICE, "VARCHAR"): Kind.CHOICE,
    (Family.CURRENCY, "VARCHAR"): Kind.CURRENCY,
}
_LISTED = {Family.TEXT: set[str](), Family.CHOICE: {"", "0"}}
"""Families of which lists are kept as they are, and the items that are not."""


def kind_of(column: Column) -> Kind | None:
    """Say whom a column is written together with; None: on its own."""
    family, type_ = column.family, column.type
    if column.multiple:
        return Kind.LIST if family in _LISTED else None
    if type_ == MONEY:
        return {Family.NUMBER: Kind.MONEY, Family.AMOUNT: Kind.AMOUNT}.get(family)
    if family is Family.TEXT and type_.is_text:
        return Kind.TEXT
    return _KINDS.get((family, type_.name))


def writer_for(kind: Kind, column: Column, dialect: Dialect) -> Write | None:
    """Choose how columns of a kind and of one type are written; ``column`` is any of them.

    None for kinds of which a few values come again and again: those are remembered.
    """
    if kind is Kind.LIST:
        return _lists(_LISTED[column.family])
    if kind is Kind.TEXT:
        return _texts(column.type.size or _SHORT, ESCAPES[dialect])
    if kind is Kind.MOMENT:
        return moments
    rewrite = _REWRITE.get(kind)
    return rewrite and _checked(*rewrite, numbers=kind in {Kind.WHOLE, Kind.REFERENCE})


def are_whole(texts: Sequence[str]) -> bool:
    """Whether all are written as integers of 64 bits are."""
    return all(texts) and _WHOLES.fullmatch("\n".join(texts)) is not None


def _strings(values: Sequence[object], *, numbers: bool = False) -> Sequence[str] | None:
    """Write nulls as empty texts, and integers where they may come as such.

    What is not a text may be among the strings, if it is not empty: joining them tells.
    """
    if all(values):
        return cast("Sequence[str]", values)
    # A number that is 0 is not empty.
    empty = set(map(type, filterfalse(None, values)))
    if empty <= _EMPTIES:
        return [value or "" for value in cast("Sequence[str]", values)]
    return _spelled(values) if numbers else None


_EMPTIES = {str, type(None), bool, list, dict}


def _spelled(values: Sequence[object]) -> list[str] | None:
    if set(map(type, values)) <= {str, int, type(None)}:
        return ["" if value is None else str(value) for value in values]
    return None


def _joined(strings: Sequence[str], between: str) -> str | None:
    try:
        return between.join(strings)
    except TypeError:
        return None


def _checked(pattern: re.Pattern[str], rewrite: Rewrite, *, numbers: bool) -> Write:
    """Write values that all have the shape of the pattern."""

    def write(values: Sequence[object]) -> Sequence[str] | None:
        strings = _strings(values, numbers=numbers)
        joined = None if strings is None else _joined(strings, "\n")
        if joined is None and numbers:
            strings = _spelled(values)
            joined = None if strings is None else "\n".join(strings)
        # A line end of a value's own would make it two.
        if strings is None or joined is None or joined.count("\n") != len(strings) - 1:
            return None
        return rewrite(strings, joined) if pattern.fullmatch(joined) else None

    return write


def _all(one: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{one})?+(?:\n(?:{one})?+)*+")


_SUM = r"(?:0|[1-9][0-9]{0,15}+)\.[0-9][0-9]"
_WHOLES = _all("0|[1-9][0-9]{0,17}+")
_MONEYS = _all(_SUM)
_AMOUNTS = _all(rf"{_SUM}\|[A-Z]{{3}}")
# Fifteen digits survive a double, whatever they are, and from 0.0001 on without an exponent.
_DOUBLES = _all(r"(?:0(?!\.000)|[1-9][0-9]{0,9}+)(?:\.[0-9]{1,4}+)?+")


def _as_they_are(strings: Sequence[str], _joined: str) -> Sequence[str]:
    return strings


def _references(strings: Sequence[str], joined: str) -> Sequence[str]:
    """Write "0" as nothing: it is how a portal spells "none"."""
    if "\n0\n" not in f"\n{joined}\n":
        return strings
    return ["" if string == "0" else string for string in strings]


def _amounts(strings: Sequence[str], _joined: str) -> Sequence[str]:
    return [string[:-4] for string in strings]


def _currencies(strings: Sequence[str], _joined: str) -> Sequence[str]:
    return [string[-3:] for string in strings]


def _doubles(strings: Sequence[str], joined: str) -> Sequence[str]:
    if "." not in joined:
        return strings
    return [string.rstrip("0").rstrip(".") if "." in string else string for string in strings]


_REWRITE: dict[Kind, tuple[re.Pattern[str], Rewrite]] = {
    Kind.WHOLE: (_WHOLES, _as_they_are),
    Kind.REFERENCE: (_WHOLES, _references),
    Kind.MONEY: (_MONEYS, _as_they_are),
    Kind.DOUBLE: (_DOUBLES, _doubles),
    Kind.AMOUNT: (_AMOUNTS, _amounts),
    Kind.CURRENCY: (_AMOUNTS, _currencies),
}


def _texts(size: int, escapes: Sequence[tuple[str, str]]) -> Write:
    """Write texts of up to ``size`` characters, but for NUL, which is left to the caller."""

    def write(values: Sequence[object]) -> Sequence[str] | None:
        strings = _strings(values)
        joined = None if strings is None else _joined(strings, _BETWEEN)
        if strings is None or joined is None or max(map(len, strings)) > size:
            return None
        if any(map(joined.__contains__, "\\\t\n\r")):
            return _escaped(joined, escapes, len(strings))
        return strings

    return write


def _escaped(joined: str, escapes: Sequence[tuple[str, str]], count: int) -> Sequence[str] | None:
    if joined.count(_BETWEEN) != count - 1:
        return None
    for letter, escape in escapes:
        joined = joined.replace(letter, escape)
    return joined.split(_BETWEEN)


def _lists(unwanted: set[str]) -> Write:
    """Write lists of texts as JSON; what is empty is an empty list."""

    def write(values: Sequence[object]) -> Sequence[str] | None:
        if not set(map(type, values)) <= _LIST_OR_EMPTY:
            return None
        lists = [raw or [] for raw in cast("Sequence[list[object]]", values)]
        if set(map(type, lists)) != {list}:
            return None
        items = list(chain.from_iterable(lists))
        if not set(map(type, items)) <= {str} or not unwanted.isdisjoint(items):
            return None
        return _jsons(lists)

    return write


_LIST_OR_EMPTY = {list, str, bool, type(None)}


def _jsons(lists: list[list[object]]) -> list[str] | None:
    try:
        texts = list(map(orjson.dumps, lists))
    except TypeError:
        # Half of a surrogate pair.
        return None
    if max(map(len, texts)) > MYSQL_TEXT_BYTES:
        return None
    # JSON escapes all control characters itself: only the backslash is left.
    return b"\n".join(texts).decode().replace("\\", "\\\\").split("\n")
