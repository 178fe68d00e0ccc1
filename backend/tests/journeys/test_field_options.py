"""The options of list fields stand in a table and follow the portal by themselves."""

from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.emulator.schema import Field, Option
from bridge24.emulator.seeding.custom import declare
from bridge24.sync.entities import discover
from bridge24.sync.service import SyncService

OBJECTS = {
    "lead": "lead",
    "deal": "deal",
    "contact": "contact",
    "company": "company",
    "quote": "quote",
    "requisite": "requisite",
    "invoice": "smart_invoice",
    "dynamic_1030": "dynamic_1030",
    "dynamic_177": "dynamic_177",
}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal with next to no records: only its fields matter here."""
    spec = PortalSpec(name="acme", deals=2, contacts=2, leads=2, companies=2)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


def _shown(portal: Portal) -> set[tuple[object, ...]]:
    return {
        (OBJECTS[table], int(option.id), option.value, place)
        for table in OBJECTS
        for each in portal.table(table).schema
        if each.custom
        for place, option in enumerate(each.custom.options, start=1)
    }


async def _stored() -> set[tuple[object, ...]]:
    async with connection() as conn:
        rows = await conn.execute(
            text(
                "SELECT entity, id, value, position FROM crm_field_options "
                "WHERE _deleted_at IS NULL"
            )
        )
        return {tuple(row) for row in rows}


async def test_options_of_every_object_are_kept_in_the_portals_order(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    portal.add_field(1030, "UF_CRM_2_KIND", "enumeration", options=["Раз", "Два"])

    counts = await service.full_sync("field_option")

    shown = _shown(portal)
    assert await _stored() == shown
    assert {"deal", "dynamic_1030"} <= {row[0] for row in shown}
    assert counts["quarantined"] == 0


async def test_a_changed_label_follows_with_the_next_pass(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    field = portal.add_field(
        "deal", "UF_CRM_CITY", "enumeration", options=["Тверь", "Орёл", "Псков"]
    )
    assert field.custom
    await service.full_sync("field_option")
    renamed, removed, kept = (option.id for option in field.custom.options)
    edits = [
        {"ID": renamed, "VALUE": "Великий Новгород", "SORT": 400},
        {"ID": removed, "DEL": "Y"},
        {"VALUE": "Калуга", "SORT": 1},
    ]
    update = {"id": field.custom.id, "fields": {"LIST": edits}}
    await client.call("crm.deal.userfield.update", update)

    await service.incremental_sync("field_option")

    assert await _stored() == _shown(portal)
    async with connection() as conn:
        gone = await conn.execute(
            text("SELECT id FROM crm_field_options WHERE _deleted_at IS NOT NULL")
        )
        # Records may still hold the option: its words stay readable.
        assert [str(row.id) for row in gone] == [removed]
        sort = await conn.scalar(text(f"SELECT sort FROM crm_field_options WHERE id = {renamed}"))
        assert sort == 400
    assert kept


def _of_people(code: str, *, options: Sequence[str]) -> Field:
    choices = tuple(Option(str(9_000 + n), value, n, "") for n, value in enumerate(options))
    told = {"multiple": False, "labels": {"ru": "Этаж"}, "field_id": 8_999, "options": choices}
    return declare(code, "enumeration", entity_id="USER", **told)  # type: ignore[arg-type]


async def test_lists_of_people_and_tasks_are_words_as_well(
    service: SyncService, portal: Portal
) -> None:
    portal.user_fields.append(_of_people("UF_USR_FLOOR", options=["Первый", "Второй"]))
    portal.users[0]["UF_USR_FLOOR"] = "9001"
    of_tasks = portal.add_field("task", "UF_AUTO_KIND", "enumeration", options=["Срочно"])
    assert of_tasks.custom
    (urgent,) = of_tasks.custom.options
    portal.update("task", 1, {"UF_AUTO_KIND": urgent.id})

    for entity in ("field_option", "user", "task"):
        await service.full_sync(entity)

    stored = {(row[0], row[2]) for row in await _stored()}
    assert {("user", "Второй"), ("task", "Срочно")} <= stored
    async with connection() as conn:
        floor = "SELECT uf_usr_floor_label FROM v_crm_users WHERE id = 1"
        assert await conn.scalar(text(floor)) == "Второй"
        kind = "SELECT uf_auto_kind_label FROM v_crm_tasks WHERE id = 1"
        assert await conn.scalar(text(kind)) == "Срочно"


async def test_a_webhook_without_the_peoples_permission_still_has_the_other_options(
    emulator: Emulator, portal: Portal, mirror: str
) -> None:
    portal.user_fields.append(_of_people("UF_USR_FLOOR", options=["Первый"]))
    portal.add_webhook(1, "crmonly", scopes=["crm"])
    address = emulator.webhook_url("acme").rstrip("/").rpartition("/")[0] + "/crmonly/"
    async with BitrixClient(Webhook(address)) as poor:
        await SyncService(poor, host="acme").full_sync("field_option")

    entities = {row[0] for row in await _stored()}
    assert "deal" in entities
    assert "user" not in entities
