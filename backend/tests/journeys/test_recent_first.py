"""The first time the rows of the last thirty days come before all others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bridge24.core.db import connection
from bridge24.core.errors import AppError
from bridge24.emulator import Clock, Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.service import SyncService

DEALS = 6_000


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal whose clock shows the day its newest rows were made."""
    spec = PortalSpec(name="acme", deals=DEALS, contacts=10, leads=10, companies=10)
    clock = Clock(start=spec.anchor)
    async with Emulator([spec], seed=5, clock=clock, limits="none") as running:
        yield running


def _recent(portal: Portal, emulator: Emulator) -> set[int]:
    since = emulator.clock.now() - timedelta(days=29).total_seconds()
    return {
        int(row["ID"])
        for row in portal.rows("deal")
        if datetime.fromisoformat(str(row["DATE_MODIFY"])).timestamp() >= since
    }


async def _ids() -> set[int]:
    async with connection() as conn:
        return set((await conn.execute(text("SELECT id FROM crm_deals"))).scalars())


async def _state(column: str) -> object:
    async with connection() as conn:
        return await conn.scalar(text(f"SELECT {column} FROM sync_state"))


async def _until_recent_is_there(running: asyncio.Task[object]) -> None:
    while not running.done():
        try:
            if await _state("recent_at"):
                return
        except AppError:
            pass
        await asyncio.sleep(0.02)


async def test_recent_rows_are_there_while_history_still_comes(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    emulator.gate("acme").faults.add(Fault(Kind.SLOW, only=frozenset({"batch"}), seconds=1))
    recent = _recent(portal, emulator)
    running = asyncio.create_task(service.full_sync("deal"))
    await _until_recent_is_there(running)

    early = await _ids()
    assert recent <= early
    assert len(early) < DEALS
    emulator.gate("acme").faults.clear()
    await running
    assert await _ids() == {int(row["ID"]) for row in portal.rows("deal")}
    # Each row was read once, but for older ones that were edited lately.
    assert await _state("rows_stored") == DEALS


@pytest.mark.parametrize("after", [1, 2, 3, 4])
async def test_a_first_copy_that_was_interrupted_goes_on(
    service: SyncService, portal: Portal, emulator: Emulator, after: int
) -> None:
    fault = Fault(Kind.EXPIRED, only=frozenset({"batch"}), after=after, times=1)
    emulator.gate("acme").faults.add(fault)
    with pytest.raises(AppError):
        await service.full_sync("deal")
    emulator.gate("acme").faults.clear()
    gone = min(_recent(portal, emulator))
    portal.delete("deal", gone)
    portal.update("deal", 7, {"TITLE": "edited meanwhile"})

    await service.full_sync("deal")

    alive = "SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL"
    async with connection() as conn:
        stored = {row.id: row.title for row in await conn.execute(text(alive))}
    assert stored == {int(row["ID"]): row["TITLE"] for row in portal.rows("deal")}
    assert await _state("recent_after") is None
