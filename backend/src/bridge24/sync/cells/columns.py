"""Whole columns of strings, checked without looking at each value in Python; pure.

Every function answers only when it is certain; a column that gets None or False is
converted value by value instead.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import cast

from bridge24.sync.layout import Family

Raws = Sequence[object]

_STRING_OR_NULL = {str, type(None)}
_SAFE_DIGITS = 15
"""Decimal digits that always survive a double: https://en.cppreference.com/w/c/types/limits"""
_LONGEST_INT64 = 18
_FIRST, _POINT = itemgetter(0), itemgetter(-3)
_TAIL = len("|RUB")
_LAST_DAY = "9999-12-31"
"""In UTC its evening may belong to a year that Python does not have."""
UNWANTED: dict[Family, set[str]] = {Family.TEXT: set(), Family.CHOICE: {"", "0"}}
"""Items that a list's reader would change, by family."""


def strings(raws: Raws) -> list[str] | None:
    """Take a column of strings and nulls; a null becomes the empty string."""
    kinds = set(map(type, raws))
    if kinds == {str}:
        return cast("list[str]", list(raws))
    return [cast("str", raw or "") for raw in raws] if kinds <= _STRING_OR_NULL else None


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
    if min(map(len, texts)) < len("0.00") or set(map(_POINT, texts)) != {"."}:
        return None
    if "0" in set(map(_FIRST, texts)) and any(map(_has_idle_zero, {text[:2] for text in texts})):
        return None
    digits = joined.replace(".", "")
    if not digits.replace("\n", "").isdigit():
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
    if currencies(texts) is None:
        return None
    return [text[:-_TAIL] for text in texts]


def currencies(texts: Sequence[str]) -> list[str] | None:
    """Take the ``|RUB`` of ``1234.50|RUB``; None when one is written otherwise."""
    tails = [text[-_TAIL:] for text in texts]
    if all(len(tail) == _TAIL and tail.rfind("|") == 0 for tail in set(tails)):
        return tails
    return None


def are_lists(raws: Raws, unwanted: set[str]) -> bool:
    """Whether all are lists of strings, none of which is unwanted."""
    if set(map(type, raws)) != {list}:
        return False
    items = list(chain.from_iterable(cast("Sequence[list[object]]", raws)))
    return set(map(type, items)) <= {str} and unwanted.isdisjoint(items)


_MOMENT = re.compile(
    r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}"
    r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
)
_HOUR = len("2025-01-31T12")
_REMEMBERED = 30_000
"""Hours, and minutes with their offset, that are looked up rather than computed."""
_hours: dict[str, int] = {}
_minutes: dict[str, int] = {}


def moments(texts: Sequence[str]) -> list[int] | None:
    """Read moments as a portal writes them, in seconds since 1970 (UTC)."""
    hours, minutes = _hours, _minutes
    for _ in range(2):
        try:
            return [hours[text[:_HOUR]] + minutes[text[_HOUR:]] for text in texts]
        except KeyError:
            if not _learn_moments(texts):
                return None
    return None


def _learn_moments(texts: Sequence[str]) -> bool:
    for known in (_hours, _minutes):
        if len(known) > _REMEMBERED:
            known.clear()
    for text in texts:
        if not _MOMENT.fullmatch(text) or text.startswith(_LAST_DAY):
            return False
        hour, minute = text[:_HOUR], text[_HOUR:]
        if hour not in _hours or minute not in _minutes:
            try:
                _hours[hour] = int(datetime.fromisoformat(f"{hour}:00+00:00").timestamp())
            except ValueError:
                return False
            _minutes[minute] = _after_hour(minute)
    return True


def _after_hour(text: str) -> int:
    """Count the seconds of ``:30:00+03:00``, less the offset."""
    offset = int(text[7:9]) * 3600 + int(text[10:12]) * 60
    return int(text[1:3]) * 60 + int(text[4:6]) + (offset if text[6] == "-" else -offset)
