"""The short cuts for whole columns write exactly what value by value would."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.sync.cells import mysql, postgres
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.shape_writer import REMEMBERED, ColumnWriter, Trouble, one_by_one
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    LONGTEXT,
    MONEY,
    TEXT,
    TIMESTAMP,
    VARCHAR,
    Dialect,
    SqlType,
)

KINDS = [
    (Family.KEY, BIGINT),
    (Family.INTEGER, BIGINT),
    (Family.INTEGER, VARCHAR),
    (Family.REFERENCE, BIGINT),
    (Family.NUMBER, DOUBLE),
    (Family.NUMBER, MONEY),
    (Family.AMOUNT, MONEY),
    (Family.CURRENCY, VARCHAR),
    (Family.BOOLEAN, BOOLEAN),
    (Family.DATE, DATE),
    (Family.DATETIME, TIMESTAMP),
    (Family.TEXT, VARCHAR),
    (Family.TEXT, TEXT),
    (Family.TEXT, LONGTEXT),
    (Family.CHOICE, VARCHAR),
    (Family.FILE, BIGINT),
]
DIALECTS: list[Dialect] = ["postgresql", "mysql"]

numbers = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.integers(0, 99).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.decimals(-1000, 1000, allow_nan=False).map(str),
    st.sampled_from(["0", "00", "007", "0.00", "00.50", ".5", "5.", "1.2.3", "-0", "1e5", "٣"]),
)
moments = st.one_of(
    st.datetimes(timezones=st.timezones()).map(lambda d: d.isoformat(timespec="seconds")),
    st.sampled_from(
        [
            "2024-08-30T14:29:00+02:00",
            "2024-02-30T14:29:00+02:00",
            "9999-12-31T23:59:59-05:00",
            "0001-01-01T00:00:00+05:00",
            "0999-12-31T23:59:59+00:00",
            "1000-01-01T00:30:00+01:00",
            "2024-08-30T24:00:00+02:00",
            "0000-00-00T00:00:00+00:00",
            "2024-08-30",
            "24.08.2023 13:19:39",
        ]
    ),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "Y", "N", "0", "1", "a\0b", "a\1b", "\\N", "a\tb\nc\\", "\ud800", "😀"]),
    st.text(max_size=20),
)
money = st.builds("{}|{}".format, numbers, st.sampled_from(["RUB", "EUR", "", "|"]))
anything = st.one_of(scalars, numbers, moments, money, st.lists(scalars, max_size=3))
columns = st.one_of(
    *(
        st.lists(kind, min_size=1, max_size=30)
        for kind in (
            anything,
            st.one_of(numbers, st.sampled_from(["", None])),
            st.one_of(moments, st.sampled_from(["", None])),
            st.one_of(money, st.just("")),
            st.text(),
            st.integers(0, 10**12).map(lambda cents: f"{cents / 100:.2f}"),
            st.lists(st.text(max_size=5), max_size=3),
        )
    )
)


def _single(
    column: Column, dialect: Dialect, raws: Sequence[object]
) -> tuple[list[bytes], Trouble]:
    trouble = Trouble(Layout(dialect, "t", (column,)))
    cells = postgres if dialect == "postgresql" else mysql
    return one_by_one(raws, cells.cell_for(column), cells.NULL, column, trouble), trouble


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("family", "type_"), KINDS)
@pytest.mark.parametrize("multiple", [False, True])
@settings(max_examples=60, deadline=None)
@given(raws=columns, remembering=st.booleans())
def test_a_column_is_written_as_its_values_are(
    *,
    family: Family,
    type_: SqlType,
    multiple: bool,
    dialect: Dialect,
    raws: list[object],
    remembering: bool,
) -> None:
    column = Column("c", "C", family, TEXT if multiple else type_, multiple=multiple)
    expected, noted = _single(column, dialect, raws)

    writer = ColumnWriter(column, dialect)
    writer._mostly_new = not remembering
    trouble = Trouble(Layout(dialect, "t", (column,)))
    parts = writer.write(raws, trouble)
    again = writer.write(raws, trouble)

    joined = [b"".join(cells) for cells in zip(*parts, strict=True)]
    assert joined == expected
    assert [b"".join(cells) for cells in zip(*again, strict=True)] == expected
    assert (trouble.misfits, trouble.failures) == (noted.misfits, noted.failures)


ODD_COLUMNS: list[list[object]] = [
    ["007", "7"],
    ["0", "00"],
    ["9" * 18, "9" * 19],
    ["00.50", "10.50"],
    ["0.50", ".500"],
    ["12.5", "12.50"],
    ["1.2.3", "12.34"],
    ["1e300", "0.1"],
    ["100000000.00", "99999999.99"],
    ["9999999999999999.99", "99999999999999999.99"],
    ["٣", "3"],
    ["1_000", "1000"],
    ["+5", "5"],
    ["12.34|RUB", "1.00|EUR"],
    ["12.34|RUB", "1.00|", "|EUR"],
    ["1.00||RUB", "1|2.00|RUB"],
    ["2024-08-30T14:29:00+02:00", "2024-02-30T14:29:00+02:00"],
    ["2024-08-30T14:29:00+02:00", "2024-08-30T14:29:60+02:00"],
    ["2024-08-30T14:29:05+02:00", "2024-08-30T00:00:09-11:30"],
    ["9999-12-31T23:30:00-01:00", "2024-08-30T14:29:00+02:00"],
    ["1000-01-01T00:30:00+01:00", "2024-08-30T14:29:00+02:00"],
    ["a\0b", "c"],
    ["a\1b", "c"],
    ["\ud800", "c"],
    ["x" * 256, "c"],
    ["😀" * 17_000, "c"],
    [["a", "0"], ["b"]],
    [["a", 1], []],
    [["\ud800"], ["b"]],
    [["x" * 70_000], []],
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize("raws", ODD_COLUMNS)
def test_odd_columns_are_written_as_their_values_are(
    dialect: Dialect, multiple: bool, raws: list[object]
) -> None:
    for family, type_ in KINDS:
        column = Column("c", "C", family, TEXT if multiple else type_, multiple=multiple)
        for some in (raws, [*raws, None], [*raws, ""], raws[:1], raws[1:]):
            expected, noted = _single(column, dialect, some)
            writer = ColumnWriter(column, dialect)
            writer._mostly_new = True
            trouble = Trouble(Layout(dialect, "t", (column,)))

            parts = writer.write(some, trouble)

            assert [b"".join(cells) for cells in zip(*parts, strict=True)] == expected
            assert trouble.misfits == noted.misfits


def test_a_column_forgets_what_it_remembers_before_it_is_too_much() -> None:
    writer = ColumnWriter(Column("c", "C", Family.TEXT, VARCHAR), "postgresql")
    trouble = Trouble(Layout("postgresql", "t", ()))

    for page in range(REMEMBERED // 100 + 1):
        writer.write([f"value {page} {n}" for n in range(100)], trouble)

    assert not writer._known


def test_one_and_true_are_not_one_value() -> None:
    column = Column("c", "C", Family.TEXT, VARCHAR)
    for raws in ([1, True, 1.0], [True, 1], [0, False, "0", None]):
        expected, _ = _single(column, "mysql", raws)
        writer = ColumnWriter(column, "mysql")
        assert writer.write(raws, Trouble(Layout("mysql", "t", ())))[0] == expected
