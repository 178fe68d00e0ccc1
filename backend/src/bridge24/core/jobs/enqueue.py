"""Promising work, in the transaction of the data it belongs to."""

from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import case, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.models import Job, Priority, State, now_ms
from bridge24.core.jobs.registry import Task, find_task
from bridge24.core.jobs.wakeup import CHANNEL, Word, tell_here


async def enqueue(
    session: AsyncSession,
    task: str,
    *,
    key: str | None = None,
    dedup: str | None = None,
    priority: int = Priority.NORMAL,
    delay: timedelta = timedelta(0),
    **arguments: Any,
) -> int | None:
    """Queue a job; it exists when, and only when, the transaction commits.

    Args:
        session: The caller's open transaction.
        task: A declared task.
        key: Jobs of one key, whatever their task, run one at a time (or as many as
            ``concurrency_per_key`` says) and in order. At most 200 characters.
        dedup: Of interchangeable jobs only one waits: while one with this word is queued,
            no second one is; while one is running, one more may be queued. A waiting one
            does not start before this transaction ends, so it sees what is written here.
            At most 200 characters.
        priority: The smaller goes first.
        delay: How long to wait before it may start. A waiting job with the same ``dedup``
            takes over an earlier time and a better priority.
        **arguments: What the handler is called with; JSON must be able to carry it.

    Returns:
        The id of the job, or None when ``dedup`` found one waiting.

    Raises:
        UnknownTask: The task is not declared.
    """
    values = _values(find_task(task), arguments)
    values |= {"key": key, "dedup": dedup, "dedup_held": dedup, "priority": int(priority)}
    values["run_at"] = now_ms() + round(delay / timedelta(milliseconds=1))
    tell_here(session, Word.JOB)
    if session.get_bind().dialect.name == "postgresql":
        return await _on_postgresql(session, values)
    return await _on_mysql(session, values)


def _values(task: Task, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": task.name,
        "arguments": orjson.dumps(arguments).decode(),
        "key_limit": task.concurrency_per_key,
        "ordered": task.ordered,
        "state": State.QUEUED,
        "absorbed": 0,
        "attempt": 0,
        "cancel_asked": False,
        "created_at": now_ms(),
    }


async def _on_postgresql(session: AsyncSession, values: dict[str, Any]) -> int | None:
    new = postgresql.insert(Job).values(**values)
    # Writing the waiting row locks it: it cannot start before what the caller writes is there.
    upsert = new.on_conflict_do_update(
        index_elements=[Job.dedup_held], set_=_absorb(new.excluded.run_at, new.excluded.priority)
    )
    told = func.pg_notify(CHANNEL, Word.JOB)
    row = (await session.execute(upsert.returning(Job.id, Job.absorbed, told))).one()
    return None if row.absorbed else int(row.id)


async def _on_mysql(session: AsyncSession, values: dict[str, Any]) -> int | None:
    # ON DUPLICATE KEY UPDATE would lock the gap beside the waiting row as well, and with it
    # everybody else's inserts until the caller commits.
    while not await _absorbed(session, values):
        try:
            done = await session.execute(insert(Job).values(**values))
        except IntegrityError:
            continue
        return int(done.inserted_primary_key[0])  # type: ignore[attr-defined]
    return None


async def _absorbed(session: AsyncSession, values: dict[str, Any]) -> bool:
    waiting = Job.dedup_held == values["dedup_held"]
    if values["dedup_held"] is None:
        return False
    found = await session.scalar(select(Job.id).where(waiting).with_for_update())
    if found is None:
        return False
    changed = (
        update(Job).where(Job.id == found).values(_absorb(values["run_at"], values["priority"]))
    )
    await session.execute(changed.execution_options(synchronize_session=False))
    return True


def _absorb(run_at: Any, priority: Any) -> dict[str, Any]:
    """Make the waiting job stand for the new one too; a retry keeps its time."""
    sooner = case((Job.started_at.is_(None), func.least(Job.run_at, run_at)), else_=Job.run_at)
    return {
        "absorbed": Job.absorbed + 1,
        "run_at": sooner,
        "priority": func.least(Job.priority, priority),
    }
