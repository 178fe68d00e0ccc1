"""Promising work, in the transaction of the data it belongs to."""

from datetime import timedelta
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Table, bindparam, case, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.models import Job, Priority, State, now_ms
from bridge24.core.jobs.registry import Task, find_task
from bridge24.core.jobs.wakeup import CHANNEL, Word, tell_here

_jobs: Final[Table] = Job.metadata.tables[Job.__tablename__]
_at = _jobs.c


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
    values["delay"] = round(delay / timedelta(milliseconds=1))
    if session.get_bind().dialect.name == "postgresql":
        return await _on_postgresql(session, values)
    return await _on_mysql(session, values)


def _values(task: Task, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": task.name,
        "arguments": orjson.dumps(arguments).decode(),
        "key_limit": task.concurrency_per_key,
        "ordered": task.ordered,
    }


_GIVEN = ("task", "arguments", "key", "key_limit", "ordered", "dedup", "dedup_held", "priority")
_RUN_AT = now_ms() + bindparam("delay", type_=BigInteger())
# Statements are made once: making one takes as long as the database takes to do it.
_NEW = {
    **{name: bindparam(name) for name in _GIVEN},
    "run_at": _RUN_AT,
    "created_at": now_ms(),
    "state": State.QUEUED,
    "absorbed": 0,
    "attempt": 0,
    "cancel_asked": False,
}


def _absorb(run_at: Any, priority: Any) -> dict[str, Any]:
    """Make the waiting job stand for the new one too; a retry keeps its time."""
    sooner = case((_at.started_at.is_(None), func.least(_at.run_at, run_at)), else_=_at.run_at)
    return {
        "absorbed": _at.absorbed + 1,
        "run_at": sooner,
        "priority": func.least(_at.priority, priority),
    }


def _upsert() -> Any:
    new = postgresql.insert(_jobs).values(_NEW)
    # Writing the waiting row locks it: it cannot start before what the caller writes is there.
    upsert = new.on_conflict_do_update(
        index_elements=[_at.dedup_held], set_=_absorb(new.excluded.run_at, new.excluded.priority)
    )
    # Workers know of one that was due before this transaction began.
    began = func.floor(func.extract("epoch", func.now()) * 1000)
    is_news = _at.run_at >= began
    told = case((is_news, func.pg_notify(CHANNEL, Word.JOB)))
    return upsert.returning(_at.id, _at.absorbed, is_news.label("is_news"), told)


_UPSERT = _upsert()
_INSERT = insert(_jobs).values(_NEW)
_WAITING = select(_at.id, (_at.run_at <= now_ms()).label("is_due")).where(
    _at.dedup_held == bindparam("dedup_held")
)
_ABSORB = (
    update(_jobs)
    .where(_at.id == bindparam("found"), _at.dedup_held == bindparam("held"))
    .values(_absorb(_RUN_AT, bindparam("urgency", type_=_at.priority.type)))
    .with_hint("FORCE INDEX (PRIMARY)", dialect_name="mysql")
)


async def _on_postgresql(session: AsyncSession, values: dict[str, Any]) -> int | None:
    row = (await session.execute(_UPSERT, values)).one()
    if row.is_news:
        tell_here(session, Word.JOB)
    return None if row.absorbed else int(row.id)


async def _on_mysql(session: AsyncSession, values: dict[str, Any]) -> int | None:
    # ON DUPLICATE KEY UPDATE would lock the gap beside the waiting row as well, and with it
    # everybody else's inserts until the caller commits.
    while not await _absorbed(session, values):
        try:
            done = await session.execute(_INSERT, values)
        except IntegrityError:
            continue
        tell_here(session, Word.JOB)
        return int(done.inserted_primary_key[0])  # type: ignore[attr-defined]
    return None


async def _absorbed(session: AsyncSession, values: dict[str, Any]) -> bool:
    held = values["dedup_held"]
    if held is None:
        return False
    waiting = (await session.execute(_WAITING, {"dedup_held": held})).first()
    if waiting is None:
        return False
    # Locked by its primary key, as those lock it who begin it: who came to the same row by
    # another index first would wait for them while they wait for that index.
    told = {"found": waiting.id, "held": held, "delay": values["delay"]}
    done = await session.execute(_ABSORB, {**told, "urgency": values["priority"]})
    if done.rowcount and not waiting.is_due:  # type: ignore[attr-defined]
        tell_here(session, Word.JOB)
    return bool(done.rowcount)  # type: ignore[attr-defined]
