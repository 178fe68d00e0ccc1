"""Cells as JSON: nothing loses a digit."""

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.charts.values import to_json


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**63), "-9223372036854775808"),
        (1.5, 1.5),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (Decimal("12.50"), 12.5),
        (Decimal("100"), 100),
        (Decimal("0"), 0),
        (Decimal("0.1"), 0.1),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (Decimal("1E+30"), 1e30),
        (Decimal("0.100000000000000000000000000001"), "0.100000000000000000000000000001"),
        (Decimal("1E-400"), "0." + "0" * 399 + "1"),
        (Decimal("NaN"), "NaN"),
        (Decimal("Infinity"), "Infinity"),
        (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24, 10, 30, 0, 5), "2026-11-24T10:30:00.000005"),
        (datetime(2026, 11, 24, 10, 30, tzinfo=UTC), "2026-11-24T10:30:00+00:00"),
        (time(10, 30), "10:30:00"),
        (timedelta(hours=1, milliseconds=500), 3600.5),
        ("Привет", "Привет"),
        (b"text", "text"),
        (b"\xff\x00", "ff00"),
        ([1, Decimal("1.5"), None], [1, 1.5, None]),
        ({"a": 2**60}, {"a": "1152921504606846976"}),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_cell_is_told_exactly(cell: object, told: object) -> None:
    assert to_json(cell) == told
    assert type(to_json(cell)) is type(told)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_comes_back_equal_from_its_json(number: Decimal) -> None:
    told = to_json(number)
    text = told if isinstance(told, str) else json.dumps(told)
    assert Decimal(text) == number


@given(st.integers())
def test_a_whole_number_comes_back_equal_even_to_a_browser(number: int) -> None:
    told = to_json(number)
    seen_by_a_browser = float(told) if isinstance(told, int) else told
    assert int(seen_by_a_browser or 0) == number
