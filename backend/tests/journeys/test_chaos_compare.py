"""What the kills and faults are judged by sees every kind of difference."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection, transaction
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync.entities import discover
from bridge24.sync.models import SyncConfig
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.chaos_compare import ENTITIES, Comparison


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a handful of rows, without limits."""
    spec = PortalSpec(name="acme", deals=12, contacts=6, leads=6, companies=6, items=6)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


async def _copied(client: BitrixClient, service: SyncService) -> None:
    await discover(client)
    async with transaction() as session:
        await session.merge(SyncConfig(entity="deal", history=True, delete_mode="soft"))
    for entity in ENTITIES:
        await service.full_sync(entity)


async def _execute(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


PLANTED = (
    ("DELETE FROM crm_leads WHERE id = 2", "lead 2: lost"),
    ("UPDATE crm_deals SET _deleted_at = _synced_at WHERE id = 2", "deal 2: falsely deleted"),
    ("UPDATE crm_deals SET opportunity = opportunity + 1 WHERE id = 3", "deal 3: stale"),
    ("UPDATE crm_companies SET id = id + 1000 WHERE id = 2", "company 1002: not deleted"),
    ("UPDATE crm_contacts_multifields SET value = '+7' WHERE owner_id = 2", "contact multi-value"),
    ("DELETE FROM crm_deal_product_rows", "deal_product_row: lost or stale"),
    (
        "UPDATE crm_deals_history SET opportunity = 1 WHERE id = 5",
        "deal history: open versions unlike their row",
    ),
    (
        "UPDATE crm_deals_history SET valid_to = valid_from WHERE id = 6",
        "deal history: living rows without an open version",
    ),
)


async def test_every_kind_of_difference_is_seen_also_after_all_was_equal(
    client: BitrixClient, service: SyncService, portal: Portal
) -> None:
    await _copied(client, service)
    comparison = Comparison(portal)
    assert await comparison.differences(client) == []
    assert comparison.compared == 12 + 6 * 4

    for statement, _ in PLANTED:
        await _execute(statement)
    portal.update("lead", 5, {"TITLE": "changed in the portal alone"})

    found = await comparison.differences(client)
    for told in (*(told for _, told in PLANTED), "lead 5: stale"):
        assert any(line.startswith(told) for line in found), (told, found)
