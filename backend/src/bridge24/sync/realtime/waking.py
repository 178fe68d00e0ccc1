"""Queues the work that waiting events call for, each kind of it once."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs import Order, Priority, enqueue
from bridge24.sync.realtime.subjects import Kind

DRAIN = "sync.events.drain"
SCHEMA = "sync.events.schema"
OFFLINE = "sync.events.offline"
BIND = "sync.events.bind"
SWEEP = "sync.events.sweep"

# Events of one change come in bunches: a stage is added and sorted, an address is replaced.
BUNCH = timedelta(seconds=1)
_OF_OBJECTS = (Kind.FIELDS, Kind.TYPES, Kind.READ_AGAIN)


def order_of(kind: Kind, entity: str) -> Order | None:
    """Say which job works on the waiting events of a kind; None when there is nothing to do."""
    if kind is Kind.ROW:
        return Order(task=DRAIN, key=DRAIN, dedup=DRAIN, priority=Priority.URGENT)
    if kind is Kind.OFFLINE:
        return Order(task=OFFLINE, key=OFFLINE, dedup=OFFLINE, priority=Priority.URGENT)
    if kind in _OF_OBJECTS:
        name = f"{SCHEMA}:{kind}:{entity}"
        arguments = {"kind": str(kind), "entity": entity}
        return Order(task=SCHEMA, key=name, dedup=name, delay=BUNCH, arguments=arguments)
    return None


async def wake(session: AsyncSession, *, kind: Kind, entity: str) -> None:
    """Have the waiting events of a kind worked on once the transaction has committed."""
    order = order_of(kind, entity)
    if order is not None:
        await enqueue(
            session,
            order.task,
            key=order.key,
            dedup=order.dedup,
            priority=order.priority,
            delay=order.delay,
            **order.arguments,
        )


async def wake_binding(session: AsyncSession) -> None:
    """Have the application's subscriptions brought up to date."""
    await enqueue(session, BIND, key=BIND, dedup=BIND)
