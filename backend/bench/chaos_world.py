"""An installation in which a script is played: portal, database, processes, office."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.engine import URL
from tests import services

from bench.chaos_compare import ENTITIES
from bench.chaos_database import Cable, Server
from bench.chaos_history import query
from bench.chaos_office import Office
from bench.chaos_processes import Nursery
from bench.chaos_script import Script
from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.errors import AppError
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync import tasks
from bridge24.sync.entities import discover
from bridge24.sync.progress import SyncMode
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.subjects import webhook_events
from bridge24.sync.realtime.waking import DRAIN
from bridge24.sync.runs import opening
from bridge24.sync.runs.opening import TASK
from bridge24.sync.runs.stopping import config_of

TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
NAMES = ("serve", "worker")
assert tasks.TASK  # importing it has declared the runs


class World:
    """One installation.

    Attributes:
        script: The one that is played.
        happened: What was done since somebody last looked, counted.
        fields: How many custom fields were added.
    """

    def __init__(
        self,
        script: Script,
        *,
        emulator: Emulator,
        server: Server,
        cable: Cable,
        nursery: Nursery,
        folder: Path,
    ) -> None:
        self.script = script
        self.emulator = emulator
        self.server = server
        self.cable = cable
        self.nursery = nursery
        self.folder = folder
        self.portal: Portal = emulator.portal("acme")
        self.office = Office(self.portal, random.Random(f"office:{script.seed}"))
        self.happened: Counter[str] = Counter()
        self.fields = 0
        self.pids: dict[str, int] = {}
        self.turns = {name: asyncio.Lock() for name in NAMES}
        self.port = services._free_port()
        self.database: URL = server.url

    async def start(self, name: str, *, clock: int = 0) -> None:
        """Start the server or the worker."""
        through = self.database.set(port=self.cable.port)
        environment = {
            "DATABASE_URL": through.render_as_string(hide_password=False),
            "BITRIX_WEBHOOK_URL": self.emulator.webhook_url("acme"),
            "BITRIX_APPLICATION_TOKEN": TOKEN,
            "SYNC_BATCH_SIZE": str(self.script.pages_per_call),
            "SYNC_DEFAULT_INTERVAL_MINUTES": "60",
            "SYNC_AUDIT_CRON": "",
            "SYNC_START_BY_ITSELF": "false",
            "PORT": str(self.port),
            "CHAOS_CLOCK": str(clock),
            **self.script.patience(),
        }
        log = self.folder / f"{name}.log"
        self.pids[name] = await self.nursery.start(name, environment, log=log)

    async def kill(self, name: str) -> None:
        """Kill -9, in whatever state it is."""
        if name in self.pids:
            await self.nursery.signal(self.pids.pop(name), signal.SIGKILL)

    async def at_work(self, name: str, *, seconds: float) -> str | None:
        """Wait until a process is at work on a run or on events; says on which, or None."""
        deadline = time.monotonic() + seconds
        while name in self.pids and time.monotonic() < deadline:
            with suppress(AppError):
                task = await self._task_of(self.pids[name])
                if task is not None:
                    return task
            await asyncio.sleep(0.1)
        return None

    async def _task_of(self, pid: int) -> str | None:
        found = await query(
            "SELECT task FROM jobs WHERE state = 'running' "
            f"AND task IN ('{TASK}', '{DRAIN}') AND worker LIKE '%\\:{pid}\\:%' ORDER BY task DESC"
        )
        return str(found[0]["task"]) if found else None

    async def is_working(self) -> bool:
        """Whether any process is at work; not while nobody can tell."""
        with suppress(AppError):
            running = "SELECT id FROM jobs WHERE state = 'running' AND task IN"
            return bool(await query(f"{running} ('{TASK}', '{DRAIN}')"))
        return False

    async def open_runs(self) -> int:
        """How many runs are queued or under way."""
        found = await query("SELECT count(*) AS n FROM sync_log WHERE open_for IS NOT NULL")
        return int(str(found[0]["n"]))

    async def is_copied(self, entity: str) -> bool:
        """Whether an object has been copied in full, and not been reset since."""
        found = await query(f"SELECT last_full_at FROM sync_state WHERE entity = '{entity}'")
        return bool(found) and found[0]["last_full_at"] is not None

    async def ensure_running(self) -> None:
        """What ended by itself is started again, as a service manager does."""
        for name in NAMES:
            async with self.turns[name]:
                if name not in self.pids or not await self.nursery.is_alive(self.pids[name]):
                    await self.start(name)

    async def open_run(self, entity: str, mode: str, *, accept: bool = False) -> None:
        """Ask for a run; one under way is as good."""
        with suppress(AppError):
            await opening.open_run(
                entity, mode=SyncMode(mode), asked_by="bench", accept_deletions=accept
            )
            self.happened[f"run {mode}"] += 1


@asynccontextmanager
async def world(
    script: Script, *, server: Server, nursery: Nursery, folder: Path
) -> AsyncIterator[World]:
    """Set an installation up: tables, settings, processes, an outgoing webhook, an office."""
    cable = Cable(server.url.port or 0)
    spec = PortalSpec(name="acme", **asdict(script.size))
    with services.fresh_database(server.url) as url:
        async with Emulator([spec], seed=script.seed, limits="none") as emulator:
            made = World(
                script,
                emulator=emulator,
                server=server,
                cable=cable,
                nursery=nursery,
                folder=folder,
            )
            made.database = url
            await cable.open()
            try:
                async with _installed(made):
                    yield made
            finally:
                await made.office.close()
                for name in NAMES:
                    await made.kill(name)
                cable.close()


@asynccontextmanager
async def _installed(made: World) -> AsyncIterator[None]:
    address = made.database.render_as_string(hide_password=False)
    webhook = made.emulator.webhook_url("acme")
    with _environment(DATABASE_URL=address, BITRIX_WEBHOOK_URL=webhook):
        await init_db()
        try:
            await migrate()
            async with BitrixClient(Webhook(webhook)) as client:
                await discover(client)
            await _configure(made.script)
            for entity in ENTITIES:
                await made.open_run(entity, "full")
            for name in NAMES:
                await made.start(name)
            made.emulator.feeds["acme"].subscriptions.add_webhook(
                f"http://127.0.0.1:{made.port}{PATH}", webhook_events(), token=TOKEN
            )
            yield
        finally:
            await close_db()


async def _configure(script: Script) -> None:
    async with transaction() as session:
        for entity in ENTITIES:
            config = await config_of(session, entity)
            config.history = entity in script.history
            config.delete_mode = "hard" if entity in script.hard else "soft"


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    get_settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        get_settings.cache_clear()
