"""What each Bitrix24 type is stored as, value by value, on both databases."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bridge24.bitrix.fields import Field

FILE = {
    "id": 433,
    "showUrl": "/bitrix/x.php?fileId=433",
    "downloadUrl": "/bitrix/x.php?auth=SECRET&fileId=433",
}
FILE_BY_MACHINE = {"id": 7, "url": "https://h/x", "urlMachine": "https://h/rest/x?auth=SECRET"}

GOLDEN: dict[str, list[tuple[object, object]]] = {
    "string": [
        ("New Deal #1", "New Deal #1"),
        ("", None),
        (None, None),
        (False, None),
        ([], None),
        ("0", "0"),
        (12, "12"),
        (" padded ", " padded "),
        ("x" * 255, "x" * 255),
        ("Ж" * 255, "Ж" * 255),
        ("😀" * 255, "😀" * 255),
        ("a\\tb\\N\t\r\n'\"%s\\", "a\\tb\\N\t\r\n'\"%s\\"),
        ("&quot;", "&quot;"),
    ],
    "text": [("line\nline", "line\nline"), ("x" * 10_000, "x" * 10_000), ("", None)],
    "integer": [
        ("37", 37),
        (37, 37),
        ("-5", -5),
        ("0", 0),
        (0, 0),
        ("", None),
        (False, None),
        ("007", 7),
        ("12.00", 12),
        (str(2**63 - 1), 2**63 - 1),
        (str(-(2**63)), -(2**63)),
    ],
    "user": [("1", 1), ("0", None), (0, None), (None, None), (6, 6)],
    "crm_company": [("9", 9), ("0", None), (0, None), ("", None)],
    "crm_category": [("0", 0), (0, 0), ("4", 4), (None, None)],
    "double": [
        ("19999.99", 19999.99),
        (999.9, 999.9),
        (10000, 10000.0),
        ("0.1", 0.1),
        ("", None),
        ("0", 0.0),
        ("-0.25", -0.25),
        ("1e-7", 1e-7),
    ],
    "boolean": [
        *((raw, True) for raw in ("Y", "1", "true", True, 1, "y")),
        *((raw, False) for raw in ("N", "0", "false", False, 0, "n")),
        *((raw, None) for raw in ("", None, [])),
    ],
    "char": [("Y", True), ("N", False), ("", None)],
    "date": [
        ("2024-08-30T02:00:00+02:00", date(2024, 8, 30)),
        ("2024-08-29T19:00:00-05:00", date(2024, 8, 30)),
        ("2024-08-30T00:00:00+02:00", date(2024, 8, 30)),
        ("2024-08-30", date(2024, 8, 30)),
        ("2001-11-11T02:00:00+02:00", date(2001, 11, 11)),
        ("", None),
        (False, None),
        ("0000-00-00T00:00:00+00:00", None),
        ("-0001-11-30T00:00:00+02:00", None),
        ("9999-12-31T00:00:00+00:00", date(9999, 12, 31)),
    ],
    "datetime": [
        ("2024-08-30T14:29:00+02:00", datetime(2024, 8, 30, 12, 29)),
        ("2024-12-31T23:30:00-05:00", datetime(2025, 1, 1, 4, 30)),
        ("2040-01-01T00:00:00+00:00", datetime(2040, 1, 1)),
        ("1901-05-06T07:08:09+00:00", datetime(1901, 5, 6, 7, 8, 9)),
        ("2024-07-23 08:08:50", datetime(2024, 7, 23, 8, 8, 50)),
        ("2024-07-23T08:08:50Z", datetime(2024, 7, 23, 8, 8, 50)),
        ("", None),
        (None, None),
    ],
    "enumeration": [("267", "267"), (81, "81"), ("0", None), ("", None), (False, None)],
    "crm_status": [("C1:NEW", "C1:NEW"), ("", None)],
    "crm_currency": [("EUR", "EUR")],
    "crm": [("D_1", "D_1"), ("9", "9")],
    "url": [("https://example.com/?a=1&b=2", "https://example.com/?a=1&b=2")],
    "address": [("text|55.7;37.6|575", "text|55.7;37.6|575")],
    "file": [(FILE, 433), (FILE_BY_MACHINE, 7), ("774", 774), ([], None), ("", None)],
    "crm_enum_activitytype": [("2", 2)],
    "rest_12_colour": [("red", "red"), ({"b": 1, "a": "ж"}, '{"a":"ж","b":1}')],
}

LISTS: dict[str, list[tuple[object, object]]] = {
    "string": [
        (["a", "", "ж😀"], '["a","","ж😀"]'),
        ([], "[]"),
        (False, "[]"),
        ("", "[]"),
        (None, "[]"),
        ({"3": "x", "9": "y"}, '["x","y"]'),
        ("alone", '["alone"]'),
    ],
    "integer": [(["1", 2, "99999999999999999999"], "[1,2,99999999999999999999]")],
    "double": [(["1.50", 2, "0.1234567890123456789"], '[1.5,2,"0.1234567890123456789"]')],
    "boolean": [(["Y", "0"], "[true,false]")],
    "enumeration": [([267, "268"], '["267","268"]'), (False, "[]")],
    "date": [(["2024-08-30T02:00:00+02:00"], '["2024-08-30"]')],
    "datetime": [(["2024-08-30T14:29:00+02:00"], '["2024-08-30 12:29:00"]')],
    "money": [(["300|EUR", "5|RUB"], '["300|EUR","5|RUB"]')],
    "crm": [(["C_123", "T80_6"], '["C_123","T80_6"]')],
    "file": [([FILE, FILE_BY_MACHINE], "[433,7]")],
    "user": [(["4", 5], "[4,5]")],
}


@pytest.mark.parametrize("type_", GOLDEN)
async def test_a_value_is_stored_as_its_type_says(mirror: Any, type_: str) -> None:
    await mirror.ensure(Field("F", type_, custom=True))
    rows = [{"ID": str(n), "F": raw} for n, (raw, _) in enumerate(GOLDEN[type_], start=1)]

    loaded = await mirror.store(*rows)

    assert (loaded.inserted, loaded.rejected) == (len(rows), [])
    stored = await mirror.rows()
    for row_id, (raw, expected) in enumerate(GOLDEN[type_], start=1):
        assert stored[row_id]["f"] == expected, raw


@pytest.mark.parametrize("type_", LISTS)
async def test_a_list_is_stored_as_canonical_json(mirror: Any, type_: str) -> None:
    await mirror.ensure(Field("F", type_, multiple=True))
    rows = [{"ID": n, "F": raw} for n, (raw, _) in enumerate(LISTS[type_], start=1)]

    await mirror.store(*rows)

    stored = await mirror.rows()
    for row_id, (raw, expected) in enumerate(LISTS[type_], start=1):
        assert stored[row_id]["f"] == expected, raw


async def test_a_list_that_a_row_does_not_mention_is_unknown_not_empty(mirror: Any) -> None:
    await mirror.ensure(Field("CONTACT_IDS", "crm_contact", multiple=True), Field("A", "string"))

    await mirror.store({"ID": "1", "A": "x"}, {"ID": "2", "A": "y", "CONTACT_IDS": []})

    stored = await mirror.rows()
    assert [stored[n]["contact_ids"] for n in (1, 2)] == [None, "[]"]


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("1234.50|RUB", Decimal("1234.50"), "RUB"),
        ("300|EUR", Decimal("300.00"), "EUR"),
        ("-7.05|USD", Decimal("-7.05"), "USD"),
        ("|EUR", None, "EUR"),
        ("", None, None),
        (None, None, None),
        ("12", Decimal("12.00"), None),
        ("9999999999999999.99|RUB", Decimal("9999999999999999.99"), "RUB"),
        ("0|RUB", Decimal("0.00"), "RUB"),
    ],
)
async def test_money_is_an_amount_and_a_currency(
    mirror: Any, raw: object, amount: Decimal | None, currency: str | None
) -> None:
    await mirror.ensure(Field("UF_CRM_1", "money", custom=True))

    await mirror.store({"ID": 1, "UF_CRM_1": raw})

    stored = (await mirror.rows())[1]
    assert (stored["uf_crm_1"], stored["uf_crm_1_currency"]) == (amount, currency)


async def test_sums_of_standard_fields_are_exact(mirror: Any) -> None:
    sums = ["1000000.00", "0", "0.00", "0.1", "100000000.00", "12345678.9", "-0.01", "7"]
    await mirror.ensure(Field("OPPORTUNITY", "double"))

    await mirror.store(*({"ID": n, "OPPORTUNITY": raw} for n, raw in enumerate(sums, start=1)))

    stored = await mirror.rows()
    assert [stored[n]["opportunity"] for n in range(1, 9)] == [Decimal(raw) for raw in sums]
    assert all(isinstance(row["opportunity"], Decimal) for row in stored.values())


async def test_no_secret_of_a_file_is_stored_anywhere(mirror: Any) -> None:
    await mirror.ensure(Field("F", "file"), Field("S", "string"), Field("M", "file", multiple=True))

    await mirror.store(
        {"ID": 1, "F": [FILE], "S": FILE_BY_MACHINE, "M": {"a": FILE_BY_MACHINE}},
        {"ID": 2, "S": {"deep": [{"deeper": FILE}]}, "M": [{"x": [FILE]}]},
        {"ID": "none", "F": FILE_BY_MACHINE, "S": "https://h/x?auth=SECRET"},
    )
    rejected = (await mirror.shape([{"ID": "none", "F": FILE, "S": "u?auth=SECRET"}])).rejected

    assert "SECRET" not in str(await mirror.rows())
    assert "SECRET" not in str(rejected)
