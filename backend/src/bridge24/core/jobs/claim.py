"""Taking the next jobs: who is next, and making them ours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bridge24.core.jobs.models import Job, State, now_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A job that is ours to run."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempt: int
    worker: str
    keyed: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What one look at the queue brought."""

    jobs: list[Claimed]
    missed: bool
    """Others held jobs that were next: look again soon."""


async def claim(session: AsyncSession, *, worker: str, tasks: Collection[str], limit: int) -> Claim:
    """Make up to ``limit`` of the next jobs ours.

    The rows are chosen by a read that locks nothing and locked by their primary keys, so
    that nothing but them is locked on any database. Of one key only the first in line is
    chosen; a unique index on ``slot`` stands behind that.
    """
    wanted = {"tasks": list(tasks), "most": limit}
    candidates = (await session.scalars(_NEXT_IN_LINE, wanted)).all()
    if not candidates:
        return Claim([], missed=False)
    rows = (await session.execute(_LOCKED, {"ids": candidates})).all()
    await _mark(session, rows, worker)
    return Claim([_claimed(row, worker) for row in rows], missed=len(rows) < len(candidates))


def _anyone_ahead() -> ColumnElement[bool]:
    """Whether a queued job of the same key goes first.

    In order: an older one that is due or has begun before. Otherwise: one that is due and
    more urgent, or as urgent and older.
    """
    ahead = aliased(Job)
    due = ahead.run_at <= now_ms()
    in_order = and_(ahead.id < Job.id, or_(due, ahead.started_at.is_not(None)))
    older = and_(ahead.priority == Job.priority, ahead.id < Job.id)
    by_urgency = and_(due, or_(ahead.priority < Job.priority, older))
    return exists().where(
        ahead.key == Job.key,
        ahead.state == State.QUEUED,
        or_(and_(Job.ordered, in_order), and_(~Job.ordered, by_urgency)),
    )


def _next_in_line() -> Any:
    busy = (
        select(Job.key, func.count().label("running"))
        .where(Job.state == State.RUNNING, Job.key.is_not(None))
        .group_by(Job.key)
        .subquery("busy")
    )
    free = and_(func.coalesce(busy.c.running, 0) < Job.key_limit, ~_anyone_ahead())
    return (
        select(Job.id)
        .outerjoin(busy, busy.c.key == Job.key)
        .where(
            Job.state == State.QUEUED,
            Job.run_at <= now_ms(),
            Job.task.in_(bindparam("tasks", expanding=True)),
            or_(Job.key.is_(None), free),
        )
        .order_by(Job.priority, Job.id)
        .limit(bindparam("most", type_=Integer))
    )


def _started(slot: Any, which: ColumnElement[bool]) -> Any:
    return (
        update(Job)
        .where(which)
        .values(
            state=State.RUNNING,
            worker=bindparam("by"),
            slot=slot,
            dedup_held=None,
            attempt=Job.attempt + 1,
            started_at=now_ms(),
            cancel_asked=False,
        )
        .execution_options(synchronize_session=False)
    )


# Made once: to make the first of them takes longer than the database takes to answer it, and
# a worker that has nothing to do looks twice a second.
_THESE = Job.id.in_(bindparam("ids", expanding=True))
_NEXT_IN_LINE = _next_in_line()
_LOCKED: Any = (
    select(Job.id, Job.task, Job.arguments, Job.attempt, Job.key, Job.key_limit)
    .where(_THESE, Job.state == State.QUEUED)
    .order_by(Job.priority, Job.id)
    .with_for_update(skip_locked=True)
)
_STARTED_ALONE = _started(Job.key, _THESE)
_STARTED_BESIDE = _started(bindparam("place"), Job.id == bindparam("found"))


async def _mark(session: AsyncSession, rows: Sequence[Row[Any]], worker: str) -> None:
    shared = [row for row in rows if row.key is not None and row.key_limit > 1]
    alone = [row.id for row in rows if row.key is None or row.key_limit == 1]
    if alone:
        await session.execute(_STARTED_ALONE, {"ids": alone, "by": worker})
    for row in shared:
        told = {"found": row.id, "by": worker, "place": await _free_slot(session, row)}
        await session.execute(_STARTED_BESIDE, told)


async def _free_slot(session: AsyncSession, row: Row[Any]) -> str:
    running = select(Job.slot).where(Job.key == row.key, Job.state == State.RUNNING)
    taken = set((await session.scalars(running)).all())
    names: list[str] = [row.key, *(f"{row.key}#{number}" for number in range(1, row.key_limit))]
    return next((name for name in names if name not in taken), names[0])


def _claimed(row: Row[Any], worker: str) -> Claimed:
    return Claimed(
        id=row.id,
        task=row.task,
        arguments=orjson.loads(row.arguments),
        attempt=row.attempt + 1,
        worker=worker,
        keyed=row.key is not None,
    )
