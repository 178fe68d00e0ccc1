"""Opening runs: one at a time for an object, decided by a unique column."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.database_clock import database_moment, database_now
from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State, enqueue
from bridge24.core.locks import try_exclusive
from bridge24.sync.errors import AlreadyRunning, NoSuchRun, RunInProgress, RunOver
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import Phase, RunProgress, SyncMode
from bridge24.sync.runs.models import OPEN, Status
from bridge24.sync.runs.shown import run_out

BY_COMMAND = "command line"
BY_SCHEDULE = "schedule"
TASK = "sync.run"


async def open_run(
    entity: str,
    *,
    mode: SyncMode,
    asked_by: str,
    wipe: str | None = None,
    accept_deletions: bool = False,
) -> SyncLog:
    """Open a run and promise its job, in one transaction.

    Args:
        entity: A known object.
        mode: How rows are found.
        asked_by: ``schedule``, or who asked for it.
        wipe: ``state``: read everything anew; ``table``: drop the table as well.
        accept_deletions: Believe it when a large share of the rows is gone.

    Raises:
        RunInProgress: One is queued or running.
    """
    while True:
        await close_dead_run(entity)
        run = SyncLog(
            entity=entity,
            mode=mode,
            status=Status.QUEUED,
            phase=Phase.WAITING,
            open_for=entity,
            asked_by=asked_by,
            wipe=wipe,
        )
        try:
            return await _promised(run, accept_deletions=accept_deletions)
        except _Raced:
            continue


class _Raced(Exception):
    """Somebody else opened a run in between, and it may be over already."""


async def _promised(run: SyncLog, *, accept_deletions: bool) -> SyncLog:
    async with transaction() as session:
        present = await running(session, run.entity)
        if present is not None:
            raise RunInProgress(entity=run.entity, run_id=present.id, run=run_out(present))
        run.asked_at = run.started_at = await database_moment(session)
        try:
            async with session.begin_nested():
                session.add(run)
                await session.flush()
        except IntegrityError:
            raise _Raced from None
        run.job_id = await enqueue(
            session, TASK, key=key_of(run.entity), run_id=run.id, accept_deletions=accept_deletions
        )
        return run


def key_of(entity: str) -> str:
    """The key under which the jobs of an object wait for each other."""
    return f"sync:{entity}"


async def running(session: AsyncSession, entity: str) -> SyncLog | None:
    """Find the run that is queued or running."""
    found: SyncLog | None = await session.scalar(select(SyncLog).where(SyncLog.open_for == entity))
    return found


async def run_named(session: AsyncSession, run_id: int) -> SyncLog:
    """Find a run.

    Raises:
        NoSuchRun: There is none.
    """
    run = await session.get(SyncLog, run_id)
    if run is None:
        raise NoSuchRun(run_id=run_id)
    return run


async def begin(progress: RunProgress, run_id: int | None) -> int:
    """Mark a run as running, or open one that runs in this process.

    The caller holds the object's lock, so whoever is still noted as running was killed.

    Raises:
        AlreadyRunning: A job for the object is queued.
        RunOver: The run was cancelled before it began.
    """
    if run_id is None:
        await close_dead_run(progress.entity)
    async with transaction() as session:
        others = select(SyncLog).where(
            SyncLog.entity == progress.entity, SyncLog.status.in_([Status.RUNNING, *STOPPERS])
        )
        now = await database_moment(session)
        for killed in (await session.scalars(others)).all():
            if killed.id != run_id and (killed.job_id is None or killed.status != Status.RUNNING):
                _interrupt(killed, now)
        await session.flush()
        if run_id is not None:
            await _run(session, run_id, progress)
            return run_id
        if await running(session, progress.entity) is not None:
            raise AlreadyRunning(entity=progress.entity)
        run = SyncLog(
            entity=progress.entity,
            mode=progress.mode,
            status=Status.RUNNING,
            phase=progress.phase,
            open_for=progress.entity,
            asked_by=BY_COMMAND,
            asked_at=now,
            started_at=now,
            attempts=1,
        )
        session.add(run)
        await session.flush()
        return run.id


STOPPERS = (Status.CANCELLING, Status.PAUSING)


async def _run(session: AsyncSession, run_id: int, progress: RunProgress) -> None:
    told = ("code", "origin", "message", "remedy", "facts")
    cleared = dict.fromkeys(f"error_{name}" for name in told)
    started = {"status": Status.RUNNING, "started_at": database_now(), "phase": progress.phase}
    mine = update(SyncLog).where(SyncLog.id == run_id, SyncLog.status.in_(OPEN))
    attempts = SyncLog.attempts + 1
    values = {**cleared, **started, "attempts": attempts}
    done = await session.execute(mine.values(values))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise RunOver(run_id=run_id, status="was cancelled")


async def close_dead_run(entity: str) -> None:
    """Close the open run when nobody carries it out any more.

    A command that was killed has lost its lock; a job that is over, or was forgotten,
    will not come back.
    """
    async with transaction() as session:
        run = await running(session, entity)
    if run is None or await _is_alive(run):
        return
    async with transaction() as session:
        dead = await session.get_one(SyncLog, run.id)
        if dead.open_for is not None and dead.job_id == run.job_id:
            _interrupt(dead, await database_moment(session))


async def close_dead_stop(run_id: int) -> bool:
    """Close a run that was to stop, and whose process died before it could say so.

    Returns:
        Whether its process is still about to stop it.
    """
    async with transaction() as session:
        run = await session.get(SyncLog, run_id)
    if run is None or run.status not in STOPPERS:
        return False
    if await _is_alive(run):
        return True
    async with transaction() as session:
        dead = await session.get_one(SyncLog, run_id, with_for_update=True)
        if dead.status in STOPPERS:
            _interrupt(dead, await database_moment(session))
    return False


async def _is_alive(run: SyncLog) -> bool:
    if run.job_id is None:
        async with try_exclusive(key_of(run.entity)) as free:
            return not free
    async with transaction() as session:
        state = await session.scalar(select(Job.state).where(Job.id == run.job_id))
    return state in {State.QUEUED, State.RUNNING}


def _interrupt(run: SyncLog, now: datetime) -> None:
    ends = {Status.CANCELLING: Status.CANCELLED, Status.PAUSING: Status.PAUSED}
    run.status = ends.get(Status(run.status), Status.INTERRUPTED)
    run.finished_at, run.open_for = now, None


def naive(moment: datetime | None) -> datetime | None:
    """Write a moment as the databases keep it: UTC without a zone."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)
