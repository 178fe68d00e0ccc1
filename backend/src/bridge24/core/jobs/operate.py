"""What an operator asks of the queue: cancel, revive, look, clean up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Update, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.errors import AlreadyQueued, NoSuchJob
from bridge24.core.jobs.models import Job, JobWorker, State, now_ms
from bridge24.core.jobs.wakeup import Word, tell

KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=30)
KEEP_WORKERS = timedelta(hours=1)
PRUNE_BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Depth:
    """How many jobs of one task are in one state."""

    task: str
    state: State
    jobs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Alive:
    """A worker that keeps its lease."""

    id: str
    host: str
    pid: int
    concurrency: int
    running: int
    started_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How the queue is doing."""

    depths: Sequence[Depth]
    """Queued, running, dead and cancelled jobs; done ones are not counted."""
    oldest_waiting: timedelta | None
    """For how long the first due job has been waiting; None when none is."""
    workers: Sequence[Alive]


async def cancel(session: AsyncSession, job_id: int) -> None:
    """Cancel a job: a queued one at once, a running one when its worker hears of it.

    Raises:
        NoSuchJob: It is neither queued nor running.
    """
    state = await session.scalar(select(Job.state).where(Job.id == job_id).with_for_update())
    if state == State.QUEUED:
        values: dict[str, Any] = {
            "state": State.CANCELLED,
            "dedup_held": None,
            "finished_at": now_ms(),
        }
    elif state == State.RUNNING:
        values = {"cancel_asked": True}
    else:
        raise NoSuchJob(job_id=job_id)
    await session.execute(_changed(job_id).values(**values))
    await tell(session, Word.CANCEL)


async def revive(session: AsyncSession, job_id: int) -> None:
    """Queue a dead or cancelled job again, with all its attempts before it.

    Raises:
        NoSuchJob: It is neither dead nor cancelled.
        AlreadyQueued: A job with its ``dedup`` is queued.
    """
    found = select(Job).where(Job.id == job_id, Job.state.in_([State.DEAD, State.CANCELLED]))
    job = await session.scalar(found.with_for_update())
    if job is None:
        raise NoSuchJob(job_id=job_id)
    twin = select(Job.id).where(Job.dedup_held == job.dedup)
    if job.dedup is not None and await session.scalar(twin) is not None:
        raise AlreadyQueued(dedup=job.dedup, reason="an equal job is queued")
    anew = {"attempt": 0, "run_at": now_ms(), "started_at": None, "finished_at": None}
    await session.execute(_changed(job_id).values(state=State.QUEUED, dedup_held=job.dedup, **anew))
    await tell(session, Word.JOB)


async def figures(session: AsyncSession) -> Figures:
    """Read how the queue is doing."""
    open_states = [State.QUEUED, State.RUNNING, State.DEAD, State.CANCELLED]
    counted = (
        select(Job.task, Job.state, func.count())
        .where(Job.state.in_(open_states))
        .group_by(Job.task, Job.state)
        .order_by(Job.task, Job.state)
    )
    depths = [
        Depth(task=task, state=State(state), jobs=jobs)
        for task, state, jobs in await session.execute(counted)
    ]
    waiting = now_ms() - func.min(Job.run_at)
    due = select(waiting).where(Job.state == State.QUEUED, Job.run_at <= now_ms())
    oldest = await session.scalar(due)
    return Figures(
        depths=depths,
        oldest_waiting=None if oldest is None else timedelta(milliseconds=int(oldest)),
        workers=await _alive(session),
    )


async def prune(session: AsyncSession) -> int:
    """Forget a batch of jobs that ended long ago, and workers long gone; says how many jobs."""
    old = or_(
        (Job.state == State.DONE) & (Job.finished_at < _before(KEEP_DONE)),
        Job.state.in_([State.DEAD, State.CANCELLED]) & (Job.finished_at < _before(KEEP_FAILED)),
    )
    found = select(Job.id).where(old).limit(PRUNE_BATCH).with_for_update(skip_locked=True)
    ids = (await session.scalars(found)).all()
    if ids:
        await session.execute(delete(Job).where(Job.id.in_(ids)))
    gone = JobWorker.lease_until < _before(KEEP_WORKERS)
    await session.execute(delete(JobWorker).where(gone))
    return len(ids)


async def _alive(session: AsyncSession) -> Sequence[Alive]:
    alive = select(JobWorker).where(JobWorker.lease_until > now_ms()).order_by(JobWorker.id)
    return [
        Alive(
            id=row.id,
            host=row.host,
            pid=row.pid,
            concurrency=row.concurrency,
            running=row.running,
            started_at=datetime.fromtimestamp(row.started_at / 1000, UTC),
        )
        for row in await session.scalars(alive)
    ]


def _before(age: timedelta) -> Any:
    return now_ms() - round(age / timedelta(milliseconds=1))


def _changed(job_id: int) -> Update:
    return update(Job).where(Job.id == job_id).execution_options(synchronize_session=False)
