"""A whole CRM object from the portal into the database, on both dialects."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync.errors import AlreadyRunning, TooManyMissing, UnknownEntity
from bridge24.sync.service import SyncService

TABLES = {
    "deal": "crm_deals",
    "contact": "crm_contacts",
    "lead": "crm_leads",
    "company": "crm_companies",
}


async def _rows(sql: str) -> list[Mapping[str, object]]:
    async with connection() as conn:
        return [dict(row) for row in (await conn.execute(text(sql))).mappings()]


async def _ids(table: str, *, deleted: bool = False) -> set[int]:
    condition = "IS NOT NULL" if deleted else "IS NULL"
    found = await _rows(f"SELECT id FROM {table} WHERE _deleted_at {condition}")
    return {int(str(row["id"])) for row in found}


def _portal_ids(portal: Portal, entity: str) -> set[int]:
    return {int(row["ID"]) for row in portal.rows(entity)}


@pytest.mark.parametrize("entity", list(TABLES))
async def test_every_row_arrives_and_a_second_run_changes_nothing(
    service: SyncService, portal: Portal, entity: str
) -> None:
    first = await service.full_sync(entity)
    second = await service.full_sync(entity)

    expected = _portal_ids(portal, entity)
    assert await _ids(TABLES[entity]) == expected
    assert (first["inserted"], first["quarantined"]) == (len(expected), 0)
    assert (second["unchanged"], second["inserted"], second["updated"]) == (len(expected), 0, 0)


async def test_values_are_what_the_portal_shows(service: SyncService, portal: Portal) -> None:
    await service.full_sync("deal")

    stored = {row["id"]: row for row in await _rows("SELECT * FROM crm_deals")}
    for shown in portal.rows("deal"):
        row = stored[int(shown["ID"])]
        assert (row["title"] or "") == (shown["TITLE"] or "").replace("\0", "")
        assert row["opportunity"] == Decimal(shown["OPPORTUNITY"])
        assert row["stage_id"] == shown["STAGE_ID"]
        assert row["date_create"] == _utc(shown["DATE_CREATE"])
        assert row["begindate"] == _day(shown["BEGINDATE"])
        assert bool(row["closed"]) == (shown["CLOSED"] == "Y")
        assert row["company_id"] == (int(shown["COMPANY_ID"] or 0) or None)


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(UTC).date() if moment else None


async def test_phones_and_mails_arrive_each_in_a_row(service: SyncService, portal: Portal) -> None:
    await service.full_sync("contact")

    expected = {
        (int(row["ID"]), int(value["ID"]), value["TYPE_ID"], value["VALUE_TYPE"], value["VALUE"])
        for row in portal.rows("contact")
        for kind in ("PHONE", "EMAIL", "WEB", "IM")
        for value in row.get(kind) or []
    }
    stored = await _rows(
        "SELECT owner_id, id, type_id, value_type, value FROM crm_contacts_multifields"
    )
    assert {tuple(row.values()) for row in stored} == expected
    assert len(expected) > 100


async def test_edits_additions_and_deletions_arrive_with_the_next_run(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal")
    portal.update("deal", 5, {"TITLE": "Новое имя 😀", "OPPORTUNITY": "99.95"})
    added = portal.add("deal", {"TITLE": "A new deal"})
    for row_id in (1, 300, 700):
        portal.delete("deal", row_id)

    counts = await service.full_sync("deal")

    assert (counts["inserted"], counts["updated"], counts["deleted"]) == (1, 1, 3)
    assert await _ids("crm_deals", deleted=True) == {1, 300, 700}
    assert added in await _ids("crm_deals")
    changed = await _rows("SELECT title, opportunity FROM crm_deals WHERE id = 5")
    assert changed == [{"title": "Новое имя 😀", "opportunity": Decimal("99.95")}]


async def test_a_restored_row_is_alive_again(service: SyncService, portal: Portal) -> None:
    await service.full_sync("deal")
    row = portal.get("deal", 10)
    assert row is not None
    portal.delete("deal", 10)
    await service.full_sync("deal")
    assert await _ids("crm_deals", deleted=True) == {10}

    portal.restore("deal", row)
    await service.full_sync("deal")

    assert await _ids("crm_deals", deleted=True) == set()
    assert 10 in await _ids("crm_deals")


async def test_rows_hidden_by_withdrawn_rights_are_not_marked_deleted(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal")
    portal.hide("deal", sorted(_portal_ids(portal, "deal"))[:599])

    with pytest.raises(TooManyMissing, match=r"599 of 700 .* rights"):
        await service.full_sync("deal")
    assert await _ids("crm_deals", deleted=True) == set()

    counts = await service.full_sync("deal", accept_deletions=True)
    assert counts["deleted"] == 599


async def test_an_emptied_portal_is_a_loss_of_rights_until_somebody_says_otherwise(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal")
    portal.hide("deal")
    with pytest.raises(TooManyMissing):
        await service.full_sync("deal")
    portal.show("deal")
    counts = await service.full_sync("deal")
    assert (counts["unchanged"], counts["deleted"]) == (700, 0)


async def test_a_new_custom_field_becomes_a_column_with_its_label(
    service: SyncService, portal: Portal, mirror: str
) -> None:
    await service.full_sync("deal")
    field = portal.add_field("deal", "UF_CRM_NEWS", "string", label="Новости")
    portal.update("deal", 7, {"UF_CRM_NEWS": "It's here"})
    assert field is not None

    await service.full_sync("deal")

    assert await _rows("SELECT uf_crm_news FROM crm_deals WHERE id = 7") == [
        {"uf_crm_news": "It's here"}
    ]
    assert await _comment(mirror, "uf_crm_news") == "Новости"


async def test_a_removed_custom_field_keeps_its_column(
    service: SyncService, portal: Portal
) -> None:
    portal.add_field("deal", "UF_CRM_OLD", "string", label="Old")
    portal.update("deal", 7, {"UF_CRM_OLD": "kept"})
    await service.full_sync("deal")
    portal.remove_field("deal", "UF_CRM_OLD")

    await service.full_sync("deal")

    assert "uf_crm_old" in (await _rows("SELECT * FROM crm_deals WHERE id = 7"))[0]


async def _comment(mirror: str, column: str) -> object:
    if mirror.startswith("postgresql"):
        sql = (
            "SELECT col_description('crm_deals'::regclass, attnum) AS words FROM pg_attribute "
            f"WHERE attrelid = 'crm_deals'::regclass AND attname = '{column}'"
        )
    else:
        sql = (
            "SELECT column_comment AS words FROM information_schema.columns WHERE "
            f"table_schema = DATABASE() AND table_name = 'crm_deals' AND column_name = '{column}'"
        )
    return (await _rows(sql))[0]["words"]


async def test_hostile_values_arrive_unharmed(service: SyncService, portal: Portal) -> None:
    hostile = {
        "quotes": 'O\'Reilly "x" `y` \\ \t \n %s {} ${jndi}',
        "long": "д" * 300,
        "emoji": "👩‍👩‍👧‍👦🇷🇺",
        "sql": "'; DROP TABLE crm_deals; --",
    }
    ids = {name: portal.add("deal", {"TITLE": value}) for name, value in hostile.items()}
    huge = portal.add("deal", {"COMMENTS": "ы" * 70_000})

    await service.full_sync("deal")

    stored = {row["id"]: row for row in await _rows("SELECT id, title, comments FROM crm_deals")}
    assert {name: stored[row_id]["title"] for name, row_id in ids.items()} == hostile
    assert stored[huge]["comments"] == "ы" * 70_000


async def test_two_runs_of_one_object_at_once_are_refused(
    client: BitrixClient, service: SyncService
) -> None:
    other = SyncService(client, host="acme")
    ended = await asyncio.gather(
        service.full_sync("deal"), other.full_sync("deal"), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ended) == ["AlreadyRunning", "dict"]
    assert any(isinstance(end, AlreadyRunning) for end in ended)


async def test_an_unknown_object_is_refused_by_name(service: SyncService) -> None:
    with pytest.raises(UnknownEntity, match='"deals": choose one of deal, contact, lead, company,'):
        await service.full_sync("deals")


async def test_every_run_leaves_an_entry_in_the_log(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("lead")
    portal.remove_webhook(1, emulator.webhook_url("acme").rstrip("/").rpartition("/")[2])
    with pytest.raises(Exception, match="does not accept the webhook"):
        await service.full_sync("lead")

    log = await _rows("SELECT status, rows_read, error_code FROM sync_log ORDER BY id")
    assert log == [
        {"status": "succeeded", "rows_read": 60, "error_code": None},
        {"status": "failed", "rows_read": 0, "error_code": "WebhookRefused"},
    ]
    assert json.dumps(log)


async def test_a_portal_that_stumbles_at_every_step_loses_no_row(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    stumbles = [Kind.UNAVAILABLE, Kind.HTML, Kind.TRUNCATED, Kind.RESET, Kind.BROKEN]
    faults = emulator.gate("acme").faults
    for number, kind in enumerate(stumbles):
        faults.add(Fault(kind, times=1, after=number))

    await service.full_sync("deal")

    assert await _ids("crm_deals") == _portal_ids(portal, "deal")
    assert sum(active.hits for active in faults.listing()) >= 3
