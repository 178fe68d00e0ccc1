"""Rows of a list answer, kept as the JSON they came in and parsed when they are looked at."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, overload

import msgspec

Row = dict[str, Any]
Part = msgspec.Raw | list[Row]


class NotJson(ValueError):
    """The text is not JSON."""


def decoded(body: bytes | msgspec.Raw) -> Any:
    """Parse JSON; integers keep all their digits.

    Raises:
        NotJson: It is none.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Halves of surrogate pairs and numbers beyond a double are rare, and JSON all the same.
        return _leniently(bytes(body))


def _leniently(body: bytes) -> Any:
    try:
        # Bytes that are no UTF-8 become halves of surrogate pairs: one value is odd, not all.
        return json.loads(body.decode(errors="surrogateescape"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJson from None


def _refuse(_constant: str) -> None:
    raise NotJson


class UnparsedRows(Sequence[Row]):
    """Rows in the order of their pages; each look at them parses anew.

    A row takes a third of the memory that it takes parsed, and whoever parses a page and
    uses it at once finds it in the processor's cache.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[Part, int]] = []
        self._count = 0
        self.size_bytes = 0
        """Of the JSON, about; the little that was parsed does not count."""

    def add(self, part: Part, count: int) -> None:
        """Append a JSON list of so many rows, or rows that are parsed already."""
        if count:
            self._parts.append((part, count))
            self._count += count
            self.size_bytes += memoryview(part).nbytes if isinstance(part, msgspec.Raw) else 0

    def extend(self, other: "UnparsedRows", most: int) -> None:
        """Append the first ``most`` rows of another."""
        for part, count in other._parts:
            if most <= 0:
                return
            self.add(part if count <= most else rows_of(part)[:most], min(count, most))
            most -= count

    @property
    def parts(self) -> Sequence[tuple[Part, int]]:
        """The JSON lists, or lists of rows, that the rows came in, with their counts."""
        return self._parts

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(rows_of(part) for part, _ in self._parts)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return list(self)[place]
        at = place + self._count if place < 0 else place
        for part, count in self._parts:
            if 0 <= at < count:
                return rows_of(part)[at]
            at -= count
        raise IndexError(place)


def rows_of(part: Part) -> list[Row]:
    """The rows of one part."""
    if isinstance(part, msgspec.Raw):
        rows: list[Row] = decoded(part)
        return rows
    return part
