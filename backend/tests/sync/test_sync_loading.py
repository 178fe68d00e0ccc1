"""Loading: what is new, changed, unchanged, refused; always in the caller's transaction."""

import asyncio
from typing import Any

import pytest

from bridge24.bitrix.fields import Field
from bridge24.core.clock import utc_naive
from bridge24.sync.load import load

TITLE = Field("TITLE", "string")


def _row(row_id: int, title: str = "t") -> dict[str, object]:
    return {"ID": str(row_id), "TITLE": title}


async def test_rows_are_counted_by_what_was_done_with_them(mirror: Any) -> None:
    await mirror.ensure(TITLE)

    first = await mirror.store(*map(_row, range(1, 101)))
    second = await mirror.store(*(_row(n, "t" if n <= 60 else "new") for n in range(1, 121)))

    assert (first.inserted, first.updated, first.unchanged) == (100, 0, 0)
    assert (second.inserted, second.updated, second.unchanged) == (20, 40, 60)
    rows = await mirror.rows()
    assert len(rows) == 120
    assert [rows[n]["title"] for n in (1, 60, 61, 120)] == ["t", "t", "new", "new"]


async def test_an_unchanged_row_is_not_written_again(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    await mirror.store(_row(1), _row(2))
    await mirror.run("UPDATE crm_deals SET _synced_at = '2001-01-01 00:00:00'")

    await mirror.store(_row(1), _row(2, "new"))

    rows = await mirror.rows()
    assert [str(rows[n]["_synced_at"])[:4] == "2001" for n in (1, 2)] == [True, False]


async def test_a_row_that_appears_again_is_no_longer_deleted(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    await mirror.store(_row(1))
    await mirror.run("UPDATE crm_deals SET _deleted_at = '2024-01-01 00:00:00'")

    loaded = await mirror.store(_row(1))

    assert loaded.updated == 1
    assert await mirror.value("_deleted_at") is None


async def test_columns_the_layout_does_not_know_keep_their_values(mirror: Any) -> None:
    await mirror.ensure(TITLE, Field("OLD", "string"))
    await mirror.store({**_row(1), "OLD": "kept"})
    await mirror.ensure(TITLE)

    await mirror.store(_row(1, "new"))

    row = (await mirror.rows())[1]
    assert (row["title"], row["old"]) == ("new", "kept")


async def test_a_row_that_comes_twice_counts_once_the_later_one(mirror: Any) -> None:
    await mirror.ensure(TITLE)

    loaded = await mirror.store(_row(1, "early"), _row(2), _row(1, "late"))

    assert loaded.inserted == 2
    assert await mirror.value("title") == "late"


async def test_rows_without_a_usable_id_are_rejected_with_their_json(mirror: Any) -> None:
    await mirror.ensure(TITLE)

    loaded = await mirror.store(
        _row(1), {"TITLE": "no id"}, {"ID": "x1"}, {"ID": str(2**63)}, {"ID": None}, _row(2)
    )

    assert loaded.inserted == 2
    assert [row.id for row in loaded.rejected] == ["", "x1", str(2**63), ""]
    assert loaded.rejected[0].raw == '{"TITLE":"no id"}'


async def test_one_poisonous_row_does_not_stop_its_999_neighbours(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    rows = [_row(n) for n in range(1, 1001)]
    rows[499]["TITLE"] = "half of an emoji: \ud83d"

    loaded = await mirror.store(*rows)

    assert loaded.inserted == 999
    assert [row.id for row in loaded.rejected] == ["500"]
    assert "\\ud83d" in loaded.rejected[0].raw
    assert len(await mirror.rows()) == 999


async def test_rows_the_database_refuses_are_found_among_their_neighbours(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    await mirror.store(_row(900, "old"))
    await mirror.run("ALTER TABLE crm_deals ADD CONSTRAINT no_evil CHECK (title <> 'evil')")
    rows = [_row(n, "evil" if n in {3, 500, 999} else "good") for n in range(1, 1001)]

    loaded = await mirror.store(*rows)

    assert (loaded.inserted, loaded.updated) == (996, 1)
    assert sorted(row.id for row in loaded.rejected) == ["3", "500", "999"]
    assert all("constraint" in str(row.reason).lower() for row in loaded.rejected)
    stored = await mirror.rows()
    assert len(stored) == 997
    assert {row["title"] for row in stored.values()} == {"good"}


async def test_nothing_is_stored_when_the_transaction_is_rolled_back(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    await mirror.store(_row(1, "old"))
    shaped = await mirror.shape([_row(1, "new"), _row(2, "new")])

    async with mirror.engine.connect() as connection:
        await connection.begin()
        loaded = await load(connection, mirror.layout, shaped, read_at=utc_naive())
        await connection.rollback()

    assert (loaded.inserted, loaded.updated) == (1, 1)
    assert {n: row["title"] for n, row in (await mirror.rows()).items()} == {1: "old"}


async def test_two_loaders_of_the_same_new_rows_both_succeed(mirror: Any) -> None:
    await mirror.ensure(TITLE)
    shaped = await mirror.shape([_row(n) for n in range(1, 301)])
    other = await mirror.shape([_row(n, "other") for n in range(200, 501)])

    loads = await asyncio.gather(mirror.load(shaped), mirror.load(other))

    assert all(not loaded.rejected for loaded in loads)
    assert sum(loaded.inserted for loaded in loads) == 500
    rows = await mirror.rows()
    assert len(rows) == 500
    assert {rows[n]["title"] for n in range(200, 301)} <= {"t", "other"}


async def test_an_empty_set_is_no_work(mirror: Any) -> None:
    await mirror.ensure(TITLE)

    loaded = await mirror.store()

    assert (loaded.inserted, loaded.updated, loaded.unchanged, loaded.rejected) == (0, 0, 0, [])


async def test_multi_values_follow_their_owner(mirror: Any) -> None:
    await mirror.ensure(
        Field("PHONE", "crm_multifield", multiple=True),
        Field("EMAIL", "crm_multifield", multiple=True),
        entity="contact",
    )
    work = {"ID": "156", "VALUE_TYPE": "WORK", "VALUE": "+1 333", "TYPE_ID": "PHONE"}
    home = {"ID": "157", "VALUE_TYPE": "HOME", "VALUE": "+1 555", "TYPE_ID": "PHONE"}
    mail = {"id": 158, "valueType": "WORK", "value": "a@b.c", "typeId": "EMAIL"}
    await mirror.store({"ID": 1, "PHONE": [work, home], "EMAIL": [mail]}, {"ID": 2})

    loaded = await mirror.store({"ID": 1, "PHONE": [home]}, {"ID": 2})

    assert (loaded.updated, loaded.unchanged) == (1, 1)
    parents = await mirror.rows("crm_contacts")
    assert (parents[1]["phone"], parents[1]["email"]) == ("+1 555", None)
    children = await mirror.query("SELECT * FROM crm_contacts_multifields")
    assert children == [
        {"owner_id": 1, "id": 157, "type_id": "PHONE", "value_type": "HOME", "value": "+1 555"}
    ]


async def test_a_change_in_a_second_phone_is_a_change(mirror: Any) -> None:
    await mirror.ensure(Field("PHONE", "crm_multifield"), entity="contact")

    def row(second: str) -> dict[str, object]:
        return {"ID": 1, "PHONE": [{"ID": 1, "VALUE": "+1"}, {"ID": 2, "VALUE": second}]}

    await mirror.store(row("+2"))
    loaded = await mirror.store(row("+3"))

    assert loaded.updated == 1
    children = await mirror.query("SELECT value FROM crm_contacts_multifields ORDER BY id")
    assert [child["value"] for child in children] == ["+1", "+3"]


@pytest.mark.parametrize("text", ["a\0b", "\0", "ends\0"])
async def test_a_nul_is_kept_or_stays_visible(mirror: Any, text: str) -> None:
    await mirror.ensure(TITLE)

    await mirror.store(_row(1, text))

    visible = text if mirror.dialect == "mysql" else text.replace("\0", "␀")
    assert await mirror.value("title") == visible
