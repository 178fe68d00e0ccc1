"""Values are compared by what they mean, not by how they are spelt or stored."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    MONEY,
    TEXT,
    TIMESTAMP,
    VARCHAR,
    SqlType,
)
from bridge24.sync.validation.meaning import portal_value, stored_value, unequal

KEY = Column("id", "ID", Family.KEY, BIGINT, nullable=False)


def _column(family: Family, type_: SqlType, *, multiple: bool = False) -> Column:
    return Column("x", "X", family, type_, multiple=multiple)


@pytest.mark.parametrize(
    ("family", "type_", "sent", "stored"),
    [
        (Family.NUMBER, MONEY, "5", Decimal("5.00")),
        (Family.NUMBER, TEXT, "5", "5.00"),
        (Family.NUMBER, DOUBLE, 0.1, 0.1),
        (Family.INTEGER, BIGINT, "7", 7),
        (Family.REFERENCE, BIGINT, "0", None),
        (Family.BOOLEAN, BOOLEAN, "Y", True),
        (Family.BOOLEAN, BOOLEAN, "Y", 1),
        (Family.BOOLEAN, TEXT, True, "Y"),
        (Family.AMOUNT, MONEY, "12.5|RUB", Decimal("12.50")),
        (Family.CURRENCY, VARCHAR, "12.5|RUB", "RUB"),
        (Family.TEXT, TEXT, "", None),
        (Family.TEXT, TEXT, "5.00", "5.00"),
        (Family.DATE, DATE, "2026-11-24T03:00:00+03:00", date(2026, 11, 24)),
        (Family.DATE, TIMESTAMP, "2026-11-24", datetime(2026, 11, 24)),
        (Family.DATETIME, TIMESTAMP, "2026-11-24T15:00:00+03:00", datetime(2026, 11, 24, 12)),
        (Family.FILE, BIGINT, {"id": 9, "url": "https://x/?auth=1"}, 9),
        (Family.CHOICE, VARCHAR, 0, None),
        (Family.TEXT, TEXT, "a\0b", "a␀b"),
    ],
)
def test_the_same_value_in_another_spelling_is_equal(
    family: Family, type_: SqlType, sent: object, stored: object
) -> None:
    column = _column(family, type_)

    assert portal_value({"X": sent}, column) == stored_value({"x": stored}, column)


@pytest.mark.parametrize(
    ("family", "type_", "sent", "stored"),
    [
        (Family.NUMBER, MONEY, "5.01", Decimal("5.00")),
        (Family.TEXT, TEXT, "5", "5.00"),
        (Family.BOOLEAN, BOOLEAN, "N", None),
        (Family.DATETIME, TIMESTAMP, "2026-11-24T15:00:00+03:00", datetime(2026, 11, 24, 15)),
        (Family.TEXT, TEXT, None, "left over"),
    ],
)
def test_another_value_is_unequal(
    family: Family, type_: SqlType, sent: object, stored: object
) -> None:
    layout = Layout("postgresql", "t", (KEY, _column(family, type_)))

    (found,) = unequal({"ID": "1", "X": sent}, {"id": 1, "x": stored}, layout)

    assert found.column == "x"
    assert found.portal != found.stored


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
)
def test_a_sum_of_money_is_equal_however_many_noughts_it_has(value: Decimal) -> None:
    column = _column(Family.NUMBER, MONEY)

    told = portal_value({"X": format(value, "f")}, column)

    assert told == stored_value({"x": value.quantize(Decimal("1.0000"))}, column)


def test_a_list_is_compared_whole() -> None:
    column = _column(Family.TEXT, TEXT, multiple=True)

    assert portal_value({"X": ["a", "b"]}, column) == stored_value({"x": '["a","b"]'}, column)
    assert portal_value({"X": False}, column) == "[]"
    assert portal_value({}, column) is None


def test_phones_are_compared_in_any_order() -> None:
    phone = Column("phone", "PHONE", Family.MULTIFIELD, VARCHAR)
    layout = Layout("mysql", "t", (KEY, phone), child="t_multifields")
    row = {
        "ID": "1",
        "PHONE": [
            {"ID": "1", "TYPE_ID": "PHONE", "VALUE_TYPE": "WORK", "VALUE": "+7 1"},
            {"ID": "2", "TYPE_ID": "PHONE", "VALUE_TYPE": "HOME", "VALUE": "+7 2"},
        ],
    }
    stored = {"id": 1, "phone": "+7 1"}
    children = [("PHONE", "HOME", "+7 2"), ("PHONE", "WORK", "+7 1")]

    assert unequal(row, stored, layout, children=children) == []
    (found,) = unequal(row, stored, layout, children=children[1:])
    assert found.column == "t_multifields"
