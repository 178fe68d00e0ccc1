"""Whole columns in PostgreSQL's binary form, without a Python call for each value; pure.

A column comes as two lists that go side by side: what precedes each value (its length,
or -1 for NULL), and the value. None means "not certain, convert value by value".
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct

import orjson

from bridge24.sync.cells import columns, postgres
from bridge24.sync.cells.fit import Unstorable
from bridge24.sync.layout import Column, Family
from bridge24.sync.sqltypes import MONEY, Name

Pair = tuple[list[bytes], list[bytes]]
Bulk = Callable[[Sequence[object]], Pair | None]

_NULL = postgres.NULL
_EIGHT = (8).to_bytes(4, "big")
_LENGTHS = [_NULL, *(length.to_bytes(4, "big") for length in range(1, 4096))]
"""The length of a text; an empty one is NULL."""
_MICROS = 1_000_000
_EPOCH = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
# A sum below 100,000,000.00 as a NUMERIC of three groups of four digits: length, number
# of groups, weight of the first one and sign are the same for all.
_MONEY_HEAD = (14).to_bytes(4, "big") + b"\x00\x03\x00\x01\x00\x00"
_MONEY_SCALE = 2 << 48
_MONEY_LIMIT = 10**10


def bulk_for(column: Column) -> Bulk | None:
    """Choose the short cut of a column, if its family and type have one."""
    type_, family = column.type, column.family
    if column.multiple:
        return _lists(columns.UNWANTED[family]) if family in columns.UNWANTED else None
    if family is Family.TEXT and type_.is_text:
        return _texts(type_.size)
    if type_ == MONEY:
        return _MONEY_BULKS.get(family)
    return _BULKS.get((family, type_.name))


def _texts(size: int) -> Bulk:
    def texts(raws: Sequence[object]) -> Pair | None:
        strings = columns.strings(raws)
        if strings is None or (size and max(map(len, strings)) > size):
            return None
        try:
            values = "\0".join(strings).encode().split(b"\0")
        except UnicodeEncodeError:
            return None
        return _sized(values) if len(values) == len(strings) else None

    return texts


def _sized(values: list[bytes]) -> Pair:
    lengths = list(map(len, values))
    if max(lengths) < len(_LENGTHS):
        return list(map(_LENGTHS.__getitem__, lengths)), values
    return [length.to_bytes(4, "big") if length else _NULL for length in lengths], values


def _lists(unwanted: set[str]) -> Bulk:
    def lists(raws: Sequence[object]) -> Pair | None:
        if not columns.are_lists(raws, unwanted):
            return None
        try:
            return _sized(list(map(orjson.dumps, raws)))
        except TypeError:
            return None

    return lists


def _strings_as(convert: Callable[[list[str]], tuple[bytes, Sequence[bytes]] | None]) -> Bulk:
    """Convert the strings of a column that are not empty; the others are NULL."""

    def column(raws: Sequence[object]) -> Pair | None:
        strings = columns.strings(raws)
        present = list(filter(None, strings or ()))
        converted = convert(present) if present else None
        if strings is None or converted is None:
            return None
        head, values = converted
        if len(present) == len(strings):
            return [head] * len(strings), list(values)
        following = iter(values)
        return (
            [head if text else _NULL for text in strings],
            [next(following) if text else b"" for text in strings],
        )

    return column


def _integers(texts: list[str]) -> tuple[bytes, Sequence[bytes]] | None:
    if not columns.whole_numbers(texts):
        return None
    return _EIGHT, _packed("q", list(map(int, texts)))


def _references(raws: Sequence[object]) -> Pair | None:
    return _INTEGERS([None if raw == "0" else raw for raw in raws])


def _timestamps(texts: list[str]) -> tuple[bytes, Sequence[bytes]] | None:
    seconds = columns.moments(texts)
    if seconds is None:
        return None
    return _EIGHT, _packed("q", [(second - _EPOCH) * _MICROS for second in seconds])


def _doubles(texts: list[str]) -> tuple[bytes, Sequence[bytes]] | None:
    numbers = columns.doubles(texts)
    return None if numbers is None else (_EIGHT, _packed("d", numbers))


def _money(texts: list[str]) -> tuple[bytes, Sequence[bytes]] | None:
    sums = columns.cents(texts)
    if sums is None or max(sums) >= _MONEY_LIMIT:
        return None
    packed = [
        _MONEY_SCALE | sum_ // 1_000_000 << 32 | sum_ // 100 % 10_000 << 16 | sum_ % 100 * 100
        for sum_ in sums
    ]
    return _MONEY_HEAD, _packed("q", packed)


def _amounts(texts: list[str]) -> tuple[bytes, Sequence[bytes]] | None:
    cut = columns.amounts(texts)
    return _money(cut) if cut and all(cut) else None


def _currencies(raws: Sequence[object]) -> Pair | None:
    strings = columns.strings(raws)
    present = list(filter(None, strings or ()))
    tails = columns.currencies(present) if present else None
    if strings is None or tails is None:
        return None
    try:
        cells = {tail: postgres.text(tail[1:]) for tail in set(tails)} | {"": _NULL}
    except Unstorable:
        return None
    return [cells[text[-4:]] for text in strings], [b""] * len(strings)


def _packed(code: str, numbers: list[int] | list[float]) -> tuple[bytes, ...]:
    count = len(numbers)
    return _splitter(count).unpack(Struct(f">{count}{code}").pack(*numbers))


@lru_cache(maxsize=256)
def _splitter(count: int) -> Struct:
    return Struct("8s" * count)


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
