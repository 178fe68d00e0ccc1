"""Moments of whole columns, rewritten in UTC by their parts; pure but for what it remembers.

What is not written exactly as a portal writes it, or not all with one offset, is left to
those who look at each value.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from operator import add, itemgetter
from typing import cast

from bridge24.sync.readers.dates import read_datetime

_HOUR = len("2024-08-30T14")
_SECOND = len("2024-08-30T14:29:00")
_THE_HOUR, _THE_REST = itemgetter(slice(_HOUR)), itemgetter(slice(_HOUR, None))
_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4]):00")
_HOURS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])")
_MINUTE = re.compile(r":[0-5][0-9]:[0-5][0-9]")
FIRST_YEAR = 1000
REMEMBERED = 20_000
"""Hours that are remembered: two years and more."""


class _Unusual(Exception):
    """The text is not a moment as a portal writes it."""


class _Hours(dict[str, str]):
    """``2024-08-30T14`` with one offset → ``2024-08-30 11``."""

    def __init__(self, offset: str) -> None:
        self._offset = offset

    def __missing__(self, text: str) -> str:
        if not text:
            return ""
        if not _HOURS.fullmatch(text):
            raise _Unusual
        moment = read_datetime(f"{text}:00:00{self._offset}")
        if not isinstance(moment, datetime) or moment.year < FIRST_YEAR:
            raise _Unusual
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = utc = str(moment)[:_HOUR]
        return utc


class _Minutes(dict[str, str]):
    """``:29:00+03:00`` → ``:29:00``; the offset is in whole hours."""

    def __init__(self, offset: str) -> None:
        self._offset = offset

    def __missing__(self, text: str) -> str:
        minutes = text.removesuffix(self._offset)
        if not text:
            return ""
        if minutes == text or not _MINUTE.fullmatch(minutes):
            raise _Unusual
        self[text] = minutes
        return minutes


@lru_cache(maxsize=8)
def _parts(offset: str) -> tuple[_Hours, _Minutes]:
    return _Hours(offset), _Minutes(offset)


def moments(values: Sequence[object]) -> list[str] | None:
    """Write moments in UTC, where all have one offset and that in whole hours.

    Whatever is falsy is an unset moment.
    """
    first = next(filter(None, values), None)
    if first is None:
        return [""] * len(values)
    offset = first[_SECOND:] if isinstance(first, str) else ""
    if not _OFFSET.fullmatch(offset):
        return None
    hours, minutes = _parts(offset)
    texts = cast("Sequence[str]", values if all(values) else [text or "" for text in values])
    try:
        days = map(hours.__getitem__, map(_THE_HOUR, texts))
        return list(map(add, days, map(minutes.__getitem__, map(_THE_REST, texts))))
    except (_Unusual, TypeError, KeyError):
        return None
