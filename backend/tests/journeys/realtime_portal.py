"""A portal whose events reach us through a real HTTP server, and the worker behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text

from bridge24 import api
from bridge24.bitrix import BitrixClient
from bridge24.bitrix.events import Event
from bridge24.core.db import connection
from bridge24.core.jobs import run_worker
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Portal
from bridge24.sync import portal, tasks
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.subjects import webhook_events

PATIENCE_SECONDS = 180
TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Wait until something has become true, patiently."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await true():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.05)


async def query(statement: str) -> Sequence[Mapping[str, object]]:
    """Read from the database."""
    async with connection() as conn:
        return [dict(row) for row in (await conn.execute(text(statement))).mappings()]


def event_about(name: str, row_id: int) -> Event:
    """An event about a record, as the hook hands it on."""
    return Event(name=name, data={"FIELDS": {"ID": str(row_id)}})


@dataclass
class Live:
    """A portal and a database that are kept equal by events alone."""

    emulator: Emulator
    portal: Portal
    url: str
    """Where our server listens."""

    def subscribe(self, events: Sequence[str] = ()) -> None:
        """Make the portal's outgoing webhook."""
        self.emulator.feeds["acme"].subscriptions.add_webhook(
            f"{self.url}{PATH}", list(events) or webhook_events(), token=TOKEN
        )

    async def told(self) -> None:
        """Wait until the portal has posted everything."""
        await self.emulator.feeds["acme"].outbound.flush()

    async def settled(self) -> None:
        """Wait until everything posted is worked on."""
        await self.told()

        async def nothing_waits() -> bool:
            waiting = "SELECT count(*) AS n FROM sync_events WHERE state = 'waiting'"
            return (await query(waiting))[0]["n"] == 0

        await until(nothing_waits)

    async def value(self, row_id: int, column: str = "title", table: str = "crm_deals") -> object:
        """Read one cell; None when there is no such living row."""
        found = await query(
            f"SELECT {column} AS it FROM {table} WHERE id = {row_id} AND _deleted_at IS NULL"
        )
        return found[0]["it"] if found else None

    async def becomes(self, row_id: int, wanted: object, **place: str) -> None:
        """Wait until a cell has a value."""

        async def there() -> bool:
            return await self.value(row_id, **place) == wanted

        await until(there)

    async def equal(self) -> bool:
        """Compare every deal's title, and which there are, with the portal."""
        rows = await query("SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL")
        stored = {int(str(row["id"])): row["title"] for row in rows}
        return stored == {int(row["ID"]): row["TITLE"] for row in self.portal.rows("deal")}


def set_up(
    monkeypatch: pytest.MonkeyPatch, database: str, client: BitrixClient, emulator: Emulator
) -> Settings:
    """Set up an installation with an outgoing webhook; client and settings are the process's."""
    environment = {
        "DATABASE_URL": database,
        "BITRIX_WEBHOOK_URL": emulator.webhook_url("acme"),
        "BITRIX_APPLICATION_TOKEN": TOKEN,
        "PUBLIC_URL": "https://crm.example.com",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(portal._process, "client", client)
    get_settings.cache_clear()
    return get_settings()


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Serve our API by uvicorn on a free port; yields the address."""
    app = api.build(FastAPI())
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    """Run a worker in this process."""
    assert tasks.TASK  # importing it has declared the runs
    worker = asyncio.create_task(run_worker(concurrency=10))
    yield
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
