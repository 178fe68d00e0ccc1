"""Events are worked on in time whatever the clocks of our own processes say."""

import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.core import clock
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import Live, query, serving, set_up, until, working

# Beyond the patience of a test: one that waits for the wrong clock never ends.
WRONG_BY = timedelta(minutes=10)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a few deals, without limits."""
    spec = PortalSpec(name="acme", deals=20, contacts=1, leads=1, companies=1)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
async def settings(
    mirror: str, emulator: Emulator, client: BitrixClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Settings]:
    """The settings of this process."""
    yield set_up(monkeypatch, mirror, client, emulator)
    get_settings.cache_clear()


async def test_an_event_taken_by_a_process_with_a_fast_clock_does_not_wait_for_that_time(
    settings: Settings,
    emulator: Emulator,
    portal: Portal,
    service: SyncService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process that goes on with it has the right clock."""
    await service.full_sync("deal")
    emulator.gate("acme").faults.add(Fault(Kind.LOST, only=frozenset({"ONCRMDEALDELETE"})))
    true = clock.utc_now
    async with serving() as url:
        live = Live(emulator, portal, url)
        live.subscribe()
        with monkeypatch.context() as wrong:
            wrong.setattr(clock, "utc_now", lambda: true() + WRONG_BY)
            portal.update("deal", 5, {"TITLE": "the last edit"})
            portal.delete("deal", 5)
            await live.told()
            async with working():
                await until(_is_put_off)
        async with working():
            await live.settled()

        assert await live.value(5) is None


async def _is_put_off() -> bool:
    put_off = "SELECT count(*) AS n FROM sync_events WHERE not_before IS NOT NULL"
    return bool((await query(put_off))[0]["n"])
