"""The address of events at 200 requests a second, beside a bare path in the same run.

The portal, the server, the database and, where told so, the worker are processes of their own.
Requests leave by the clock, whether the ones before are answered or not, and the time counts
from when each was due. Commits wait for the disk. Whoever works on the events reads the records
from the portal, within the documented limits.
"""

import os
import random
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import psutil
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from tests import services
from tests.sync.realtime_forgeries import GENUINE, KEY, TOKEN, forgery

from bench.http_load import load, post
from bench.portal_process import portal_process
from bench.server_process import serving, started
from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection, transaction
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.models import SyncEvent
from bridge24.sync.service import SyncService

RATE = 200
GOAL_SECONDS = 0.050
GOAL_CPU_SECONDS = 0.002
FORGERIES = 1_000
DEALS = 2_000
WARM_SECONDS = 2
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# A commit counts when it is on the disk; the servers of the tests are quicker than that.
DURABLE_ON_MYSQL = "SET GLOBAL innodb_flush_log_at_trx_commit = 1"

Row = dict[str, object]


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Measure on both databases, with the worker in the server's process and beside it."""
    seconds = 5 if quick else 20
    rows: list[Row] = []
    with services.postgresql(durable=True) as server:
        for beside in (False, True):
            with services.fresh_database(server) as url:
                rows += await _on(url, "PostgreSQL", seconds=seconds, beside=beside)
    with services.mysql() as server:
        for beside in (False, True):
            with services.fresh_database(server) as url:
                rows += await _on(url, "MySQL", seconds=seconds, beside=beside)
    return rows


async def _on(url: URL, name: str, *, seconds: int, beside: bool) -> list[Row]:
    title = f"webhook, {name}, worker {'beside' if beside else 'within'}"
    async with _mirrored(url, beside=beside) as (address, server):
        port = urlsplit(address).port or 0
        events = [_event(number) for number in range(RATE * max(seconds, WARM_SECONDS))]
        await load(port, events[: RATE * WARM_SECONDS], rate=RATE)
        at_first = _spent(server)
        ours = await load(port, events[: RATE * seconds], rate=RATE)
        between, sender = _spent(server), time.process_time()
        bare = await load(port, [post("/bare", b"event=1")] * len(ours), rate=RATE)
        by_sender = (time.process_time() - sender) / len(bare)
        by_event, by_bare = (between - at_first) / len(ours), (_spent(server) - between) / len(bare)
        forged = await _accepted_forgeries(address) if not beside else None
    rows: list[Row] = [
        {
            "name": f"{title}: p99 of {RATE} events/s, kept durably; a bare path",
            "figure": round(_part(ours, 0.99) * 1000, 1),
            "unit": "ms",
            "baseline": round(_part(bare, 0.99) * 1000, 1),
            "ratio": round(_part(ours, 0.99) / _part(bare, 0.99), 2),
            "goal": f"<= {GOAL_SECONDS * 1000:g}",
            "holds": _part(ours, 0.99) <= GOAL_SECONDS,
        },
        {
            "name": f"{title}: the median of them; of a bare path",
            "figure": round(_part(ours, 0.5) * 1000, 1),
            "unit": "ms",
            "baseline": round(_part(bare, 0.5) * 1000, 1),
            "ratio": round(_part(ours, 0.5) / _part(bare, 0.5), 2),
            "goal": "",
            "holds": True,
        },
        {
            "name": f"{title}: the server's CPU an event; a bare path"
            f" (a request of the load: {by_sender * 1000:.2f} ms)",
            "figure": round(by_event * 1000, 2),
            "unit": "ms",
            "baseline": round(by_bare * 1000, 2),
            "ratio": round(by_event / by_bare, 2),
            "goal": f"<= {GOAL_CPU_SECONDS * 1000:g}",
            "holds": by_event <= GOAL_CPU_SECONDS,
        },
    ]
    if forged is not None:
        rows.append(
            {
                "name": f"webhook, {name}: forged events accepted, of {FORGERIES:,}",
                "figure": forged,
                "unit": "events",
                "baseline": None,
                "ratio": None,
                "goal": "0",
                "holds": forged == 0,
            }
        )
    return rows


@asynccontextmanager
async def _mirrored(url: URL, *, beside: bool) -> AsyncIterator[tuple[str, Process]]:
    """A portal whose deals are copied, and a server that receives its events."""
    async with portal_process(DEALS, "--limits", "documented") as webhook:
        os.environ["BITRIX_WEBHOOK_URL"] = webhook
        async with serving(url, BENCH_WORKER="no" if beside else "yes") as (address, server):
            if url.get_backend_name() == "mysql":
                async with connection() as conn:
                    await conn.execute(text(DURABLE_ON_MYSQL))
            async with BitrixClient(Webhook(webhook)) as client:
                await SyncService(client, host="acme").full_sync("deal")
            worker = await started("work") if beside else None
            try:
                yield address, server
            finally:
                if worker is not None:
                    worker.kill()
                    await worker.wait()


def _event(number: int) -> bytes:
    body = f"{GENUINE.replace('7405', str(number % DEALS + 1))}&{KEY}={TOKEN}"
    return post(PATH, body.encode())


def _spent(server: Process) -> float:
    """The CPU seconds that the server has used so far."""
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system


def _part(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


async def _accepted_forgeries(address: str) -> int:
    """Post forgeries; say how many were answered, or kept, as if they were genuine."""
    dice = random.Random(24)
    kept, accepted = await _kept(), 0
    async with aiohttp.ClientSession(address) as http:
        for _ in range(FORGERIES):
            async with http.post(PATH, data=forgery(dice).encode(), headers=FORM) as answer:
                accepted += answer.status < 400
    return accepted + await _kept() - kept


async def _kept() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(SyncEvent)) or 0
