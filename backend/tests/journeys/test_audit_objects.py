"""Audits of every kind of list, with deletions made hard, and beside people at work."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from bridge24.core.db import connection, dialect_of, get_engine, transaction
from bridge24.emulator import Emulator, Portal
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncConfig
from bridge24.sync.service import SyncService

HOUR = timedelta(hours=1).total_seconds()
pytestmark = pytest.mark.usefixtures("mirror")


async def _ids(table: str, *, where: str = "_deleted_at IS NULL") -> list[int]:
    async with connection() as conn:
        found = await conn.execute(text(f"SELECT id FROM {table} WHERE {where} ORDER BY id"))
        return [int(row[0]) for row in found]


async def _sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


@pytest.mark.parametrize(
    "entity",
    [
        *("contact", "activity", "smart_invoice", "requisite"),
        *("task", "call", "deal_stage_history"),
    ],
)
async def test_lost_rows_of_any_list_are_found_and_read_again(
    service: SyncService, entity: str
) -> None:
    await service.full_sync(entity)
    table = table_name(entity, dialect_of(get_engine()))
    before = await _ids(table)
    lost = [before[0], *before[3:6], before[-1]]
    await _sql(f"DELETE FROM {table} WHERE id IN ({', '.join(map(str, lost))})")

    counts = await service.audit(entity)

    assert counts["inserted"] == len(set(lost))
    assert await _ids(table) == before


async def test_deleted_rows_go_where_the_owner_wants_no_marks(
    service: SyncService, portal: Portal
) -> None:
    async with transaction() as session:
        session.add(SyncConfig(entity="deal", delete_mode="hard"))
    await service.full_sync("deal")
    portal.delete("deal", 5)

    await service.audit("deal")

    assert 5 not in await _ids("crm_deals", where="1 = 1")
    assert (await service.audit("deal"))["deleted"] == 0


async def test_people_at_work_are_not_misjudged(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    """Rows are made, changed and deleted while the audit reads, asks again and stores."""
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    ids = [int(row["ID"]) for row in portal.rows("deal")]
    kept, doomed = ids[:600], ids[600:]
    working = asyncio.create_task(_work(portal, kept, doomed))

    for _ in range(3):
        await service.audit("deal")
        assert set(kept) <= set(await _ids("crm_deals"))

    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    emulator.clock.move(HOUR)
    await service.audit("deal")
    assert await _titles() == {int(row["ID"]): row["TITLE"] for row in portal.rows("deal")}


async def _work(portal: Portal, kept: list[int], doomed: list[int]) -> None:
    for number in range(100_000):
        portal.update("deal", kept[number % len(kept)], {"TITLE": f"edit {number}"})
        if number % 5 == 0:
            portal.add("deal", {"TITLE": f"new {number}"})
        if number % 5 == 1 and doomed:
            portal.delete("deal", doomed.pop())
        await asyncio.sleep(0.005)


async def _titles() -> Mapping[int, str]:
    async with connection() as conn:
        rows = await conn.execute(text("SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL"))
        return {int(row.id): row.title for row in rows}
