"""Promising work, in the transaction of the data it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import orjson
import psycopg
from sqlalchemy import BigInteger, Table, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.models import Job, Priority, State, now_ms
from bridge24.core.jobs.registry import Task, find_task
from bridge24.core.jobs.wakeup import CHANNEL, Word, say_here, tell_here

_jobs: Final[Table] = Job.metadata.tables[Job.__tablename__]
_at = _jobs.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What ``enqueue`` is asked for; see there."""

    task: str
    key: str | None = None
    dedup: str | None = None
    priority: int = Priority.NORMAL
    delay: timedelta = timedelta(0)
    arguments: Mapping[str, Any] = field(default_factory=dict)


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
    order = Order(
        task=task, key=key, dedup=dedup, priority=priority, delay=delay, arguments=arguments
    )
    values = _values(order, find_task(task))
    if session.get_bind().dialect.name == "postgresql":
        return await _on_postgresql(session, values)
    return await _on_mysql(session, values)


async def commit_with(driver: psycopg.AsyncConnection[Any], orders: Sequence[Order]) -> None:
    """Queue jobs as ``enqueue`` does and commit, speaking to PostgreSQL's driver itself.

    For who commits dozens of times a second: SQLAlchemy takes five times as long.
    """
    is_news = False
    for order in orders:
        values = _values(order, find_task(order.task))
        cursor = await driver.execute(_UPSERT_TEXT, _UPSERT_COMPILED.construct_params(values))
        row = await cursor.fetchone()
        is_news |= row is not None and row[2]
    await driver.commit()
    if is_news:
        say_here(Word.JOB)


def _values(order: Order, task: Task) -> dict[str, Any]:
    return {
        "task": task.name,
        "arguments": orjson.dumps(order.arguments).decode(),
        "key": order.key,
        "key_limit": task.concurrency_per_key,
        "ordered": task.ordered,
        "dedup": order.dedup,
        "dedup_held": order.dedup,
        "priority": int(order.priority),
        "delay": round(order.delay / timedelta(milliseconds=1)),
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
    # Workers know of one that was due before this transaction began, or waits for its retry.
    began = func.floor(func.extract("epoch", func.now()) * 1000)
    is_news = and_(_at.run_at >= began, _at.started_at.is_(None))
    told = case((is_news, func.pg_notify(CHANNEL, Word.JOB)))
    return upsert.returning(_at.id, _at.absorbed, is_news.label("is_news"), told)


_UPSERT = _upsert()
_UPSERT_COMPILED = _UPSERT.compile(dialect=make_url("postgresql+psycopg://").get_dialect()())
_UPSERT_TEXT = str(_UPSERT_COMPILED).encode()
_INSERT = insert(_jobs).values(_NEW)
_WAITING = select(
    _at.id, or_(_at.run_at <= now_ms(), _at.started_at.is_not(None)).label("is_known")
).where(_at.dedup_held == bindparam("dedup_held"))
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
    if done.rowcount and not waiting.is_known:  # type: ignore[attr-defined]
        tell_here(session, Word.JOB)
    return bool(done.rowcount)  # type: ignore[attr-defined]
