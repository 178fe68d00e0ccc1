"""What an operator sees of events: how many, of which kind, turned away, still waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.realtime.models import State, SyncEvent, SyncEventRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """The events of one name that are kept."""

    name: str
    events: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How events are doing; moments in UTC without a zone."""

    last: SyncEvent | None
    """The newest event; None when none has ever arrived."""
    received: Sequence[Received]
    waiting: int
    oldest_waiting_at: datetime | None
    refusals: Sequence[SyncEventRefusal]


async def figures(session: AsyncSession) -> Figures:
    """Read how events are doing."""
    counted = select(SyncEvent.name, func.count(), func.max(SyncEvent.received_at))
    rows = await session.execute(counted.group_by(SyncEvent.name).order_by(SyncEvent.name))
    waits = SyncEvent.state == State.WAITING
    waiting = select(func.count(), func.min(SyncEvent.received_at)).where(waits)
    count, oldest = (await session.execute(waiting)).one()
    refusals = await session.scalars(select(SyncEventRefusal).order_by(SyncEventRefusal.reason))
    return Figures(
        last=await session.scalar(select(SyncEvent).order_by(SyncEvent.id.desc()).limit(1)),
        received=[Received(name=name, events=n, last_at=at) for name, n, at in rows],
        waiting=count,
        oldest_waiting_at=oldest,
        refusals=refusals.all(),
    )


async def page_of_events(
    session: AsyncSession,
    *,
    entity: str | None,
    outcome: str | None,
    before: int | None,
    limit: int,
) -> Sequence[SyncEvent]:
    """List kept events, newest first.

    Args:
        session: The transaction.
        entity: Only those about one object.
        outcome: Only those that ended so; ``waiting`` for those not worked on yet.
        before: Only those older than this one.
        limit: At most so many.
    """
    found = select(SyncEvent).order_by(SyncEvent.id.desc()).limit(limit)
    if entity is not None:
        found = found.where(SyncEvent.entity == entity)
    if outcome == State.WAITING:
        found = found.where(SyncEvent.state == State.WAITING)
    elif outcome is not None:
        found = found.where(SyncEvent.outcome == outcome)
    if before is not None:
        found = found.where(SyncEvent.id < before)
    return (await session.scalars(found)).all()
