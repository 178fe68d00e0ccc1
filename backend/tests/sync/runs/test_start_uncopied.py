"""One word begins the first copy of everything, or none at all."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from sqlalchemy import select

from bridge24.core.db import transaction
from bridge24.core.jobs import Job
from bridge24.core.settings import get_settings
from bridge24.emulator import Emulator, PortalSpec
from bridge24.sync import discovery
from bridge24.sync.models import SyncLog
from bridge24.sync.portal import portal_client
from bridge24.sync.runs.due import DISCOVER
from bridge24.sync.runs.rounds import discover_all


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal whose webhook may read the CRM only."""
    spec = PortalSpec(name="acme", deals=5, contacts=5, leads=5, companies=5)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


async def started(http: httpx2.AsyncClient) -> set[str]:
    response = await http.post("/api/v1/sync/start")
    assert response.status_code == 202
    return {run["entity"] for run in response.json()["runs"]}


async def test_everything_that_may_be_copied_and_is_not_yet_is_asked_for_once(
    http: httpx2.AsyncClient,
) -> None:
    await discovery.look(portal_client())
    await http.put("/api/v1/sync/config", json={"entities": {"quote": {"enabled": False}}})
    await http.post("/api/v1/sync/lead/pause")
    assert (await http.post("/api/v1/sync/start/deal")).status_code == 202
    opened = await started(http)
    assert {"contact", "company", "user", "deal_product_row"} <= opened
    assert any(entity.startswith("dynamic_") for entity in opened)
    assert not {"deal", "quote", "lead"} & opened
    assert await started(http) == set()


async def _open() -> set[str]:
    async with transaction() as session:
        return set(
            await session.scalars(select(SyncLog.entity).where(SyncLog.open_for.is_not(None)))
        )


async def test_a_new_installation_begins_by_itself_with_what_it_may_read(
    http: httpx2.AsyncClient, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.portal("acme").add_webhook(1, "crmonly", scopes=["crm"])
    address = emulator.webhook_url("acme").rstrip("/").rpartition("/")[0] + "/crmonly/"
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", address)
    get_settings.cache_clear()
    await http.put("/api/v1/sync/config", json={"entities": {"quote": {"enabled": False}}})
    await http.post("/api/v1/sync/lead/pause")

    await discover_all()

    opened = await _open()
    assert {"deal", "contact", "deal_product_row", "dynamic_1030"} <= opened
    assert not {"quote", "lead", "task", "user"} & opened


async def test_what_a_person_has_cancelled_is_not_begun_by_anybody_else(
    http: httpx2.AsyncClient,
) -> None:
    run = (await http.post("/api/v1/sync/start/deal")).json()
    await http.post(f"/api/v1/sync/runs/{run['id']}/cancel")

    await discover_all()

    assert "deal" not in await _open()
    assert "contact" in await _open()


async def test_a_person_may_keep_the_first_word(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNC_START_BY_ITSELF", "false")
    get_settings.cache_clear()

    await discover_all()

    assert await _open() == set()


async def test_what_is_switched_on_is_looked_at_soon(http: httpx2.AsyncClient) -> None:
    await http.put("/api/v1/sync/config", json={"entities": {"deal": {"enabled": True}}})

    async with transaction() as session:
        promised = await session.scalars(select(Job.task).where(Job.task == DISCOVER))
        assert len(promised.all()) == 1
