"""Kill -9 between the answer and the work loses nothing, two workers disorder nothing."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.realtime.drain import drain
from bridge24.sync.realtime.intake import keep_all, kept
from bridge24.sync.realtime.models import Source
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import (
    TOKEN,
    Live,
    event_about,
    query,
    set_up,
    until,
    working,
)

import services

EDITS = 30


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=120, contacts=10, leads=10, companies=10)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
async def settings(
    mirror: str, emulator: Emulator, client: BitrixClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Settings]:
    """The settings of this process."""
    yield set_up(monkeypatch, mirror, client, emulator)
    get_settings.cache_clear()


async def _start(database: str, emulator: Emulator, port: int) -> Process:
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "BITRIX_WEBHOOK_URL": emulator.webhook_url("acme"),
        "BITRIX_APPLICATION_TOKEN": TOKEN,
    }
    program = Path(__file__).parent / "realtime_process.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, str(port), env=environment, stdin=DEVNULL
    )

    async def listens() -> bool:
        assert process.returncode is None, "it ended before it listened"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    await until(listens)
    return process


async def test_kill_9_between_the_answer_and_the_work_loses_nothing(
    mirror: str, settings: Settings, emulator: Emulator, portal: Portal, service: SyncService
) -> None:
    await service.full_sync("deal")
    faults = emulator.gate("acme").faults
    faults.add(Fault(Kind.HTML, only=frozenset({"batch"})))
    port = services._free_port()
    process = await _start(mirror, emulator, port)
    live = Live(emulator, portal, f"http://127.0.0.1:{port}")
    live.subscribe()
    for row in portal.rows("deal")[:EDITS]:
        portal.update("deal", int(row["ID"]), {"TITLE": f"edited {row['ID']}"})
    try:
        await live.told()
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()

    outcomes = [each.outcome for each in emulator.feeds["acme"].outbound.deliveries]
    assert outcomes == ["delivered"] * EDITS
    waiting = await query("SELECT id FROM sync_events WHERE state = 'waiting'")
    assert len(waiting) == EDITS
    assert not await live.equal()
    faults.clear()
    async with working():
        await live.settled()
    assert await live.equal()


async def test_several_at_work_at_once_neither_double_nor_disorder(
    settings: Settings, client: BitrixClient, portal: Portal, service: SyncService
) -> None:
    """The queue lets one at a time; here they are let loose on the same events."""
    await service.full_sync("deal")
    dice = random.Random(9)
    few = [int(row["ID"]) for row in portal.rows("deal")][:8]

    async def edit() -> None:
        for number in range(EDITS):
            row_id = dice.choice(few)
            portal.update("deal", row_id, {"TITLE": f"edit {number} of {row_id}"})
            event = event_about("ONCRMDEALUPDATE", row_id)
            await keep_all([kept(event, Source.WEBHOOK)] * 2)
            await asyncio.sleep(dice.random() / 20)

    await asyncio.gather(edit(), drain(client), drain(client), drain(client))
    await drain(client)

    titles = {
        int(str(row["id"])): row["title"] for row in await query("SELECT id, title FROM crm_deals")
    }
    assert titles == {int(row["ID"]): row["TITLE"] for row in portal.rows("deal")}
    assert await query("SELECT id FROM sync_events WHERE state = 'waiting'") == []
