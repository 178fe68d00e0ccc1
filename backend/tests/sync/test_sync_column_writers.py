"""The short cuts for whole columns write exactly what value by value would."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.sync.cells.groups import kind_of, writer_for
from bridge24.sync.cells.single import NULLS, cell_for
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.shape_writer import REMEMBERED, GroupWriter, Trouble, one_by_one
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


def _single(column: Column, dialect: Dialect, raws: Sequence[object]) -> tuple[list[str], Trouble]:
    trouble = Trouble(Layout(dialect, "t", (column,)))
    cells = one_by_one(raws, cell_for(column, dialect), column, trouble)
    return [cell or NULLS[dialect] for cell in cells], trouble


def _encodes(together: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in together)


def _written(
    group: GroupWriter, columns: Sequence[Sequence[object]], trouble: Trouble
) -> list[list[str]]:
    """Write as rows are: what cannot be stored as it is is written value by value."""
    written = group.write(columns, trouble)
    together = "".join(cell for cells in written for cell in cells)
    if "\0" in together or not _encodes(together):
        written = group.write_singly(columns, trouble)
    return list(map(list, written))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("family", "type_"), KINDS)
@pytest.mark.parametrize("multiple", [False, True])
@settings(max_examples=60, deadline=None)
@given(raws=columns)
def test_a_column_is_written_as_its_values_are(
    *, family: Family, type_: SqlType, multiple: bool, dialect: Dialect, raws: list[object]
) -> None:
    column = Column("c", "C", family, TEXT if multiple else type_, multiple=multiple)
    expected, noted = _single(column, dialect, raws)

    writer = GroupWriter([column], dialect)
    trouble = Trouble(Layout(dialect, "t", (column,)))

    assert _written(writer, [raws], trouble) == [expected]
    assert _written(writer, [raws], trouble) == [expected]
    assert writer.write_singly([raws], trouble) == [expected]
    assert (trouble.misfits, trouble.failures) == (noted.misfits, noted.failures)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("family", "type_"), KINDS)
@pytest.mark.parametrize("multiple", [False, True])
@settings(max_examples=40, deadline=None)
@given(sides=st.tuples(columns, columns, columns))
def test_columns_side_by_side_are_written_as_each_alone(
    *,
    family: Family,
    type_: SqlType,
    multiple: bool,
    dialect: Dialect,
    sides: tuple[list[object], ...],
) -> None:
    column = Column("c", "C", family, TEXT if multiple else type_, multiple=multiple)
    even = [list(raws) for raws in zip(*zip(*sides, strict=False), strict=True)]
    alone = [_single(column, dialect, raws)[0] for raws in even]

    trouble = Trouble(Layout(dialect, "t", (column,)))

    assert _written(GroupWriter([column] * 3, dialect), even, trouble) == alone


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
        for some in (raws, [*raws, None], [*raws, ""], raws[:1], raws[1:], ["", *raws, "", ""]):
            expected, noted = _single(column, dialect, some)
            trouble = Trouble(Layout(dialect, "t", (column,)))

            written = _written(GroupWriter([column], dialect), [some], trouble)

            assert written == [expected]
            assert trouble.misfits == noted.misfits


# Values of the kind a portal sends by the thousand: the fast way itself must take them.
USUAL: list[tuple[Family, SqlType, list[object], list[str]]] = [
    (Family.KEY, BIGINT, ["1", 20, "300"], ["1", "20", "300"]),
    (Family.REFERENCE, BIGINT, ["1", "0", None, "0", "0"], ["1", "", "", "", ""]),
    (Family.NUMBER, MONEY, ["1234.50", "0.00", ""], ["1234.50", "0.00", ""]),
    (Family.NUMBER, DOUBLE, ["12.50", "5.00", "100", "0.1"], ["12.5", "5", "100", "0.1"]),
    (Family.AMOUNT, MONEY, ["1.50|RUB", ""], ["1.50", ""]),
    (Family.CURRENCY, VARCHAR, ["1.50|RUB", ""], ["RUB", ""]),
    (
        Family.DATETIME,
        TIMESTAMP,
        ["2024-03-01T01:02:03+03:00", "", None, "2024-08-30T14:29:00+03:00", ""],
        ["2024-02-29 22:02:03", "", "", "2024-08-30 11:29:00", ""],
    ),
    (
        Family.DATETIME,
        TIMESTAMP,
        ["2024-12-31T20:02:03-05:00", "2024-08-30T14:29:00-05:00"],
        ["2025-01-01 01:02:03", "2024-08-30 19:29:00"],
    ),
    (Family.TEXT, VARCHAR, ["a\tb\\", None, "c\nd"], ["a\\tb\\\\", "", "c\\nd"]),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("family", "type_", "raws", "expected"), USUAL)
def test_usual_columns_are_written_at_once(
    dialect: Dialect, family: Family, type_: SqlType, raws: list[object], expected: list[str]
) -> None:
    column = Column("c", "C", family, type_)
    kind = kind_of(column)
    assert kind is not None
    write = writer_for(kind, column, dialect)
    assert write is not None

    assert write(raws) == expected
    assert one_by_one(
        raws, cell_for(column, dialect), column, Trouble(Layout(dialect, "t", ()))
    ) == (expected)


REPEATED: list[tuple[Family, SqlType, list[object], list[str]]] = [
    (Family.BOOLEAN, BOOLEAN, ["Y", "N", "1", "0", None], ["1", "0", "1", "0", ""]),
    (Family.BOOLEAN, BOOLEAN, [True, False, 1, 0, ""], ["1", "0", "1", "0", ""]),
    (Family.DATE, DATE, ["2024-02-29T03:00:00+03:00", ""], ["2024-02-29", ""]),
    (Family.CHOICE, VARCHAR, ["12", "0", "0", "7"], ["12", "", "", "7"]),
]


@pytest.mark.parametrize(("family", "type_", "raws", "expected"), REPEATED)
def test_values_that_come_again_are_remembered(
    family: Family, type_: SqlType, raws: list[object], expected: list[str]
) -> None:
    column = Column("c", "C", family, type_)
    writer = GroupWriter([column], "postgresql")
    trouble = Trouble(Layout("postgresql", "t", ()))

    assert _written(writer, [raws], trouble) == [expected]
    (known,) = writer._known
    assert known is not None
    assert [known[raw] for raw in raws] == expected


def test_a_column_forgets_what_it_remembers_before_it_is_too_much() -> None:
    writer = GroupWriter([Column("c", "C", Family.TEXT, VARCHAR)], "postgresql")
    trouble = Trouble(Layout("postgresql", "t", ()))

    for page in range(REMEMBERED // 100 + 1):
        writer.write([[f"value {page} {n}" for n in range(100)]], trouble)

    assert writer._known == [None]


def test_one_and_true_are_not_one_value() -> None:
    column = Column("c", "C", Family.TEXT, VARCHAR)
    for raws in ([1, True, 1.0], [True, 1], [0, False, "0", None]):
        expected, _ = _single(column, "mysql", raws)
        writer = GroupWriter([column], "mysql")
        assert _written(writer, [raws], Trouble(Layout("mysql", "t", ()))) == [expected]
