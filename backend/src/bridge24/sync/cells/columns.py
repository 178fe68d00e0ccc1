"""Whole columns of strings, checked without looking at each value in Python; pure.

Every function answers only when it is certain; a column that gets None or False is
converted value by value instead.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import cast

from bridge24.sync.layout import Family

Raws = Sequence[object]

_STRING_OR_NULL = {str, type(None)}
_SAFE_DIGITS = 15
"""Decimal digits that always survive a double: https://en.cppreference.com/w/c/types/limits"""
_LONGEST_INT64 = 18
_LAST_DAY = "9999-12-31"
"""In UTC its evening may belong to a year that Python does not have."""
UNWANTED: dict[Family, set[str]] = {Family.TEXT: set(), Family.CHOICE: {"", "0"}}
"""Items that a list's reader would change, by family."""


def strings(raws: Raws) -> list[str] | None:
    """Take a column of strings and nulls; a null becomes the empty string."""
    if not set(map(type, raws)) <= _STRING_OR_NULL:
        return None
    return [raw or "" for raw in raws]  # type: ignore[misc]


def whole_numbers(texts: Sequence[str]) -> bool:
    """Whether all are plain digits, without idle zeros, that fit 64 bits."""
    joined = "".join(texts)
    if not joined.isascii() or not joined.isdigit() or max(map(len, texts)) > _LONGEST_INT64:
        return False
    return "0" not in {text[0] for text in texts if len(text) > 1}


def cents(texts: Sequence[str]) -> list[int] | None:
    """Read sums with two decimals as hundredths; None when one is written otherwise."""
    joined = "\n".join(texts)
    if joined.count(".") != len(texts) or not joined.isascii():
        return None
    if {text[-3:-2] for text in texts} != {"."} or any(map(_has_idle_zero, {t[:2] for t in texts})):
        return None
    digits = joined.replace(".", "")
    if not digits.replace("\n", "").isdigit() or min(map(len, texts)) < len("0.00"):
        return None
    return list(map(int, digits.split("\n")))


def _has_idle_zero(start: str) -> bool:
    return start[0] == "0" and start[1:] != "."


def doubles(texts: Sequence[str]) -> list[float] | None:
    """Read decimals that a double keeps digit by digit; None when one may not be."""
    joined = "".join(texts)
    if not joined.isascii() or not joined.replace(".", "").isdigit():
        return None
    if max(map(len, texts)) > _SAFE_DIGITS:
        return None
    try:
        return list(map(float, texts))
    except ValueError:
        return None


def amounts(texts: Sequence[str]) -> list[str] | None:
    """Cut the currencies off ``1234.50|RUB``; None when one is written otherwise."""
    tails = {text[-4:] for text in texts}
    if all(len(tail) == 4 and tail[0] == "|" and "|" not in tail[1:] for tail in tails):
        return [text[:-4] for text in texts]
    return None


def are_lists(raws: Raws, unwanted: set[str]) -> bool:
    """Whether all are lists of strings, none of which is unwanted."""
    if set(map(type, raws)) != {list}:
        return False
    items = list(chain.from_iterable(cast("Sequence[list[object]]", raws)))
    return set(map(type, items)) <= {str} and unwanted.isdisjoint(items)


class _Part(dict[str, int]):
    """Seconds of one part of a moment's text, by that text."""

    def __init__(self, pattern: str, seconds: Callable[[str], int]) -> None:
        super().__init__()
        self._pattern = re.compile(pattern)
        self._seconds = seconds

    def __missing__(self, text: str) -> int:
        if not self._pattern.fullmatch(text):
            raise ValueError(text)
        if len(self) > 10_000:
            self.clear()
        self[text] = self._seconds(text)
        return self[text]


def _day(text: str) -> int:
    if text == _LAST_DAY:
        raise ValueError(text)
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _minute(text: str) -> int:
    return int(text[1:3]) * 3600 + int(text[4:6]) * 60


def _second(text: str) -> int:
    offset = int(text[4:6]) * 3600 + int(text[7:9]) * 60
    return int(text[1:3]) + (offset if text[3] == "-" else -offset)


_DAYS = _Part(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", _day)
_MINUTES = _Part(r"T([01][0-9]|2[0-3]):[0-5][0-9]", _minute)
_SECONDS = _Part(r":[0-5][0-9][+-]([01][0-9]|2[0-3]):[0-5][0-9]", _second)


def moments(texts: Sequence[str]) -> list[int] | None:
    """Read moments as a portal writes them, in seconds since 1970 (UTC)."""
    days, minutes, seconds = _DAYS, _MINUTES, _SECONDS
    try:
        return [days[text[:10]] + minutes[text[10:16]] + seconds[text[16:]] for text in texts]
    except ValueError:
        return None
