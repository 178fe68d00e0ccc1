"""A portal, a database, and this process as API and worker between them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from bridge24 import api, worker
from bridge24.core.db import close_db, init_db
from bridge24.core.jobs import run_worker
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync.portal import close_portal

sys.path.insert(0, str(Path(__file__).parent))

assert worker.CONCURRENCY  # importing it declares every task


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=400, contacts=20, leads=20, companies=20)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
def portal(emulator: Emulator) -> Portal:
    """The company's portal, to be looked into and changed from behind."""
    return emulator.portal("acme")


@pytest.fixture
async def settings(
    migrated: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Settings]:
    """The settings of a process that knows the portal and the database."""
    monkeypatch.setenv("DATABASE_URL", migrated)
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", emulator.webhook_url("acme"))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
async def connected(settings: Settings) -> AsyncIterator[None]:
    """The application connected to the database with its system tables."""
    await init_db(settings)
    yield
    await close_portal()
    await close_db()


@pytest.fixture
async def http(connected: None) -> AsyncIterator[httpx2.AsyncClient]:
    """The API."""
    transport = httpx2.ASGITransport(app=api.build(FastAPI()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def working(connected: None) -> AsyncIterator[None]:
    """A worker beside the API; it is stopped before the database closes."""
    stop = asyncio.Event()
    running = asyncio.create_task(
        run_worker(stop=stop, lease=timedelta(seconds=6), grace=timedelta(0))
    )
    yield
    stop.set()
    await running
