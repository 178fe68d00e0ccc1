"""SQL over the kept events: what waits, what came of it, what may be forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from sqlalchemy import and_, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.database_clock import database_now
from bridge24.sync.realtime.models import Outcome, State, SyncEvent, SyncEventRefusal
from bridge24.sync.realtime.subjects import Kind

WINDOW = 5_000
"""Events looked at for one lot: a backlog of millions must not be sorted each time."""
PRUNE_BATCH = 5_000
ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=2)
"""The wait after a first failure; it doubles with every further one."""


_KEPT = (
    "name, kind, entity, object_id, source, member_id, sent_at, content, state, outcome, attempts"
)
_KEEP_ON_POSTGRESQL = (
    f"INSERT INTO sync_events ({_KEPT}) "
    f"SELECT {_KEPT} FROM json_populate_recordset(NULL::sync_events, %(rows)s::json)"
).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A record of which there are events to work on."""

    entity: str
    object_id: str
    deleted: bool
    """Whether one of the events says that it was deleted."""
    since: datetime
    """When the first of the events came."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Some records with waiting events."""

    records: Sequence[Waiting]
    until: int
    """Every event up to this id was kept before the portal is asked for the records."""
    chosen_at: datetime
    """By the database's clock, as all moments of events are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Some:
    """Some records of one object, and up to which event they are concerned."""

    entity: str
    object_ids: Collection[str]
    until: int


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Keep events."""
    await session.execute(insert(SyncEvent), rows)


async def keep_directly(
    driver: psycopg.AsyncConnection[Any], rows: Sequence[dict[str, Any]]
) -> None:
    """Keep events, in one statement for all of them, by PostgreSQL's driver itself."""
    await driver.execute(_KEEP_ON_POSTGRESQL, {"rows": orjson.dumps(rows).decode()})


async def lot_of_records(session: AsyncSession, *, limit: int) -> Lot:
    """Choose records with waiting events, the longest waiting first, each once."""
    due = or_(SyncEvent.not_before.is_(None), SyncEvent.not_before <= database_now())
    of_kind = (SyncEvent.state == State.WAITING, SyncEvent.kind == Kind.ROW, due)
    # The newest id of all, not only of the window: a change told before is in what we read.
    newest_of_all = select(func.max(SyncEvent.id), database_now())
    until, now = (await session.execute(newest_of_all)).one()
    window = select(SyncEvent).where(*of_kind).order_by(SyncEvent.id).limit(WINDOW).subquery()
    told_deleted = func.max(case((window.c.name.contains("DELETE"), 1), else_=0))
    found = await session.execute(
        select(window.c.entity, window.c.object_id, told_deleted, func.min(window.c.received_at))
        .group_by(window.c.entity, window.c.object_id)
        .order_by(func.min(window.c.id))
        .limit(limit)
    )
    records = [
        Waiting(entity=entity, object_id=object_id, deleted=bool(deleted), since=since)
        for entity, object_id, deleted, since in found
    ]
    return Lot(records, until or 0, now)


async def untold_deletions(session: AsyncSession, entity: str, *, since: datetime) -> int:
    """Count records that are not found though no event says so: put off, or judged since."""
    of_entity = (SyncEvent.entity == entity, SyncEvent.kind == Kind.ROW)
    outcomes = (Outcome.DELETED, Outcome.HIDDEN)
    judged = and_(SyncEvent.outcome.in_(outcomes), SyncEvent.handled_at > since)
    put_off = and_(SyncEvent.state == State.WAITING, SyncEvent.not_before.is_not(None))
    says_so = SyncEvent.name.like("%DELETE%")
    told = select(SyncEvent.object_id).where(*of_entity, says_so, SyncEvent.received_at > since)
    found = select(func.count(SyncEvent.object_id.distinct())).where(
        *of_entity, or_(judged, put_off), SyncEvent.object_id.not_in(told)
    )
    return await session.scalar(found) or 0


async def finish(session: AsyncSession, some: Some, outcome: Outcome) -> None:
    """Note what came of the waiting events of some records."""
    done = {"state": State.DONE, "outcome": outcome, "handled_at": database_now()}
    await session.execute(_waiting_events(some).values(**done))


async def put_off(session: AsyncSession, some: Some, *, by: timedelta) -> None:
    """Leave events for later; that is no failure of theirs."""
    await session.execute(_waiting_events(some).values(not_before=database_now(by)))


async def note_failure(session: AsyncSession, some: Some, error: str) -> None:
    """Count a failure of some records, each of which is tried later; the last gives them up."""
    for attempts in range(ATTEMPTS):
        so_far = _waiting_events(some).where(SyncEvent.attempts == ATTEMPTS - 1 - attempts)
        wait = FIRST_WAIT * 2 ** (ATTEMPTS - 1 - attempts)
        again = {"not_before": database_now(wait), "attempts": SyncEvent.attempts + 1}
        await session.execute(so_far.values(**again, error=error))
    given_up = {"state": State.DONE, "outcome": Outcome.FAILED, "handled_at": database_now()}
    spent = SyncEvent.attempts >= ATTEMPTS
    await session.execute(_waiting_events(some).where(spent).values(**given_up))


async def next_attempt(session: AsyncSession) -> timedelta | None:
    """Find how long it is to the first attempt due; None when nothing waits."""
    waiting = (SyncEvent.state == State.WAITING, SyncEvent.kind == Kind.ROW)
    put_off = case((SyncEvent.not_before.is_(None), 0), else_=1)
    first = select(SyncEvent.not_before, database_now()).where(*waiting)
    found = (await session.execute(first.order_by(put_off, SyncEvent.not_before).limit(1))).first()
    if found is None:
        return None
    due, now = found
    return timedelta(0) if due is None else max(timedelta(0), due - now)


async def finish_kind(
    session: AsyncSession, *, kind: Kind, entity: str, until: int, outcome: Outcome
) -> None:
    """Note what came of the waiting events of one kind about one object, up to an event."""
    concerned = (SyncEvent.kind == kind, SyncEvent.entity == entity, SyncEvent.id <= until)
    done = {"state": State.DONE, "outcome": outcome, "handled_at": database_now()}
    waits = SyncEvent.state == State.WAITING
    await session.execute(_changed().where(*concerned, waits).values(**done))


async def newest(session: AsyncSession) -> int:
    """Find the id of the newest event; 0 when there is none."""
    return await session.scalar(select(func.max(SyncEvent.id))) or 0


async def waiting_subjects(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """List the kinds and objects of waiting events."""
    found = await session.execute(
        select(SyncEvent.kind, case((SyncEvent.kind == Kind.ROW, ""), else_=SyncEvent.entity))
        .where(SyncEvent.state == State.WAITING)
        .distinct()
    )
    return [(kind, entity) for kind, entity in found]


async def forget(session: AsyncSession, *, older_than: timedelta) -> int:
    """Forget a batch of events that were worked on long ago; says how many.

    The newest event stays: it tells that events have arrived at all.
    """
    old = (
        SyncEvent.state == State.DONE,
        SyncEvent.received_at < database_now(-older_than),
        SyncEvent.id < await newest(session),
    )
    found = select(SyncEvent.id).where(*old).limit(PRUNE_BATCH)
    ids = (await session.scalars(found)).all()
    if ids:
        await session.execute(delete(SyncEvent).where(SyncEvent.id.in_(ids)))
    return len(ids)


async def count_refusals(session: AsyncSession, refusals: dict[str, int], at: datetime) -> None:
    """Add to the counts of calls turned away."""
    for reason, refused in sorted(refusals.items()):
        values = {"reason": reason, "refused": refused, "last_at": at}
        total = SyncEventRefusal.refused + refused
        if session.get_bind().dialect.name == "postgresql":
            on_postgresql = postgresql.insert(SyncEventRefusal).values(values)
            changed = {"refused": total, "last_at": at}
            await session.execute(
                on_postgresql.on_conflict_do_update(index_elements=["reason"], set_=changed)
            )
        else:
            on_mysql = mysql.insert(SyncEventRefusal).values(values)
            await session.execute(on_mysql.on_duplicate_key_update(refused=total, last_at=at))


def _waiting_events(some: Some) -> Any:
    return _changed().where(
        SyncEvent.entity == some.entity,
        SyncEvent.object_id.in_(some.object_ids),
        SyncEvent.kind == Kind.ROW,
        SyncEvent.state == State.WAITING,
        SyncEvent.id <= some.until,
    )


def _changed() -> Any:
    return update(SyncEvent).execution_options(synchronize_session=False)
