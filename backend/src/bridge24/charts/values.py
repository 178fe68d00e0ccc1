"""Pure: what a database gives, as JSON, without losing a digit.

A number stays a JSON number while a double holds it exactly: whole numbers up to 2^53 and
decimals of up to 15 digits, so that charts can draw it. Any longer number becomes a text with
all its digits; NaN and the infinities, which JSON lacks, become their names.
"""

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

EXACT_WHOLE = 2**53
EXACT_DIGITS = 15


def to_json(value: object) -> Json:
    """Turn one cell into JSON.

    Times without a zone are the mirror's UTC and stay without one. A length of time is a
    number of seconds; PostgreSQL's months count 30 days there.

    >>> to_json(Decimal("12.50")), to_json(Decimal("12345678901234567.89"))
    (12.5, '12345678901234567.89')
    >>> to_json(2**60), to_json(date(2026, 11, 24)), to_json(None)
    ('1152921504606846976', '2026-11-24', None)
    """
    if value is None or isinstance(value, bool | str):
        return value
    for kind, convert in _CONVERTED:
        if isinstance(value, kind):
            return convert(value)
    return str(value)


def _whole(value: int) -> Json:
    return value if abs(value) <= EXACT_WHOLE else str(value)


def _double(value: float) -> Json:
    return value if math.isfinite(value) else _unusual(value)


def _unusual(value: float) -> str:
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _decimal(value: Decimal) -> Json:
    if not value.is_finite():
        return _unusual(float(value))
    # normalize() would round to the 28 digits of the context.
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    if abs(value) <= EXACT_WHOLE and value == value.to_integral_value():
        return int(value)
    if len(digits) <= EXACT_DIGITS and 1e-300 < abs(value) < 1e300:
        return float(value)
    return format(value, "f")


def _bytes(value: bytes) -> Json:
    try:
        return bytes(value).decode()
    except UnicodeDecodeError:
        return bytes(value).hex()


_CONVERTED: tuple[tuple[type | tuple[type, ...], Callable[..., Json]], ...] = (
    (int, _whole),
    (float, _double),
    (Decimal, _decimal),
    ((datetime, date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: _double(value.total_seconds())),
    ((bytes, bytearray, memoryview), _bytes),
    ((list, tuple, set), lambda value: [to_json(item) for item in value]),
    (dict, lambda value: {str(key): to_json(item) for key, item in value.items()}),
    (UUID, str),
)
