"""The queue: small jobs, one-second jobs at once, a killed worker's job; and its rivals."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from sqlalchemy import insert, select, update
from sqlalchemy.engine import URL
from tests import services

from bench.jobs_rivals import procrastinate_rates, rq_rates
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.jobs import Job, JobWorker, State, enqueue, run_worker, task
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate

CONCURRENCY = 200
RESTART_GOALS = {"another machine": 15.0, "the same machine": 3.0}
"""The lease of twelve seconds and its rounds; where the process is known to be gone, one round."""

Row = dict[str, object]


@task(name="bench.nothing")
async def nothing() -> None:
    """Do nothing."""


@task(name="bench.wait")
async def wait(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Measure ours on both databases, and the rivals, in one run."""
    small = 2_000 if quick else 10_000
    rq = rq_rates(small=small // 10, long=3)
    with services.postgresql() as server:
        with services.fresh_database(server) as url:
            other = await procrastinate_rates(url, small=small // 5, long=CONCURRENCY * 5)
        with services.fresh_database(server) as url:
            async with _connected(url):
                ours = await _rates(small)
                restarts = {where: await _restart_seconds(url, where) for where in RESTART_GOALS}
    with services.mysql() as server, services.fresh_database(server) as url:
        async with _connected(url):
            on_mysql = await _rates(small)
    return [
        *_compared("PostgreSQL", "RQ SimpleWorker", ours, rq, (5, 100)),
        *_compared("PostgreSQL", "procrastinate", ours, other, (2, 1)),
        *_compared("MySQL", "RQ SimpleWorker", on_mysql, rq, (5, 100)),
        *(
            {
                "name": f"jobs: a killed worker's job begins again on {where}",
                "figure": round(seconds, 1),
                "unit": "s",
                "baseline": None,
                "ratio": None,
                "goal": RESTART_GOALS[where],
                "holds": seconds <= RESTART_GOALS[where],
            }
            for where, seconds in restarts.items()
        ),
    ]


def _compared(
    database: str,
    rival: str,
    ours: tuple[float, float],
    theirs: tuple[float, float] | None,
    goals: tuple[float, float],
) -> list[Row]:
    kinds = ("no-op jobs", f"one-second jobs, {CONCURRENCY} at once")
    rows: list[Row] = []
    for at, kind in enumerate(kinds):
        ratio = ours[at] / theirs[at] if theirs else None
        rows.append(
            {
                "name": f"jobs: {kind}, {database}, against {rival}",
                "figure": round(ours[at], 1),
                "unit": "jobs/s",
                "baseline": round(theirs[at], 1) if theirs else None,
                "ratio": round(ratio, 2) if ratio else None,
                "goal": goals[at],
                "holds": ratio is None or ratio >= goals[at],
            }
        )
    return rows


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[None]:
    address = url.render_as_string(hide_password=False)
    await init_db(Settings(database_url=SecretStr(address)))
    await migrate()
    try:
        yield
    finally:
        await close_db()


async def _rates(small: int) -> tuple[float, float]:
    """Jobs a second: of no-ops, and of one-second jobs, five for each place."""
    return (
        await _rate("bench.nothing", "{}", small),
        await _rate("bench.wait", '{"seconds": 1}', CONCURRENCY * 5),
    )


async def _rate(name: str, arguments: str, count: int) -> float:
    async with transaction() as session:
        first = await enqueue(session, "bench.wait", seconds=0)
        copied = [column for column in Job.__table__.columns if column.name != "id"]
        row = (await session.execute(select(*copied).where(Job.id == first))).one()
        values = {**row._mapping, "task": name, "arguments": arguments}
        await session.execute(insert(Job), [values] * (count - 1))
        await session.execute(
            update(Job).where(Job.id == first).values(task=name, arguments=arguments)
        )
    stop = asyncio.Event()
    began = time.perf_counter()
    worker = asyncio.create_task(run_worker(concurrency=CONCURRENCY, stop=stop))
    await _until_all_are_done()
    seconds = time.perf_counter() - began
    stop.set()
    await worker
    return count / seconds


async def _until_all_are_done() -> None:
    left = select(Job.id).where(Job.state.in_([State.QUEUED, State.RUNNING])).limit(1)
    while True:
        async with transaction() as session:
            if await session.scalar(left) is None:
                return
        await asyncio.sleep(0.05)


async def _restart_seconds(url: URL, where: str) -> float:
    """How long after ``kill -9`` of its worker another one begins a job again."""
    async with transaction() as session:
        job_id = await enqueue(session, "bench.wait", seconds=3600)
    program = "from bench.jobs import work; work()"
    address = url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env={**os.environ, "DATABASE_URL": address}
    )
    await _until_attempt(job_id, 1)
    if where != "the same machine":
        async with transaction() as session:
            await session.execute(update(JobWorker).values(place=where))
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(stop=stop))
    await asyncio.sleep(1)
    process.send_signal(signal.SIGKILL)
    began = time.perf_counter()
    await process.wait()
    await _until_attempt(job_id, 2)
    seconds = time.perf_counter() - began
    worker.cancel()
    await asyncio.wait([worker])
    async with transaction() as session:
        await session.execute(update(Job).where(Job.id == job_id).values(state=State.DONE))
    return seconds


async def _until_attempt(job_id: int | None, attempt: int) -> None:
    while True:
        async with transaction() as session:
            if await session.scalar(select(Job.attempt).where(Job.id == job_id)) == attempt:
                return
        await asyncio.sleep(0.05)


def work() -> None:
    """Be the worker that gets killed."""
    asyncio.run(_work())


async def _work() -> None:
    await init_db()
    await run_worker()
