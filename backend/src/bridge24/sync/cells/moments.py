"""Days and moments of whole columns, rewritten as one text; pure.

What is not written exactly as a
portal writes it, or not all with one offset, is left to those who look at each value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import add
from typing import cast

_WIDTH = len("2024-08-30T14:29:00+02:00\t")
_TENS, _UNITS = 11, 12
_SECOND = len("2024-08-30T14:29:00")
_MONTHS = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
_LEAP = (
    r"[1-9][0-9](?:0[48]|[2468][048]|[13579][26])-02-29"
    r"|(?:[2468][048]|1[26]|[3579][26])00-02-29"
)
_DAY = rf"(?:[1-9][0-9]{{3}}-(?:{_MONTHS})|{_LEAP})"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4]):00")
_MIDNIGHT = re.compile(r"T([01][0-9]):00:00\+\1:00")
_PAD = "9997-11-13T17:19:23"
"""Stands where there is no value, so that all have one width."""
_FIRST_DAY = b"1000-01-01"


def days(joined: str) -> str | None:
    """Rewrite days: UTC midnights in an offset at or east of UTC, which is the same day.

    The text has a tab or a line end after every value.
    """
    first = joined.lstrip("\t\n")[len("2024-08-30") : _WIDTH - 1]
    if not first:
        return None if joined.strip("\t\n") else joined
    if not _MIDNIGHT.fullmatch(first) or not _all_days(first).fullmatch(joined):
        return None
    return joined.replace(first, "")


@lru_cache(maxsize=32)
def _all_days(midnight: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_DAY}{re.escape(midnight)})?+[\t\n])*+")


def moments(values: Sequence[object]) -> list[str] | None:
    """Rewrite moments in UTC, where all have one offset and that in whole hours.

    Whatever is falsy is an unset moment.
    """
    first = next(filter(None, values), None)
    if type(first) is not str:
        return None if first else [""] * len(values)
    offset = first[_SECOND:]
    pad = _PAD + offset
    if not _OFFSET.fullmatch(offset) or pad in values:
        return None
    try:
        joined = "\t".join([value or pad for value in cast("Sequence[str]", values)]) + "\t"
    except TypeError:
        return None
    if not _all_moments(offset).fullmatch(joined):
        return None
    shifted = _shifted(joined, offset)
    unset = _shifted(f"{pad}\t", offset)
    if shifted is None or unset is None:
        return None
    return shifted.replace(unset, "\t").split("\t")[:-1]


@lru_cache(maxsize=32)
def _all_moments(offset: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_DAY}{_TIME}{re.escape(offset)}\t)*+")


@dataclass(frozen=True, slots=True)
class _Shift:
    """What an offset does to the hours, which are numbered from the character "0" on."""

    tens: bytes
    units: bytes
    other_day: bytes
    days: timedelta


_TEN_TIMES = bytes(max(0, byte - ord("0")) * 10 % 256 for byte in range(256))


@lru_cache(maxsize=32)
def _shift(offset: str) -> _Shift:
    hours = int(offset[1:3]) * (-1 if offset[0] == "+" else 1)
    tens, units, other = bytearray(256), bytearray(256), bytearray(256)
    for hour in range(24):
        at = ord("0") + hour
        tens[at], units[at] = f"{(hour + hours) % 24:02}".encode()
        other[at] = not 0 <= hour + hours < 24
    return _Shift(bytes(tens), bytes(units), bytes(other), timedelta(days=1 if hours > 0 else -1))


def _shifted(joined: str, offset: str) -> str | None:
    """Take the offset off values of one width, in place: digits are columns of bytes."""
    shift, text = _shift(offset), bytearray(joined, "ascii")
    hours = bytes(map(add, text[_TENS::_WIDTH].translate(_TEN_TIMES), text[_UNITS::_WIDTH]))
    text[_TENS::_WIDTH] = hours.translate(shift.tens)
    text[_UNITS::_WIDTH] = hours.translate(shift.units)
    text[10::_WIDTH] = b" " * len(hours)
    other_days = hours.translate(shift.other_day)
    at = other_days.find(1)
    while at >= 0:
        start = at * _WIDTH
        day = _neighbour(bytes(text[start : start + 10]), shift.days)
        if day is None:
            return None
        text[start : start + 10] = day
        at = other_days.find(1, at + 1)
    return text.decode().replace(offset, "")


@lru_cache(maxsize=20_000)
def _neighbour(day: bytes, step: timedelta) -> bytes | None:
    try:
        moved = str(date.fromisoformat(day.decode()) + step).encode()
    except OverflowError:
        return None
    return moved if moved >= _FIRST_DAY else None
