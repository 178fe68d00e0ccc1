"""Stopping runs: cancel, pause and resume, reset; what is stored stays."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.database_clock import database_moment
from bridge24.core.db import transaction
from bridge24.core.jobs import NoSuchJob, Postpone, cancel, enqueue, persist
from bridge24.sync.errors import RunOver
from bridge24.sync.models import SyncConfig, SyncLog
from bridge24.sync.progress import SyncMode
from bridge24.sync.registry import on_request
from bridge24.sync.runs import opening
from bridge24.sync.runs.models import OPEN, STOPPING, Status

SEE_STOPPED = "sync.see_stopped"
SOON = timedelta(seconds=3)


async def cancel_run(run_id: int) -> SyncLog:
    """Cancel a run at any moment; the checkpoint stays.

    A queued one ends at once, a running one when its process hears of it: until then it is
    ``cancelling``, and the next one may be asked for already. Should the process die first,
    it ends when the queue notices that.

    Raises:
        NoSuchRun: There is none.
        RunOver: It has ended.
    """

    async def work() -> SyncLog:
        async with transaction() as session:
            run = await opening.run_named(session, run_id)
            if run.status not in OPEN:
                raise RunOver(run_id=run_id, status=run.status)
            await _stop(session, run, Status.CANCELLING)
            return run

    return await persist(work)


async def pause(entity: str) -> SyncConfig:
    """Let an object rest: its schedule passes, and a run under way stops."""

    async def work() -> SyncConfig:
        async with transaction() as session:
            config = await config_of(session, entity)
            config.paused = True
            run = await opening.running(session, entity)
            if run is not None:
                await _stop(session, run, Status.PAUSING)
            return config

    return await persist(work)


async def resume(entity: str, *, asked_by: str) -> SyncLog | None:
    """End the rest; a run the pause had stopped goes on where it was, as a new one."""
    async with transaction() as session:
        config = await config_of(session, entity)
        was_paused, config.paused = config.paused, False
        last = await session.scalar(
            select(SyncLog).where(SyncLog.entity == entity).order_by(SyncLog.id.desc()).limit(1)
        )
    if not was_paused or last is None or last.status not in {Status.PAUSED, Status.PAUSING}:
        return None
    return await opening.open_run(
        entity, mode=SyncMode(last.mode), asked_by=asked_by, wipe=last.wipe
    )


async def reset(entity: str, *, drop_table: bool, asked_by: str) -> SyncLog:
    """Forget how far an object is copied, and read it anew.

    A run under way is cancelled first. The rows are compared with what is there, or, with
    ``drop_table``, the table is dropped and made again.
    """
    async with transaction() as session:
        run = await opening.running(session, entity)
        if run is not None:
            await _stop(session, run, Status.CANCELLING)
    wipe = "table" if drop_table else "state"
    return await opening.open_run(entity, mode=SyncMode.FULL, asked_by=asked_by, wipe=wipe)


async def see_stopped(run_id: int) -> None:
    """See to it that a run which was told to stop ends, also when its process has died.

    Raises:
        Postpone: Its process is still about it.
    """
    if await opening.close_dead_stop(run_id):
        raise Postpone(by=SOON, reason=f"run {run_id} is being stopped")


async def config_of(session: AsyncSession, entity: str) -> SyncConfig:
    """Find what is wanted of an object; the first time, make the row."""
    config = await session.get(SyncConfig, entity)
    if config is None:
        config = SyncConfig(entity=entity, **defaults_of(entity))
        session.add(config)
        await session.flush()
    return config


def defaults_of(entity: str) -> dict[str, object]:
    """What is wanted of an object of which nobody has said anything."""
    return {
        "enabled": not on_request(entity),
        "paused": False,
        "timezone": "UTC",
        "delete_mode": "soft",
        "history": False,
        "lookback_minutes": 5,
        "columns": "{}",
    }


async def _stop(session: AsyncSession, run: SyncLog, how: Status) -> None:
    # A job that is only now taken up finds the run closed and does nothing.
    is_over = run.status == Status.QUEUED
    if run.job_id is not None:
        try:
            await cancel(session, run.job_id)
        except NoSuchJob:
            is_over = True
    run.status, run.open_for = how, None
    if is_over:
        run.status, run.finished_at = STOPPING[how], await database_moment(session)
    else:
        await enqueue(session, SEE_STOPPED, delay=SOON, run_id=run.id)
