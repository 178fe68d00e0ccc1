"""A value that does not fit widens its column; nothing stored before changes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bridge24.bitrix.fields import Field

HUGE = 123456789012345678901234567890
CASES: list[tuple[str, object, object, object, object]] = [
    # type, a value that fits, as stored afterwards, one that does not, as stored
    ("string", "short", "short", "x" * 300, "x" * 300),
    ("string", "короткий", "короткий", "😀" * 70_000, "😀" * 70_000),
    ("text", "short", "short", "x" * 70_000, "x" * 70_000),
    ("integer", "12", 12, str(HUGE), HUGE),
    ("integer", "12", 12, HUGE, HUGE),
    ("integer", "12", Decimal("12"), "12.75", Decimal("12.75")),
    ("integer", "-12", "-12", "many", "many"),
    ("user", "6", "6", "U_6", "U_6"),
    ("double", "0.1", "0.1", "none", "none"),
    ("boolean", "Y", "Y", "maybe", "maybe"),
    ("boolean", False, "N", "maybe", "maybe"),
    ("char", "N", "N", "S", "S"),
    ("date", "2024-08-30T02:00:00+02:00", "2024-08-30", "30.08.2024", "30.08.2024"),
    ("datetime", "2024-08-30T14:29:00+02:00", "2024-08-30 12:29:00", "soon", "soon"),
    (
        "datetime",
        "2024-08-30T14:29:00+02:00",
        datetime(2024, 8, 30, 12, 29),
        "2024-08-30T14:29:00.250000+02:00",
        datetime(2024, 8, 30, 12, 29, 0, 250_000),
    ),
    ("file", {"id": 433}, "433", "/upload/x.png?auth=1", "/upload/x.png"),
    ("enumeration", "267", "267", "y" * 256, "y" * 256),
    (
        "crm_multifield",
        [{"ID": 1, "VALUE": "+7"}],
        "+7",
        [{"ID": 2, "VALUE": "z" * 400}],
        "z" * 400,
    ),
]


@pytest.mark.parametrize(("type_", "fits", "kept", "wide", "stored"), CASES)
async def test_a_column_widens_without_changing_what_it_holds(
    mirror: Any, *, type_: str, fits: object, kept: object, wide: object, stored: object
) -> None:
    await mirror.ensure(Field("F", type_))
    await mirror.store({"ID": 1, "F": fits})

    loaded = await mirror.store({"ID": 2, "F": wide}, {"ID": 3, "F": fits}, {"ID": 4})

    assert (loaded.inserted, loaded.rejected) == (3, [])
    rows = await mirror.rows()
    assert [rows[n]["f"] for n in (1, 2, 3, 4)] == [kept, stored, kept, None]


async def test_a_sum_with_more_digits_widens_its_column(mirror: Any) -> None:
    await mirror.ensure(Field("OPPORTUNITY", "double"))
    await mirror.store({"ID": 1, "OPPORTUNITY": "19999.99"})

    sums = ["0.123456", "12345678901234567890.5", "1e30"]
    await mirror.store(*({"ID": n, "OPPORTUNITY": raw} for n, raw in enumerate(sums, start=2)))

    rows = await mirror.rows()
    assert [Decimal(str(rows[n]["opportunity"])) for n in (1, 2, 3, 4)] == [
        Decimal("19999.99"),
        *map(Decimal, sums),
    ]


async def test_a_double_that_is_too_exact_becomes_a_decimal_or_a_text(mirror: Any) -> None:
    await mirror.ensure(Field("UF_X", "double", custom=True))
    before = ["0.1", "1e300", "-123.456", "5e-324", "3"]
    await mirror.store(*({"ID": n, "UF_X": raw} for n, raw in enumerate(before)))

    exact = "0.1234567890123456789"
    await mirror.store({"ID": 9, "UF_X": exact})

    rows = await mirror.rows()
    assert [float(rows[n]["uf_x"]) for n in range(5)] == [float(raw) for raw in before]
    assert Decimal(str(rows[9]["uf_x"])) == Decimal(exact)


async def test_an_integer_of_any_length_is_kept(mirror: Any) -> None:
    await mirror.ensure(Field("F", "integer"))
    await mirror.store({"ID": 1, "F": "-12"})

    await mirror.store({"ID": 2, "F": "9" * 200}, {"ID": 3, "F": "-" + "8" * 900})

    rows = await mirror.rows()
    assert [str(rows[n]["f"]) for n in (1, 2, 3)] == ["-12", "9" * 200, "-" + "8" * 900]


async def test_widening_twice_goes_on_from_where_it_was(mirror: Any) -> None:
    await mirror.ensure(Field("F", "integer"))

    for row_id, raw in enumerate(["1", str(HUGE), "1.5", "word", "w" * 300, "w" * 70_000]):
        await mirror.store({"ID": row_id, "F": raw})

    stored = [str((await mirror.rows())[n]["f"]) for n in range(6)]
    assert [Decimal(text) for text in stored[:3]] == [1, HUGE, Decimal("1.5")]
    assert stored[3:] == ["word", "w" * 300, "w" * 70_000]


async def test_a_row_with_several_misfits_is_stored_after_one_widening(mirror: Any) -> None:
    await mirror.ensure(Field("A", "string"), Field("B", "integer"), Field("C", "date"))

    loaded = await mirror.store({"ID": 1, "A": "x" * 256, "B": "b", "C": "c"})

    assert loaded.inserted == 1
    row = (await mirror.rows())[1]
    assert (row["a"], row["b"], row["c"]) == ("x" * 256, "b", "c")


async def test_dates_before_the_year_1000_are_kept(mirror: Any) -> None:
    await mirror.ensure(Field("D", "date"), Field("T", "datetime"))

    await mirror.store({"ID": 1, "D": "0862-01-02", "T": "0862-01-02T03:04:05+00:00"})

    row = (await mirror.rows())[1]
    assert row["d"] in {date(862, 1, 2), "0862-01-02"}
    assert row["t"] in {datetime(862, 1, 2, 3, 4, 5), "0862-01-02 03:04:05"}
