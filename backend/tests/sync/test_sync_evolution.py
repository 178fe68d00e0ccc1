"""Tables follow their portal's fields, whatever is there already."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bridge24.bitrix.fields import Field
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.tables import DynamicTableBuilder, NotOurTable

COMMENTS = {
    "postgresql": (
        "SELECT attname AS name, col_description(attrelid, attnum) AS comment FROM pg_attribute "
        "WHERE attrelid = 'crm_deals'::regclass AND attnum > 0"
    ),
    "mysql": (
        "SELECT COLUMN_NAME AS name, COLUMN_COMMENT AS comment FROM information_schema.COLUMNS "
        "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'crm_deals'"
    ),
}


async def _comments(mirror: Any) -> dict[str, str]:
    return {row["name"]: row["comment"] for row in await mirror.query(COMMENTS[mirror.dialect])}


async def test_ensuring_twice_changes_nothing(mirror: Any) -> None:
    fields = [
        Field("TITLE", "string", title="Название"),
        Field("OPPORTUNITY", "double"),
        Field("UF_MONEY", "money", custom=True),
        Field("DATE_CREATE", "datetime"),
        Field("PHONE", "crm_multifield", multiple=True),
    ]

    first = await mirror.ensure(*fields)

    assert await mirror.ensure(*fields) == first
    assert Layout.from_json(first.to_json()) == first


async def test_a_new_field_becomes_a_column_with_its_label_as_comment(mirror: Any) -> None:
    await mirror.ensure(Field("TITLE", "string", title="Title"))
    await mirror.store({"ID": 1, "TITLE": "old"})
    label = "Сумма \"договора\" 'без' НДС, 100% \\ %s; --"

    await mirror.ensure(
        Field("UF_CRM_1", "double", custom=True, title=label, labels={"en": "Net", "ru": label}),
        Field("TITLE", "string", title="Title"),
    )
    await mirror.store({"ID": 2, "TITLE": "new", "UF_CRM_1": "1.5"})

    comments = await _comments(mirror)
    assert (comments["uf_crm_1"], comments["title"]) == (f"{label} / Net", "Title")
    rows = await mirror.rows()
    assert [(rows[n]["title"], rows[n]["uf_crm_1"]) for n in (1, 2)] == [
        ("old", None),
        ("new", 1.5),
    ]


async def test_a_changed_label_changes_the_comment_only(mirror: Any) -> None:
    before = await mirror.ensure(Field("UF_CRM_1", "string", title="Было"))
    await mirror.store({"ID": 1, "UF_CRM_1": "kept"})

    after = await mirror.ensure(Field("UF_CRM_1", "string", title="Стало 😀"))

    assert (await _comments(mirror))["uf_crm_1"].startswith("Стало")
    assert await mirror.value("uf_crm_1") == "kept"
    assert [c.type for c in after.columns] == [c.type for c in before.columns]
    assert await mirror.ensure(Field("UF_CRM_1", "string", title="Стало 😀")) == after


@pytest.mark.parametrize(
    ("was", "value", "becomes", "kept", "then", "stored"),
    [
        ("integer", "5", "string", "5", "five", "five"),
        ("string", "five", "integer", "five", "6", "6"),
        ("boolean", "Y", "string", "Y", "word", "word"),
        (
            "date",
            "2024-08-30",
            "datetime",
            "2024-08-30 00:00:00",
            "2024-08-31",
            "2024-08-31 00:00:00",
        ),
        ("datetime", "2024-08-30T01:02:03Z", "string", "2024-08-30 01:02:03", "x", "x"),
        ("double", "0.1", "integer", "0.1", "7", "7"),
        ("boolean", "1", "integer", "Y", "7", "7"),
    ],
)
async def test_a_retyped_field_becomes_a_type_that_keeps_both(
    mirror: Any, *, was: str, value: str, becomes: str, kept: str, then: str, stored: str
) -> None:
    await mirror.ensure(Field("UF_X", was, custom=True))
    await mirror.store({"ID": 1, "UF_X": value})

    await mirror.ensure(Field("UF_X", becomes, custom=True))
    await mirror.store({"ID": 2, "UF_X": then})

    rows = await mirror.rows()
    assert [str(rows[n]["uf_x"]) for n in (1, 2)] == [kept, stored]


async def test_a_field_that_becomes_multiple_keeps_what_was_there(mirror: Any) -> None:
    await mirror.ensure(Field("UF_X", "integer", custom=True))
    await mirror.store({"ID": 1, "UF_X": "5"})

    await mirror.ensure(Field("UF_X", "integer", custom=True, multiple=True))
    await mirror.store({"ID": 2, "UF_X": ["6", "7"]})

    rows = await mirror.rows()
    assert [rows[n]["uf_x"] for n in (1, 2)] == ["5", "[6,7]"]


async def test_wider_columns_stay_wide(mirror: Any) -> None:
    await mirror.ensure(Field("A", "string"), Field("OPPORTUNITY", "double"))
    await mirror.store({"ID": 1, "A": "x" * 300, "OPPORTUNITY": "1.234"})
    wide = mirror.layout

    assert await mirror.ensure(Field("A", "string"), Field("OPPORTUNITY", "double")) == wide
    await mirror.store({"ID": 2, "A": "y" * 300, "OPPORTUNITY": "5.678"})

    assert len(await mirror.rows()) == 2


async def test_hostile_names_become_columns_of_their_own(mirror: Any) -> None:
    codes = [
        "select",
        "ORDER",
        'quote"s and `ticks` and ; drop table crm_deals; --',
        "_raw_hash",
        "_synced_at",
        "_overflow",
        "xmin",
        "ctid",
        "UF_" + "LONG_" * 30 + "1",
        "UF_" + "LONG_" * 30 + "2",
        "UF_CRM_A",
        "uf_crm_a",
        "Uf-Crm-A",
        "stageId",
        "STAGE_ID",
        "поле",
        "поля",
        "😀",
        "",
        "%s %(x)s",
    ]
    layout = await mirror.ensure(*(Field(code, "string") for code in codes))

    await mirror.store({"ID": 1, **{code: f"value {n}" for n, code in enumerate(codes)}})

    row = (await mirror.rows())[1]
    named = {column.code: column.name for column in layout.columns}
    assert [row[named[code]] for code in codes] == [f"value {n}" for n in range(len(codes))]
    assert len(set(named.values())) == len(codes) + 1
    assert max(map(len, named.values())) <= {"postgresql": 63, "mysql": 64}[mirror.dialect]


async def test_names_do_not_depend_on_the_order_of_fields(mirror: Any) -> None:
    fields = [
        Field(c, "string") for c in ("uf_crm_a", "UF_CRM_A", "Uf-Crm-A", "stageId", "STAGE_ID")
    ]
    first = await mirror.ensure(*fields)

    second = await mirror.ensure(*reversed(fields))

    # The table's own order counts: digests cover the columns in it.
    assert [(c.code, c.name) for c in first.columns] == [(c.code, c.name) for c in second.columns]
    assert await mirror.ensure(*fields) == first


async def test_two_builders_at_once_agree(mirror: Any) -> None:
    mapper = FieldMapper(mirror.dialect)
    fields = [
        Field("ID", "integer"),
        *(Field(f"UF_{n}", "string", title=f"№ {n}") for n in range(40)),
    ]

    async def build(count: int) -> Layout:
        async with mirror.engine.begin() as connection:
            wanted = mapper.columns("deal", fields[:count])
            return await DynamicTableBuilder(connection).ensure(wanted)

    await asyncio.gather(build(10), build(41), build(20), build(30))

    mirror.layout = await build(41)
    loaded = await mirror.store({"ID": 1, **{f"UF_{n}": str(n) for n in range(40)}})
    assert loaded.inserted == 1
    assert await mirror.value("uf_39") == "39"


async def test_a_table_of_somebody_else_is_not_touched(mirror: Any) -> None:
    await mirror.run("CREATE TABLE crm_deals (id BIGINT PRIMARY KEY, own VARCHAR(9))")

    with pytest.raises(NotOurTable, match="crm_deals"):
        await mirror.ensure(Field("TITLE", "string"))

    assert "title" not in await _comments(mirror)


async def test_a_type_of_somebody_elses_making_keeps_its_values(mirror: Any) -> None:
    await mirror.ensure(Field("A", "integer"))
    await mirror.run("ALTER TABLE crm_deals ADD COLUMN uf_b SMALLINT")
    await mirror.store({"ID": 1, "A": 1})
    await mirror.run("UPDATE crm_deals SET uf_b = 7")

    await mirror.ensure(Field("A", "integer"), Field("UF_B", "integer"))
    await mirror.store({"ID": 2, "A": 1, "UF_B": 8})

    rows = await mirror.rows()
    assert [str(rows[n]["uf_b"]) for n in (1, 2)] == ["7", "8"]


async def test_texts_that_differ_only_in_case_or_accent_are_told_apart(mirror: Any) -> None:
    await mirror.ensure(Field("STAGE_ID", "crm_status"))
    stages = ["new", "NEW", "é", "e", "ё", "е", "😀", "😁", "ß", "ss"]

    await mirror.store(*({"ID": n, "STAGE_ID": stage} for n, stage in enumerate(stages)))

    groups = await mirror.query("SELECT stage_id, COUNT(*) AS n FROM crm_deals GROUP BY stage_id")
    assert {row["stage_id"]: row["n"] for row in groups} == dict.fromkeys(stages, 1)


async def test_widening_says_what_the_table_became(mirror: Any) -> None:
    layout = await mirror.ensure(Field("A", "string", title="Label"))
    wide = next(column.type for column in layout.columns if column.name == "a")

    async with mirror.engine.begin() as connection:
        widened = await DynamicTableBuilder(connection).widen(
            layout, {"a": replace(wide, size=500)}
        )

    assert {c.name: c.type.size for c in widened.columns}["a"] == 500
    assert (await _comments(mirror))["a"] == "Label"
