"""A run killed at any moment goes on with the next start and ends with the source's rows."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

import pytest
from sqlalchemy import text

from bridge24.core.db import connection, transaction
from bridge24.emulator import Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.models import SyncConfig

DEALS = 8_000
KILLS = 2
ALIVE = "SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL"
OPEN_VERSIONS = "SELECT id, title FROM crm_deals_history WHERE valid_to IS NULL"


@pytest.fixture
async def emulator():  # type: ignore[no-untyped-def]
    """A portal large enough to be killed in the middle of a walk."""
    spec = PortalSpec(name="acme", deals=DEALS, contacts=10, leads=10, companies=10)
    async with Emulator([spec], seed=11, limits="none") as running:
        yield running


async def _start(mirror: str, emulator: Emulator) -> Process:
    environment = {
        **os.environ,
        "DATABASE_URL": mirror,
        "BITRIX_WEBHOOK_URL": emulator.webhook_url("acme"),
        "SYNC_BATCH_SIZE": "10",
        "BITRIX_ENTERPRISE": "true",
    }
    command = (sys.executable, "-c", "from bridge24.cli import main; main()", "sync", "run", "deal")
    return await asyncio.create_subprocess_exec(
        *command, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )


async def _stored() -> int:
    async with connection() as conn:
        rows = await conn.scalar(text("SELECT max(rows_stored) FROM sync_state"))
    return int(rows or 0)


async def _kill_in_the_middle(process: Process, *, after_rows: int) -> None:
    while process.returncode is None and await _stored() < after_rows:
        await asyncio.sleep(0.02)
    if process.returncode is not None:
        said, complaint = await process.communicate()
        pytest.fail(f"it ended before it could be killed: {said!r} {complaint!r}")
    process.send_signal(signal.SIGKILL)
    await process.wait()


def _disturb(portal: Portal, dice: random.Random) -> None:
    """People go on working while nobody copies."""
    alive = [int(row["ID"]) for row in portal.rows("deal")]
    for row_id in dice.sample(alive, 40):
        portal.delete("deal", row_id)
    for row_id in dice.sample(alive, 40):
        if portal.get("deal", row_id):
            portal.update("deal", row_id, {"TITLE": f"edited {dice.random()}"})
    for number in range(40):
        portal.add("deal", {"TITLE": f"new {number}"})


async def test_a_killed_run_goes_on_and_ends_exact(
    mirror: str, emulator: Emulator, portal: Portal
) -> None:
    dice = random.Random(3)
    async with transaction() as session:
        session.add(SyncConfig(entity="deal", history=True))
    faults = emulator.gate("acme").faults
    for part in range(1, KILLS + 1):
        # It never reaches the end, however late the kill comes.
        slow = faults.add(Fault(Kind.SLOW, only=frozenset({"batch"}), after=6, seconds=30))
        process = await _start(mirror, emulator)
        await _kill_in_the_middle(process, after_rows=part * DEALS // (KILLS + 2))
        faults.remove(slow)
        _disturb(portal, dice)

    process = await _start(mirror, emulator)
    said, complaint = await process.communicate()
    assert process.returncode == 0, complaint

    async with connection() as conn:
        found = await conn.execute(text("SELECT id FROM crm_deals WHERE _deleted_at IS NULL"))
        stored = set(found.scalars())
        found = await conn.execute(text(OPEN_VERSIONS))
        versions = {row.id: row.title for row in found}
        found = await conn.execute(
            text("SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL")
        )
        titles = {row.id: row.title for row in found}
        runs = (await conn.execute(text("SELECT status FROM sync_log ORDER BY id"))).scalars().all()
    assert stored == {int(row["ID"]) for row in portal.rows("deal")}
    # One open version of each living row, and none of the deleted ones.
    assert versions == titles
    assert runs == ["interrupted"] * KILLS + ["succeeded"]
    assert b"resumed" in said
