"""Queues the work that waiting events call for, each kind of it once."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs import Priority, enqueue
from bridge24.sync.realtime.subjects import Kind

DRAIN = "sync.events.drain"
SCHEMA = "sync.events.schema"
OFFLINE = "sync.events.offline"
BIND = "sync.events.bind"
SWEEP = "sync.events.sweep"

# Events of one change come in bunches: a stage is added and sorted, an address is replaced.
BUNCH = timedelta(seconds=1)
_OF_OBJECTS = (Kind.FIELDS, Kind.TYPES, Kind.READ_AGAIN)


async def wake(session: AsyncSession, *, kind: Kind, entity: str) -> None:
    """Have the waiting events of a kind worked on once the transaction has committed."""
    if kind is Kind.ROW:
        await enqueue(session, DRAIN, key=DRAIN, dedup=DRAIN, priority=Priority.URGENT)
    elif kind is Kind.OFFLINE:
        await enqueue(session, OFFLINE, key=OFFLINE, dedup=OFFLINE, priority=Priority.URGENT)
    elif kind in _OF_OBJECTS:
        name = f"{SCHEMA}:{kind}:{entity}"
        await enqueue(
            session, SCHEMA, key=name, dedup=name, delay=BUNCH, kind=str(kind), entity=entity
        )


async def wake_binding(session: AsyncSession) -> None:
    """Have the application's subscriptions brought up to date."""
    await enqueue(session, BIND, key=BIND, dedup=BIND)
