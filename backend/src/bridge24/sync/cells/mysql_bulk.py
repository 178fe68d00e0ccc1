"""Whole columns as LOAD DATA reads them, without a Python call for each value; pure.

None means "not certain, convert value by value".
"""

from collections.abc import Callable, Sequence
from datetime import date

import orjson

from bridge24.sync.cells import columns
from bridge24.sync.cells.fit import Unstorable
from bridge24.sync.cells.mysql import FIRST_YEAR, NULL, text
from bridge24.sync.layout import Column, Family
from bridge24.sync.sqltypes import MONEY, MYSQL_TEXT_BYTES, Name

Bulk = Callable[[Sequence[object]], list[bytes] | None]

_BETWEEN = "\1"
"""Holds the values of a column together while they are escaped."""
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0"))
_SHORT = MYSQL_TEXT_BYTES // 4
"""Characters that fit a TEXT whatever they are."""


def bulk_for(column: Column) -> Bulk | None:
    """Choose the short cut of a column, if its family and type have one."""
    type_, family = column.type, column.family
    if column.multiple:
        return _lists(columns.UNWANTED[family]) if family in columns.UNWANTED else None
    if family is Family.TEXT and type_.is_text:
        return _texts(type_.size or _SHORT)
    if type_ == MONEY:
        return _MONEY_BULKS.get(family)
    return _BULKS.get((family, type_.name))


def _texts(size: int) -> Bulk:
    def texts(raws: Sequence[object]) -> list[bytes] | None:
        strings = columns.strings(raws)
        if strings is None or max(map(len, strings)) > size:
            return None
        return _escaped(strings)

    return texts


def _escaped(strings: list[str]) -> list[bytes] | None:
    joined = _BETWEEN.join(strings)
    if joined.count(_BETWEEN) != len(strings) - 1:
        return None
    for letter, escape in _ESCAPES:
        joined = joined.replace(letter, escape)
    try:
        values = joined.encode().split(_BETWEEN.encode())
    except UnicodeEncodeError:
        return None
    return [value or NULL for value in values]


def _lists(unwanted: set[str]) -> Bulk:
    def lists(raws: Sequence[object]) -> list[bytes] | None:
        if not columns.are_lists(raws, unwanted):
            return None
        try:
            values = list(map(orjson.dumps, raws))
        except TypeError:
            return None
        if max(map(len, values)) > MYSQL_TEXT_BYTES:
            return None
        # JSON escapes all control characters itself: only the backslash is left.
        return [value.replace(b"\\", b"\\\\") for value in values]

    return lists


def _strings_as(convert: Callable[[list[str]], list[str] | None]) -> Bulk:
    """Convert the strings of a column that are not empty; the others are NULL."""

    def column(raws: Sequence[object]) -> list[bytes] | None:
        strings = columns.strings(raws)
        present = list(filter(None, strings or ()))
        converted = convert(present) if present else None
        if strings is None or converted is None:
            return None
        following = iter("\n".join(converted).encode().split(b"\n"))
        return [next(following) if text else NULL for text in strings]

    return column


def _integers(texts: list[str]) -> list[str] | None:
    return texts if columns.whole_numbers(texts) else None


def _references(raws: Sequence[object]) -> list[bytes] | None:
    return _INTEGERS([None if raw == "0" else raw for raw in raws])


def _doubles(texts: list[str]) -> list[str] | None:
    numbers = columns.doubles(texts)
    return None if numbers is None else list(map(repr, numbers))


def _money(texts: list[str]) -> list[str] | None:
    sums = columns.cents(texts)
    return None if sums is None or max(sums) >= 10**MONEY.size else texts


def _amounts(texts: list[str]) -> list[str] | None:
    cut = columns.amounts(texts)
    return _money(cut) if cut and all(cut) else None


def _currencies(raws: Sequence[object]) -> list[bytes] | None:
    strings = columns.strings(raws)
    present = list(filter(None, strings or ()))
    tails = columns.currencies(present) if present else None
    if strings is None or tails is None:
        return None
    try:
        cells = {tail: text(tail[1:]) for tail in set(tails)} | {"": NULL}
    except Unstorable:
        return None
    return [cells[string[-4:]] for string in strings]


def _timestamps(texts: list[str]) -> list[str] | None:
    seconds = columns.moments(texts)
    if seconds is None or min(seconds) < _FIRST_SECOND:
        return None
    try:
        return [
            _DAY_TEXTS[second // 86_400] + _MINUTE_TEXTS[second % 86_400 // 60] + _TWO[second % 60]
            for second in seconds
        ]
    except (OverflowError, ValueError):
        return None


class _DayTexts(dict[int, str]):
    """How days since 1970 are written."""

    def __missing__(self, day: int) -> str:
        if len(self) > 10_000:
            self.clear()
        self[day] = f"{date.fromordinal(_DAY_ONE + day)} "
        return self[day]


_DAY_ONE = date(1970, 1, 1).toordinal()
_FIRST_SECOND = (date(FIRST_YEAR, 1, 1).toordinal() - _DAY_ONE) * 86_400
_DAY_TEXTS = _DayTexts()
_TWO = [f"{number:02}" for number in range(60)]
_MINUTE_TEXTS = [f"{_TWO[minute // 60]}:{_TWO[minute % 60]}:" for minute in range(1440)]
_INTEGERS = _strings_as(_integers)

_BULKS: dict[tuple[Family, Name], Bulk] = {
    (Family.KEY, "BIGINT"): _INTEGERS,
    (Family.INTEGER, "BIGINT"): _INTEGERS,
    (Family.REFERENCE, "BIGINT"): _references,
    (Family.DATETIME, "TIMESTAMP"): _strings_as(_timestamps),
    (Family.NUMBER, "DOUBLE"): _strings_as(_doubles),
    (Family.CURRENCY, "VARCHAR"): _currencies,
}
_MONEY_BULKS = {
    Family.NUMBER: _strings_as(_money),
    Family.AMOUNT: _strings_as(_amounts),
}
