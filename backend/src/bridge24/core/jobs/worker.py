"""The worker: claims jobs, runs their handlers, keeps its lease, stops gracefully."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.db import dialect_of, explained, get_engine, make_engine
from bridge24.core.errors import DatabaseError
from bridge24.core.jobs.claim import Claim, Claimed, claim
from bridge24.core.jobs.collisions import persist
from bridge24.core.jobs.lease import Lease, sign_off_the_dead
from bridge24.core.jobs.models import State
from bridge24.core.jobs.operate import PRUNE_BATCH, prune
from bridge24.core.jobs.outcomes import Ended, take_over, write_down
from bridge24.core.jobs.registry import find_task, task_names
from bridge24.core.jobs.running import CLEAN_UP_SECONDS, RunningJob
from bridge24.core.jobs.waiting import pause, within
from bridge24.core.jobs.wakeup import Word, add_ear, listen, remove_ear

# A dead worker's jobs start again within LEASE * (1 + 1 / TAKEOVERS) + LONGEST_POLL: 14.5 s;
# at once when one begins on its machine, and within 2.5 s when one is at work there.
LEASE = timedelta(seconds=12)
TAKEOVERS_PER_LEASE = 6
HEARTBEATS_PER_LEASE = 12
GRACE = timedelta(seconds=20)
CONCURRENCY = 200
BATCH = 200
SHORTEST_POLL = 0.02
CONTENDED_POLL = 0.1
LONGEST_POLL = 0.5
PRUNE_SECONDS = 60.0
CANCEL_SECONDS = 5.0
STOP_ATTEMPTS = 3
AFTER_FAILURE_SECONDS = 0.5
# What a database that has gone away makes the drivers raise, beside our own words for it.
OUTAGES = (DatabaseError, SQLAlchemyError, TimeoutError, OSError, EOFError)

log = structlog.get_logger(__name__)


async def run_worker(
    *,
    concurrency: int = CONCURRENCY,
    stop: asyncio.Event | None = None,
    lease: timedelta = LEASE,
    grace: timedelta = GRACE,
) -> None:
    """Run the jobs of every declared task until ``stop`` is set, or this is cancelled.

    After ``stop`` no job is begun; those running may go on for ``grace``, then they are
    cancelled and given back to the queue, without that counting as an attempt. When this
    is cancelled they are given back at once. The database may go away and come back
    meanwhile.

    Args:
        concurrency: The most jobs at a time.
        stop: Set it to end gracefully.
        lease: When this process dies, others start its jobs again after about so long.
            A handler must not block the event loop for two thirds of it.
        grace: How long running jobs may go on after ``stop``.

    Raises:
        DatabaseError: There is no usable database at the start.
    """
    await Worker(concurrency=concurrency, lease=lease).run(stop or asyncio.Event(), grace=grace)


class Worker:
    """One worker, with database connections of its own.

    Handlers may use up the application's pool without the heartbeats waiting for it.
    """

    def __init__(self, *, concurrency: int, lease: timedelta) -> None:
        self._concurrency = concurrency
        self._lease = Lease(lease)
        self._engine = make_engine(get_engine().url, pool_size=5, max_overflow=5)
        self._running: dict[asyncio.Task[Ended], RunningJob] = {}
        self._ended: list[Ended] = []
        self._more = asyncio.Event()
        self._asked = asyncio.Event()
        self._flush = asyncio.Event()
        self._over = asyncio.Event()
        self._poll = SHORTEST_POLL
        self._stopping = False

    async def run(self, stop: asyncio.Event, *, grace: timedelta) -> None:
        """See ``run_worker``."""
        await self._register()
        add_ear(self._hear)
        loops = [asyncio.create_task(loop) for loop in self._loops()]
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([*loops, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            self._stopping = True
            await self._stop_all(grace if stop.is_set() else timedelta(0))
            await self._end_loops(loops)
            await self._sign_off()
            remove_ear(self._hear)
        for loop in loops:
            if loop.done() and not loop.cancelled():
                loop.result()

    def _loops(self) -> list[Coroutine[None, None, None]]:
        steps = [self._claim_some, self._beat, self._write_ended, self._tend, self._forget]
        loops = [self._repeat(step) for step in [*steps, self._fence]]
        if dialect_of(self._engine) == "postgresql":
            loops.append(self._listen())
        return loops

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._over.is_set():
            try:
                await step()
            except OUTAGES as error:
                log.warning("worker.database_failed", step=step.__name__, reason=str(error))
                await pause(self._over, AFTER_FAILURE_SECONDS)

    async def _listen(self) -> None:
        listening = asyncio.create_task(listen(self._engine.url, self._hear))
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait([listening, over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = not listening.cancel()
        if ended:
            listening.result()

    async def _end_loops(self, loops: list[asyncio.Task[None]]) -> None:
        # Not by cancelling them: a cancelled statement may leave aiomysql waiting for ever
        # for the answer to its rollback.
        self._over.set()
        for event in (self._more, self._asked, self._flush):
            event.set()
        _, stuck = await asyncio.wait(loops, timeout=CANCEL_SECONDS)
        for loop in stuck:
            loop.cancel()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        with explained():
            async with AsyncSession(self._engine) as session, session.begin():
                yield session

    def _hear(self, word: Word) -> None:
        (self._asked if word is Word.CANCEL else self._more).set()

    # Beginning and ending jobs

    async def _claim_some(self) -> None:
        self._more.clear()
        free = self._concurrency - len(self._running)
        if free <= 0 or self._stopping or self._lease.seconds_left <= 0:
            await pause(self._more, LONGEST_POLL)
            return
        found = await persist(lambda: self._claim(min(free, BATCH)))
        for job in found.jobs:
            self._begin(job)
        if found.jobs:
            self._poll = SHORTEST_POLL
            return
        await pause(self._more, self._poll * random.uniform(0.5, 1.0))
        self._poll = min(self._poll * 2, CONTENDED_POLL if found.missed else LONGEST_POLL)

    async def _claim(self, limit: int) -> Claim:
        async with self._transaction() as session:
            return await claim(session, worker=self._lease.worker, tasks=task_names(), limit=limit)

    def _begin(self, claimed: Claimed) -> None:
        if claimed.worker != self._lease.worker or self._lease.seconds_left <= 0:
            self._end(Ended(claimed, State.QUEUED, counts=False))
            return
        job = RunningJob(claimed, find_task(claimed.task))
        handle = job.start()
        self._running[handle] = job
        handle.add_done_callback(self._finished)

    def _finished(self, handle: asyncio.Task[Ended]) -> None:
        job = self._running.pop(handle)
        if len(self._running) == self._concurrency - 1:
            self._more.set()
        # Cancelled before its first step, it could not judge its own end.
        self._end(job.given_up() if handle.cancelled() else handle.result())

    def _end(self, ended: Ended) -> None:
        self._ended.append(ended)
        self._flush.set()

    async def _write_ended(self) -> None:
        await self._flush.wait()
        self._flush.clear()
        await self._write_batch()

    async def _write_batch(self) -> None:
        batch, self._ended = self._ended, []
        try:
            await persist(lambda: self._write(batch))
        except BaseException:
            self._ended = batch + self._ended
            self._flush.set()
            raise
        if any(one.job.keyed or one.state is State.QUEUED for one in batch):
            self._more.set()

    async def _write(self, batch: list[Ended]) -> None:
        async with self._transaction() as session:
            await write_down(session, batch)

    # The lease

    async def _register(self) -> None:
        async with self._transaction() as session:
            await self._lease.begin(session, concurrency=self._concurrency)
        log.info("worker.registered", worker=self._lease.worker)

    async def _beat(self) -> None:
        between = self._lease.duration.total_seconds() / HEARTBEATS_PER_LEASE
        alive, unwanted = await within(3 * between, self._renew())
        if not alive:
            await self._start_over()
        for job in list(self._running.values()):
            if job.id in unwanted:
                job.stop(State.CANCELLED)
        await pause(self._asked, between)
        self._asked.clear()

    async def _renew(self) -> tuple[bool, Collection[int]]:
        async with self._transaction() as session:
            alive = await self._lease.renew(session, running=len(self._running))
            return alive, await self._lease.cancellations(session)

    async def _start_over(self) -> None:
        log.error("worker.lease_lost", worker=self._lease.worker, jobs=len(self._running))
        await self._stop_all(timedelta(0))
        await self._register()

    async def _fence(self) -> None:
        """Stop the jobs when heartbeats fail, before others may begin them."""
        await pause(self._over, max(self._lease.seconds_left, SHORTEST_POLL))
        if self._lease.seconds_left <= 0 and self._running:
            log.error("worker.fenced", worker=self._lease.worker, jobs=len(self._running))
            await self._stop_all(timedelta(0))

    async def _tend(self) -> None:
        """Take over what dead workers left."""
        between = self._lease.duration.total_seconds() / TAKEOVERS_PER_LEASE
        async with self._transaction() as session:
            await sign_off_the_dead(session)
            taken = await take_over(session)
        if taken.jobs:
            log.warning("worker.took_over", jobs=taken.jobs)
            self._more.set()
        wait = CONTENDED_POLL if taken.missed else between * random.uniform(0.8, 1.0)
        await pause(self._over, wait)

    async def _forget(self) -> None:
        async with self._transaction() as session:
            pruned = await prune(session)
        if pruned < PRUNE_BATCH:
            await pause(self._over, PRUNE_SECONDS * random.uniform(0.5, 1.0))

    # Stopping

    async def _stop_all(self, grace: timedelta) -> None:
        """Give running jobs back to the queue, after letting them try to end."""
        if self._running and grace:
            await asyncio.wait([*self._running], timeout=grace.total_seconds())
        for _ in range(STOP_ATTEMPTS):
            for job in self._running.values():
                job.stop(State.QUEUED)
            if self._running:
                await asyncio.wait([*self._running], timeout=CLEAN_UP_SECONDS)

    async def _sign_off(self) -> None:
        """Write what is left; a handler that cannot be stopped keeps the lease till its end."""
        with suppress(*OUTAGES):
            await within(CANCEL_SECONDS, self._write_batch())
            if not self._running:
                await within(CANCEL_SECONDS, self._unregister())
            await within(CANCEL_SECONDS, self._engine.dispose())
        log.info("worker.ended", worker=self._lease.worker)

    async def _unregister(self) -> None:
        async with self._transaction() as session:
            await self._lease.end(session)
