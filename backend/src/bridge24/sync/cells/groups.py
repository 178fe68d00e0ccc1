"""Columns of one kind, side by side: checked and written as one text; pure.

The cells of a row are joined with tabs and the rows with line ends, which is what the
database reads; a regular expression says whether that text is already what the values
would be written as, one by one. None means "not certain": somebody else then looks at
each value.
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import chain, product
from typing import cast

import orjson

from bridge24.sync.cells.moments import days, moments
from bridge24.sync.cells.single import ESCAPES
from bridge24.sync.layout import Column, Family
from bridge24.sync.sqltypes import MONEY, MYSQL_TEXT_BYTES, Dialect

Rows = Sequence[tuple[object, ...]]
Strings = Sequence[tuple[str, ...]]
Write = Callable[[Rows], list[str] | None]
"""Takes the values of every row, gives the cells of every row, joined with tabs."""

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
    """Say whom a column is written together with; None: on its own, value by value."""
    family, type_ = column.family, column.type
    if column.multiple:
        return Kind.LIST if family in _LISTED else None
    if type_ == MONEY:
        return {Family.NUMBER: Kind.MONEY, Family.AMOUNT: Kind.AMOUNT}.get(family)
    if family is Family.TEXT and type_.is_text:
        return Kind.TEXT
    return _KINDS.get((family, type_.name))


def writer_for(kind: Kind, column: Column, dialect: Dialect) -> Write:
    """Choose how columns of a kind and of one type are written; ``column`` is any of them."""
    if kind is Kind.LIST:
        return _lists(_LISTED[column.family])
    if kind in {Kind.TEXT, Kind.CHOICE}:
        return _texts(column.type.size or _SHORT, ESCAPES[dialect], zeros=kind is Kind.TEXT)
    if kind is Kind.MOMENT:
        return _moments
    return _checked(_REWRITE[kind], numbers=kind in {Kind.WHOLE, Kind.REFERENCE})


def are_whole(texts: Sequence[str]) -> bool:
    """Whether all are written as integers of 64 bits are."""
    return all(texts) and _whole("".join(f"{text}\n" for text in texts)) is not None


def _strings(rows: Rows, *, numbers: bool = False) -> Strings | None:
    """Write nulls as empty texts, and integers where they may come as such."""
    flat = list(chain.from_iterable(rows))
    kinds = set(map(type, flat))
    if kinds <= {str, type(None)}:
        return _regrouped([value or "" for value in cast("list[str]", flat)], len(rows[0]))
    if numbers and kinds <= {str, int, type(None)}:
        texts = ["" if value is None else str(value) for value in flat]
        return _regrouped(texts, len(rows[0]))
    return None


def _regrouped(flat: Sequence[str], width: int) -> list[tuple[str, ...]]:
    return list(zip(*[iter(flat)] * width, strict=True))


def _lines(rows: Strings) -> list[str]:
    return list(map("\t".join, rows))


def _checked(rewrite: Callable[[str], str | None], *, numbers: bool) -> Write:
    """Write columns by looking at all of them as one text, which ends with a line end."""

    def write(rows: Rows) -> list[str] | None:
        try:
            lines = _lines(cast("Strings", rows))
        except TypeError:
            strings = _strings(rows, numbers=numbers)
            if strings is None:
                return None
            lines = _lines(strings)
        joined = "\n".join((*lines, ""))
        if not _has_shape(joined, rows):
            return None
        rewritten = rewrite(joined)
        if rewritten is None or rewritten is joined:
            return lines if rewritten else None
        return rewritten.split("\n")[:-1]

    return write


def _has_shape(joined: str, rows: Rows) -> bool:
    """Whether no value holds a tab or a line end of its own."""
    tabs = len(rows) * (len(rows[0]) - 1)
    return joined.count("\t") == tabs and joined.count("\n") == len(rows)


_SUM = r"(?:0|[1-9][0-9]{0,15}+)\.[0-9][0-9]"
_WHOLES = re.compile(r"(?:(?:0|[1-9][0-9]{0,17}+)?+[\t\n])*+")
_MONEYS = re.compile(rf"(?:(?:{_SUM})?+[\t\n])*+")
_AMOUNTS = re.compile(rf"(?:(?:{_SUM}\|[A-Z]{{3}})?+[\t\n])*+")
# Fifteen digits survive a double, whatever they are, and from 0.0001 on without an exponent.
_DOUBLES = re.compile(r"(?:(?:(?:0(?!\.000)|[1-9][0-9]{0,9}+)(?:\.[0-9]{1,4}+)?+)?+[\t\n])*+")
_IDLE_POINT = re.compile(r"\.0+(?=[\t\n])")
_IDLE_ZEROS = re.compile(r"(?:(?<=\.[1-9])|(?<=\.[0-9][1-9])|(?<=\.[0-9][0-9][1-9]))0+(?=[\t\n])")
_BOOLEANS = re.compile(r"(?:[YN01]?+[\t\n])*+")
_CURRENCY = re.compile(r"\|[A-Z]{3}")
_DIGITS = re.compile(r"[0-9.|]+")


def _whole(joined: str) -> str | None:
    return joined if _WHOLES.fullmatch(joined) else None


def _reference(joined: str) -> str | None:
    return _without_zeros(joined) if _WHOLES.fullmatch(joined) else None


def _without_zeros(joined: str) -> str:
    """Write "0" as nothing: it is how a portal spells "none"."""
    if not joined.startswith("0") and "\t0" not in joined and "\n0" not in joined:
        return joined
    marked = f"\n{joined}"
    for before, after in product("\t\n", repeat=2):
        zero = f"{before}0{after}"
        # Twice, because neighbours share a mark.
        marked = marked.replace(zero, before + after).replace(zero, before + after)
    return marked[1:]


def _money(joined: str) -> str | None:
    return joined if _MONEYS.fullmatch(joined) else None


def _amount(joined: str) -> str | None:
    return _CURRENCY.sub("", joined) if _AMOUNTS.fullmatch(joined) else None


def _currency(joined: str) -> str | None:
    return _DIGITS.sub("", joined) if _AMOUNTS.fullmatch(joined) else None


def _double(joined: str) -> str | None:
    if not _DOUBLES.fullmatch(joined):
        return None
    if "0\t" not in joined and "0\n" not in joined:
        return joined
    return _IDLE_ZEROS.sub("", _IDLE_POINT.sub("", joined))


def _boolean(joined: str) -> str | None:
    if not _BOOLEANS.fullmatch(joined):
        return None
    return joined.replace("Y", "1").replace("N", "0")


_REWRITE: dict[Kind, Callable[[str], str | None]] = {
    Kind.WHOLE: _whole,
    Kind.REFERENCE: _reference,
    Kind.DAY: days,
    Kind.MONEY: _money,
    Kind.DOUBLE: _double,
    Kind.BOOLEAN: _boolean,
    Kind.AMOUNT: _amount,
    Kind.CURRENCY: _currency,
}


def _texts(size: int, escapes: Sequence[tuple[str, str]], *, zeros: bool) -> Write:
    """Write texts of up to ``size`` characters; without ``zeros`` a "0" means none."""

    def write(rows: Rows) -> list[str] | None:
        try:
            strings = cast("Strings", rows)
            lines = _lines(strings)
        except TypeError:
            converted = _strings(rows)
            if converted is None:
                return None
            strings, lines = converted, _lines(converted)
        if max(map(len, lines)) > size and max(map(len, chain.from_iterable(strings))) > size:
            return None
        joined, escaped = "\n".join((*lines, "")), None
        if not _has_shape(joined, rows) or any(map(joined.__contains__, "\\\r\0")):
            escaped = _escaped(strings, escapes)
            if zeros or escaped is None:
                return escaped
            joined = "\n".join((*escaped, ""))
        elif zeros:
            return lines
        kept = _without_zeros(joined)
        return lines if kept is joined and escaped is None else kept.split("\n")[:-1]

    return write


def _escaped(rows: Strings, escapes: Sequence[tuple[str, str]]) -> list[str] | None:
    flat = list(chain.from_iterable(rows))
    joined = _BETWEEN.join(flat)
    if joined.count(_BETWEEN) != len(flat) - 1:
        return None
    for letter, escape in escapes:
        joined = joined.replace(letter, escape)
    return _lines(_regrouped(joined.split(_BETWEEN), len(rows[0])))


def _moments(rows: Rows) -> list[str] | None:
    written = moments(list(chain.from_iterable(rows)))
    return None if written is None else _lines(_regrouped(written, len(rows[0])))


def _lists(unwanted: set[str]) -> Write:
    """Write lists of texts as JSON; what is empty is an empty list."""

    def write(rows: Rows) -> list[str] | None:
        flat = list(chain.from_iterable(rows))
        if not set(map(type, flat)) <= _LIST_OR_EMPTY:
            return None
        lists = [raw or [] for raw in cast("list[list[object]]", flat)]
        if set(map(type, lists)) != {list}:
            return None
        items = list(chain.from_iterable(lists))
        if not set(map(type, items)) <= {str} or not unwanted.isdisjoint(items):
            return None
        return _jsons(lists, len(rows[0]))

    return write


_LIST_OR_EMPTY = {list, str, bool, type(None)}


def _jsons(lists: list[list[object]], width: int) -> list[str] | None:
    try:
        texts = list(map(orjson.dumps, lists))
    except TypeError:
        # Half of a surrogate pair.
        return None
    if max(map(len, texts)) > MYSQL_TEXT_BYTES:
        return None
    # JSON escapes all control characters itself: only the backslash is left.
    joined = b"\n".join(texts).decode().replace("\\", "\\\\")
    return _lines(_regrouped(joined.split("\n"), width))
