"""A database with its tables, and tasks that leave traces."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text, update

from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.jobs import Job, State, enqueue, run_worker
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))
import worker_process

PATIENCE_SECONDS = 120


@pytest.fixture
async def queue(migrated: str) -> AsyncIterator[str]:
    """The application connected to a database with an empty queue; yields the URL."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield migrated
    await close_db()


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Wait until something has become true, patiently."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await true():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.02)


class Bench:
    """What the tests do with the queue."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def add(self, task: str, **options: Any) -> int | None:
        """Queue one job in a transaction of its own."""
        async with transaction() as session:
            return await enqueue(session, task, **options)

    async def job(self, job_id: int | None) -> Job:
        """Read a job."""
        async with transaction() as session:
            return (await session.scalars(select(Job).where(Job.id == job_id))).one()

    async def hurry(self, job_id: int | None) -> None:
        """Make a job due that waits."""
        async with transaction() as session:
            await session.execute(update(Job).where(Job.id == job_id).values(run_at=0))

    async def all_in(self, *states: State) -> bool:
        """Say whether every job is in one of the states."""
        async with transaction() as session:
            left = select(Job.id).where(Job.state.not_in(states)).limit(1)
            return await session.scalar(left) is None

    async def becomes(self, job_id: int | None, state: State) -> Job:
        """Wait until a job has reached a state, and read it."""

        async def there() -> bool:
            return (await self.job(job_id)).state == state

        await until(there)
        return await self.job(job_id)

    async def work(self, **options: Any) -> None:
        """Work until nothing is queued or running any more, then end the worker."""
        over = (State.DONE, State.DEAD, State.CANCELLED)
        async with self.working(**options):
            await until(lambda: self.all_in(*over))

    @asynccontextmanager
    async def working(self, **options: Any) -> AsyncIterator[asyncio.Event]:
        """Let a worker run while the block does; yields what stops it."""
        stop = asyncio.Event()
        options = {"lease": timedelta(seconds=6), "grace": timedelta(seconds=10), **options}
        worker = asyncio.create_task(run_worker(stop=stop, **options))
        try:
            yield stop
        finally:
            stop.set()
            await worker

    async def noted(self, word: str) -> Counter[str]:
        """Count what the worker processes have noted, by subject."""
        async with transaction() as session:
            found = await session.execute(
                text("SELECT subject FROM notes WHERE word = :word"), {"word": word}
            )
            return Counter(found.scalars().all())

    async def start_process(self, *arguments: str) -> Process:
        """Start a worker as a process of its own."""
        environment = {**os.environ, "DATABASE_URL": self.url}
        program = worker_process.__file__
        return await asyncio.create_subprocess_exec(
            sys.executable, program, *arguments, env=environment, stdin=DEVNULL
        )


@pytest.fixture
def jobs(queue: str) -> Bench:
    """The queue under test."""
    return Bench(queue)


@pytest.fixture
async def notes(jobs: Bench) -> Bench:
    """The queue under test, with the table into which worker processes write."""
    async with transaction() as session:
        await session.execute(
            text("CREATE TABLE notes (subject VARCHAR(20), word VARCHAR(10), attempt INTEGER)")
        )
    return jobs
