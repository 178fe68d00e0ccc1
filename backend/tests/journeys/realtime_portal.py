"""A portal whose events reach us through a real HTTP server, and the worker behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from bridge24 import api
from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection
from bridge24.core.jobs import run_worker
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Portal
from bridge24.sync.realtime import tasks
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.subjects import webhook_events

PATIENCE_SECONDS = 30
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


@dataclass
class Live:
    """A portal and a database that are kept equal by events alone."""

    emulator: Emulator
    portal: Portal
    url: str
    """Where our server listens."""
    settings: Settings = field(repr=False)

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


def settings_for(database: str, emulator: Emulator, **more: object) -> Settings:
    """The settings of an installation with an outgoing webhook."""
    values: dict[str, object] = {
        "database_url": SecretStr(database),
        "bitrix_webhook_url": SecretStr(emulator.webhook_url("acme")),
        "bitrix_application_token": SecretStr(TOKEN),
        "public_url": "https://crm.example.com",
    }
    return Settings(**{**values, **more})  # type: ignore[arg-type]


def application(settings: Settings) -> FastAPI:
    """Our API with these settings; database and worker are somebody else's."""
    app = api.build(FastAPI())
    app.dependency_overrides[get_settings] = lambda: settings
    return app


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve by uvicorn on a free port; yields the address."""
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
    worker = asyncio.create_task(run_worker(concurrency=10))
    yield
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker


def use(client: BitrixClient, settings: Settings, monkeypatch: object) -> None:
    """Have the tasks use this client and these settings."""
    monkeypatch.setattr(tasks, "portal_client", lambda: client)  # type: ignore[attr-defined]
    monkeypatch.setattr(tasks, "get_settings", lambda: settings)  # type: ignore[attr-defined]
