"""The options of list fields stand in a table and follow the portal by themselves."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection
from bridge24.emulator import Emulator, Portal, PortalSpec
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
