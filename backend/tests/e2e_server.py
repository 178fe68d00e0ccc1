"""A whole installation for the browser's tests: portal, model, database and the real server.

Started as a program it prints where everything is as one line of JSON, then does what the lines
of JSON on its input ask for, and answers each with one. When its input ends it stops everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psycopg
from sqlalchemy.engine import URL, make_url

sys.path.insert(0, str(Path(__file__).parent))
import services
from bridge24.canned import CannedModel, Rule
from bridge24.canned.demo import RULES
from bridge24.core.auth import Role
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate
from bridge24.emulator import Emulator, PortalSpec
from bridge24.operators import service
from bridge24.sync.realtime.subjects import webhook_events

BACKEND = Path(__file__).parents[1]
START_SECONDS = 240
STOP_SECONDS = 30
TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
PASSWORD = "correct horse battery"
CHART = {
    "title": "Deals by stage",
    "explanation": "How many deals stand at each stage now.",
    "sql": "SELECT stage_id, COUNT(*) AS deals FROM crm_deals WHERE _deleted_at IS NULL "
    "GROUP BY stage_id ORDER BY deals DESC",
    "chart_type": "bar",
    "x": "stage_id",
    "series": [{"column": "deals", "label": "Deals", "format": "integer"}],
}
# What the demonstration's model says may change: the tests' own question has its own answer.
ANSWERS = (Rule("for the browser's test", {"chart": CHART}), *RULES)


@dataclass
class Server:
    """The real server as a process of its own, which may be stopped and started again."""

    environment: Mapping[str, str]
    log: Path
    running: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: It ended, or took too long; the end of its log says why.
        """
        with self.log.open("ab") as log:
            self.running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from bridge24.cli import main; main()", "serve"),
                env={**os.environ, **self.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._answering(self.running)
        except TimeoutError:
            await self.stop()
            raise RuntimeError(f"the server did not start: {self.said()}") from None

    async def stop(self) -> None:
        """End it as an operator does; what does not end in time is killed."""
        if self.running is None or self.running.returncode is not None:
            return
        self.running.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.running.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it at once: its database goes with it."""
        if self.running is not None and self.running.returncode is None:
            self.running.kill()
            await self.running.wait()

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:]

    async def _answering(self, running: asyncio.subprocess.Process) -> None:
        async with aiohttp.ClientSession() as http:
            while running.returncode is None:
                try:
                    async with http.get(f"{self.url}/ready") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.2)
        raise RuntimeError(f"the server ended: {self.said()}")


@asynccontextmanager
async def installation(*, auth: bool, deals: int) -> AsyncIterator[tuple[Server, dict[str, str]]]:
    """Run all of it; yields the server and where everything is."""
    spec = PortalSpec(
        name="acme", deals=deals, contacts=deals // 2, leads=deals // 2, companies=deals // 5
    )
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bridge24-e2e-")))
        database = stack.enter_context(_database())
        emulator = await stack.enter_async_context(Emulator([spec], limits="none"))
        model = await stack.enter_async_context(CannedModel(ANSWERS))
        port = services._free_port()
        environment = {
            "DATABASE_URL": database.render_as_string(hide_password=False),
            "DATA_FOLDER": str(folder),
            "BITRIX_WEBHOOK_URL": emulator.webhook_url("acme"),
            "BITRIX_APPLICATION_TOKEN": TOKEN,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "OPENAI_API_KEY": "canned",
            "OPENAI_BASE_URL": model.base_url,
            "OPENAI_MODEL": "canned",
            "SYNC_DEFAULT_INTERVAL_MINUTES": "1440",
            "SYNC_START_BY_ITSELF": "false",
            "AUTH_ENABLED": str(auth).lower(),
            "AUTH_SECRET": "only-for-tests-0123456789-abcdefghij",
        }
        if auth:
            await _add_people(environment)
        server = Server(environment, folder / "server.log")
        stack.push_async_callback(server.kill)
        await server.start()
        yield (
            server,
            {
                "url": server.url,
                "control": f"{emulator.url}/_control/acme",
                "webhook": emulator.webhook_url("acme"),
                "handler": f"{server.url}/api/v1/webhooks/bitrix",
                "token": TOKEN,
                "events": ",".join(webhook_events()),
                "password": PASSWORD,
            },
        )


@contextmanager
def _database() -> Iterator[URL]:
    with services.postgresql(in_memory=True) as server, services.fresh_database(server) as url:
        yield url


async def _add_people(environment: Mapping[str, str]) -> None:
    """One operator of each role, named as it."""
    os.environ.update(environment)
    get_settings.cache_clear()
    await init_db()
    try:
        await migrate()
        for role in Role:
            await service.add(role.value, PASSWORD, role=role)
    finally:
        await close_db()


async def _obey(server: Server, asked: Mapping[str, str]) -> object:
    if asked["do"] == "stop":
        return await server.stop()
    if asked["do"] == "start":
        return await server.start()
    if asked["do"] == "log":
        return server.said()
    return await asyncio.to_thread(_query, server.environment["DATABASE_URL"], asked["sql"])


def _query(database: str, statement: str) -> object:
    dsn = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else cursor.rowcount


async def main(*, auth: bool, deals: int) -> None:
    """Run until the input ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with installation(auth=auth, deals=deals) as (server, places):
        _say(places)
        while line := await reader.readline():
            try:
                _say({"done": await _obey(server, json.loads(line))})
            except Exception as error:
                _say({"failed": f"{type(error).__name__}: {error}"})


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--auth", action="store_true", help="operators have to sign in")
    parser.add_argument("--deals", type=int, default=300)
    options = parser.parse_args()
    asyncio.run(main(auth=options.auth, deals=options.deals))
