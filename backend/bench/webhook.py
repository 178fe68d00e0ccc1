"""The address of events at 200 requests a second, beside a bare path in the same run.

Server and database are processes of their own. Requests leave by the clock, whether the ones
before are answered or not, and the time counts from when each was due.
"""

import asyncio
import os
import random
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import psutil
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from tests import services
from tests.sync.realtime_forgeries import GENUINE, KEY, TOKEN, forgery

from bridge24 import api
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.jobs import run_worker
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.models import SyncEvent

RATE = 200
GOAL_SECONDS = 0.050
GOAL_CPU_SECONDS = 0.002
FORGERIES = 1_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Row = dict[str, object]
Send = Callable[[aiohttp.ClientSession, int], "aiohttp.client._RequestContextManager"]


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Measure on both databases."""
    seconds = 5 if quick else 20
    rows: list[Row] = []
    for name, server in (("PostgreSQL", services.postgresql), ("MySQL", services.mysql)):
        with server() as address, services.fresh_database(address) as url:
            rows += await _on(url, name, seconds=seconds)
    return rows


async def _on(url: URL, name: str, *, seconds: int) -> list[Row]:
    async with serving(url) as address, aiohttp.ClientSession(address) as http:
        await _load(http, _event, seconds=1)  # connections and caches are made
        at_first = _spent()
        ours = await _load(http, _event, seconds=seconds)
        between = _spent()
        bare = await _load(http, _bare, seconds=seconds)
        by_event, by_bare = (between - at_first) / len(ours), (_spent() - between) / len(bare)
        kept = await _kept()
        accepted = await _forge(http)
        accepted += await _kept() - kept
    return [
        {
            "name": f"webhook, {name}: p99 of {RATE} events/s, kept durably; a bare path",
            "figure": round(_p99(ours) * 1000, 1),
            "unit": "ms",
            "baseline": round(_p99(bare) * 1000, 1),
            "ratio": round(_p99(ours) / _p99(bare), 2),
            "goal": f"<= {GOAL_SECONDS * 1000:g}",
            "holds": _p99(ours) <= GOAL_SECONDS,
        },
        {
            "name": f"webhook, {name}: the server's CPU an event; a bare path",
            "figure": round(by_event * 1000, 2),
            "unit": "ms",
            "baseline": round(by_bare * 1000, 2),
            "ratio": round(by_event / by_bare, 2),
            "goal": f"<= {GOAL_CPU_SECONDS * 1000:g}",
            "holds": by_event <= GOAL_CPU_SECONDS,
        },
        {
            "name": f"webhook, {name}: forged events accepted, of {FORGERIES:,}",
            "figure": accepted,
            "unit": "events",
            "baseline": None,
            "ratio": None,
            "goal": "0",
            "holds": accepted == 0,
        },
    ]


def _event(http: aiohttp.ClientSession, number: int) -> "aiohttp.client._RequestContextManager":
    body = f"{GENUINE.replace('7405', str(number % 5_000 + 1))}&{KEY}={TOKEN}"
    return http.post(PATH, data=body.encode(), headers=FORM)


def _bare(http: aiohttp.ClientSession, _number: int) -> "aiohttp.client._RequestContextManager":
    return http.post("/bare", data=b"event=1", headers=FORM)


async def _load(http: aiohttp.ClientSession, send: Send, *, seconds: int) -> list[float]:
    """Send at the rate; how long each took from when it was due."""
    began = time.perf_counter() + 0.1

    async def one(number: int) -> float:
        due = began + number / RATE
        await asyncio.sleep(due - time.perf_counter())
        async with send(http, number) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        return time.perf_counter() - due

    return list(await asyncio.gather(*(one(number) for number in range(seconds * RATE))))


def _spent() -> float:
    """The CPU seconds that the server has used so far."""
    served = [one for one in psutil.Process().children() if "bench.webhook" in str(one.cmdline())]
    return sum(one.cpu_times().user + one.cpu_times().system for one in served)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


async def _forge(http: aiohttp.ClientSession) -> int:
    """Post forgeries; say how many were answered as if they were genuine."""
    dice = random.Random(24)
    accepted = 0
    for _ in range(FORGERIES):
        async with http.post(PATH, data=forgery(dice).encode(), headers=FORM) as answer:
            accepted += answer.status < 400
    return accepted


async def _kept() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(SyncEvent)) or 0


@asynccontextmanager
async def serving(url: URL, **environment: str) -> AsyncIterator[str]:
    """Serve from a process of its own; here, the database is connected too."""
    address = url.render_as_string(hide_password=False)
    os.environ["DATABASE_URL"] = address
    get_settings.cache_clear()
    await init_db()
    await migrate()
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    process = await started("bench.webhook", "serve", BENCH_PORT=str(port), **environment)
    try:
        await _listens(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()
        await close_db()


async def started(module: str, function: str, **environment: str) -> Process:
    """Start a process that runs a function of ours."""
    program = f"from {module} import {function}; {function}()"
    values = {**os.environ, "BITRIX_APPLICATION_TOKEN": TOKEN, **environment}
    return await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=values)


async def _listens(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise TimeoutError("the server does not listen")


def serve() -> None:
    """Be the server; it works on the events too, unless told not to."""
    asyncio.run(_serve())


async def _serve() -> None:
    await init_db()
    app = api.build(FastAPI())

    @app.post("/bare", openapi_extra={"x-role": "everybody"})
    async def bare() -> dict[str, str]:
        return {"status": "ok"}

    port = int(os.environ["BENCH_PORT"])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    if os.environ.get("BENCH_WORKER", "yes") == "yes":
        await asyncio.gather(server.serve(), run_worker())
    else:
        await server.serve()
