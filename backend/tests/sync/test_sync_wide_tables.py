"""Portals with hundreds of custom fields, every one of them filled."""

from typing import Any

import pytest

from bridge24.bitrix.fields import Field

STANDARD = [
    *(Field(f"STRING_{n}", "string", title=f"String {n}") for n in range(25)),
    *(Field(f"NUMBER_{n}", "integer") for n in range(15)),
    *(Field(f"TIME_{n}", "datetime") for n in range(6)),
    Field("OPPORTUNITY", "double"),
]


def _custom(count: int) -> list[Field]:
    return [Field(f"UF_CRM_{n}", "string", custom=True, title=f"Поле {n}") for n in range(count)]


def _row(row_id: int, fields: list[Field], text: str) -> dict[str, object]:
    standard = {f"NUMBER_{n}": str(n) for n in range(15)} | {"OPPORTUNITY": "12.50"}
    return {
        "ID": row_id,
        **standard,
        **{field.code: f"{text}{n}" for n, field in enumerate(fields)},
    }


@pytest.mark.parametrize("length", [1, 20, 200, 2_000])
async def test_300_custom_fields_are_all_stored_and_queried_by_name(
    mirror: Any, length: int
) -> None:
    custom = _custom(300)
    await mirror.ensure(*STANDARD, *custom)
    text = ("Ж😀xyz" * length)[:length]

    loaded = await mirror.store(*(_row(n, custom, text) for n in range(1, 21)))

    assert (loaded.inserted, loaded.rejected) == (20, [])
    rows = await mirror.rows()
    for number, field in enumerate(custom):
        assert rows[20][field.code.lower()] == f"{text}{number}"
    found = await mirror.query(
        f"SELECT id FROM crm_deals WHERE uf_crm_299 = '{text}299' AND uf_crm_0 = '{text}0'"
    )
    assert len(found) == 20


async def test_fields_come_to_a_wide_table_one_after_the_other(mirror: Any) -> None:
    await mirror.ensure(*STANDARD, *_custom(100))
    first = _custom(100)
    await mirror.store(_row(1, first, "old "))
    for count in (180, 260, 320):
        custom = _custom(count)
        layout = await mirror.ensure(*STANDARD, *custom)
        await mirror.store(_row(count, custom, "new "))
        assert await mirror.ensure(*STANDARD, *custom) == layout

    rows = await mirror.rows()
    assert rows[1]["uf_crm_99"] == "old 99"
    assert rows[1]["uf_crm_100"] is None
    assert rows[320]["uf_crm_319"] == "new 319"


async def test_rows_of_a_wide_table_change_like_all_others(mirror: Any) -> None:
    custom = _custom(300)
    await mirror.ensure(*STANDARD, *custom)
    await mirror.store(*(_row(n, custom, "a") for n in (1, 2, 3)))

    changed = _row(2, custom, "a") | {"UF_CRM_299": "last", "UF_CRM_298": ""}
    loaded = await mirror.store(_row(1, custom, "a"), changed, _row(3, custom, "a"))

    assert (loaded.updated, loaded.unchanged) == (1, 2)
    row = (await mirror.rows())[2]
    assert (row["uf_crm_299"], row["uf_crm_298"], row["uf_crm_297"]) == ("last", None, "a297")


async def test_a_wide_table_holds_every_letter_and_every_length(mirror: Any) -> None:
    custom = _custom(300)
    await mirror.ensure(*STANDARD, *custom)
    odd = "\\N \" ' \n\t\r \\ {} 😀 \x01 \x7f % ; `"

    await mirror.store(_row(1, custom, odd), {"ID": 2, "UF_CRM_299": "x" * 70_000})

    rows = await mirror.rows()
    assert [rows[1][f"uf_crm_{n}"] for n in (0, 299)] == [f"{odd}0", f"{odd}299"]
    assert rows[2]["uf_crm_299"] == "x" * 70_000


async def test_a_nul_in_a_wide_table_is_kept_or_stays_visible(mirror: Any) -> None:
    await mirror.ensure(*STANDARD, *_custom(300))

    await mirror.store({"ID": 1, "UF_CRM_0": "a\0b", "UF_CRM_299": "c\0d"})

    row = (await mirror.rows())[1]
    nul = "\0" if mirror.dialect == "mysql" else "␀"
    assert (row["uf_crm_0"], row["uf_crm_299"]) == (f"a{nul}b", f"c{nul}d")


async def test_a_full_table_still_widens(mirror: Any) -> None:
    numbers = [Field(f"UF_N_{n}", "integer", custom=True) for n in range(120)]
    await mirror.ensure(*STANDARD, *_custom(250), *numbers)
    await mirror.store({"ID": 1, **{field.code: str(n) for n, field in enumerate(numbers)}})

    words = {field.code: f"word {n}" for n, field in enumerate(numbers)}
    loaded = await mirror.store({"ID": 2, **words}, _row(3, _custom(250), "t"))

    assert (loaded.inserted, loaded.rejected) == (2, [])
    rows = await mirror.rows()
    assert [rows[1]["uf_n_0"], rows[1]["uf_n_119"]] == ["0", "119"]
    assert [rows[2]["uf_n_0"], rows[2]["uf_n_119"]] == ["word 0", "word 119"]


@pytest.mark.parametrize("count", [300, 500])
async def test_long_labels_of_many_fields_are_cut_rather_than_refused(
    mirror: Any, count: int
) -> None:
    custom = [
        Field(f"UF_CRM_17212444{n:05}", "string", title=f"{n} " + "Очень длинное название " * 12)
        for n in range(count)
    ]

    layout = await mirror.ensure(*STANDARD, *custom)

    assert await mirror.ensure(*STANDARD, *custom) == layout
    loaded = await mirror.store({"ID": 1, custom[-1].code: "last"})
    assert loaded.inserted == 1
    if count == 300:
        assert all(c.comment for c in layout.columns if c.code.startswith("UF_"))
