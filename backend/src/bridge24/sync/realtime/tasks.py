"""What a worker does about events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bridge24.bitrix import BitrixError, errors
from bridge24.core.db import transaction
from bridge24.core.jobs import Postpone, Priority, Retry, enqueue, task
from bridge24.core.settings import get_settings
from bridge24.sync.portal import portal_client
from bridge24.sync.realtime import binding, offline, queries
from bridge24.sync.realtime.drain import drain
from bridge24.sync.realtime.schema import follow
from bridge24.sync.realtime.subjects import Kind
from bridge24.sync.realtime.waking import BIND, DRAIN, OFFLINE, SCHEMA, SWEEP, wake

KEEP_HANDLED = timedelta(days=7)
SOON = timedelta(seconds=15)
NOT_SOON = timedelta(minutes=5)
# The database comes back, sooner or later, and the events are in it.
PATIENT = Retry(max_attempts=1_000_000, first=timedelta(seconds=1), longest=timedelta(minutes=1))


@task(name=DRAIN, retry=PATIENT)
async def drain_events() -> None:
    """Store the present state of every record there are events of.

    Killed at any moment, the events still wait and the next attempt reads them anew.
    """
    async with _patiently():
        await drain(portal_client())
    async with transaction() as session:
        delay = await queries.next_attempt(session)
        if delay is not None:
            await enqueue(
                session, DRAIN, key=DRAIN, dedup=DRAIN, priority=Priority.URGENT, delay=delay
            )


@task(name=SCHEMA, retry=PATIENT)
async def follow_schema(kind: str, entity: str) -> None:
    """Bring columns, objects or dictionaries up to date."""
    async with _patiently():
        await follow(portal_client(), kind=Kind(kind), entity=entity)


@task(name=OFFLINE, retry=PATIENT)
async def fetch_offline() -> None:
    """Fetch the events that the portal keeps for our application."""
    async with _patiently():
        await offline.fetch(get_settings())


@task(name=BIND)
async def bind_events() -> None:
    """Bring the application's subscriptions up to date."""
    async with _patiently():
        await binding.bind_missing(get_settings())


@task(name=SWEEP)
async def sweep() -> None:
    """Wake the work on whatever still waits, fetch offline events, forget old events."""
    async with transaction() as session:
        for kind, entity in await queries.waiting_subjects(session):
            await wake(session, kind=Kind(kind), entity=entity)
        if get_settings().bitrix_client_id:
            await wake(session, kind=Kind.OFFLINE, entity="")
        await queries.forget(session, older_than=KEEP_HANDLED)


@asynccontextmanager
async def _patiently() -> AsyncIterator[None]:
    """Come again later when the portal cannot be asked; that is no failure of the job."""
    try:
        yield
    except BitrixError as error:
        busy = isinstance(error, errors.TransportError | errors.PortalBusy)
        raise Postpone(by=SOON if busy else NOT_SOON, reason=str(error)) from error
