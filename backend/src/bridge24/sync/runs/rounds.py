"""The rounds of the schedules: look for changes, audit, discover, tidy up."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import delete, select

from bridge24.bitrix import BitrixError
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.jobs import persist
from bridge24.sync.entities import discover, find_entity, known_entities
from bridge24.sync.errors import RunInProgress, explain_portal_error
from bridge24.sync.models import SyncLog, SyncState
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.progress import SyncMode
from bridge24.sync.quiet import quiet
from bridge24.sync.runs import opening, rights, starting, tally
from bridge24.sync.runs.due import configurations, is_wanted
from bridge24.sync.runs.meter import metered
from bridge24.sync.runs.models import OPEN, STOPPING, Status, SyncRunEvent

KEEP_RUNS = timedelta(days=90)
KEEP_LINES = timedelta(days=30)

log = structlog.get_logger(__name__)


async def look(names: Iterable[str]) -> None:
    """Store what changed in these objects, those that have been copied.

    Those in which nothing changed are found with one call, and need no run.
    """
    copied = await ready(names)
    meter = metered()
    silent = await _quiet(copied)
    await persist(lambda: tally.looked(silent))
    log.info("look.done", objects=len(copied), silent=len(silent), http_calls=meter.calls)
    await _open_all([name for name in copied if name not in silent], SyncMode.INCREMENTAL)


async def _quiet(names: Sequence[str]) -> set[str]:
    try:
        return await quiet(portal_client(), [await find_entity(name) for name in names])
    except BitrixError:
        # The runs meet the same trouble, and have a place to tell it.
        return set()


async def audit_all() -> None:
    """Audit every object that has been copied."""
    names = [entity.name for entity in await known_entities()]
    await _open_all(await ready(names), SyncMode.AUDIT)


async def discover_all() -> None:
    """Ask what the webhook may read, and which smart processes there are; copy what is new.

    Raises:
        PortalError: The portal does not answer.
    """
    client = portal_client()
    try:
        await rights.ask(client)
        await discover(client)
    except BitrixError as error:
        raise explain_portal_error(error, host=portal_host()) from error
    opened = await starting.start_by_itself()
    log.info("discover.done", first_copies=len(opened))


async def ready(names: Iterable[str]) -> list[str]:
    """Of these objects, those that are wanted, permitted, and copied in full already."""
    configs = await configurations()
    entities = {entity.name: entity for entity in await known_entities()}
    async with transaction() as session:
        scopes = await rights.kept(session)
        copied = set(
            await session.scalars(
                select(SyncState.entity).where(SyncState.last_full_at.is_not(None))
            )
        )
    return [
        name
        for name in names
        if name in copied
        and name in entities
        and is_wanted(name, configs.get(name))
        and (scopes is None or entities[name].scope in scopes)
    ]


async def _open_all(names: Sequence[str], mode: SyncMode) -> None:
    for name in names:
        try:
            await opening.open_run(name, mode=mode, asked_by=opening.BY_SCHEDULE)
        except RunInProgress:
            log.debug("run.under_way_already", entity=name)


async def tend() -> None:
    """Close runs nobody carries out any more, and forget what is old."""
    async with transaction() as session:
        unclear = select(SyncLog).where(SyncLog.status.in_([*OPEN, *STOPPING]))
        runs = (await session.scalars(unclear)).all()
    for run in runs:
        if run.open_for is not None:
            await opening.close_dead_run(run.entity)
        else:
            await opening.close_dead_stop(run.id)
    now = utc_naive()
    async with transaction() as session:
        await session.execute(delete(SyncRunEvent).where(SyncRunEvent.at < now - KEEP_LINES))
        over = SyncLog.status.in_([Status.SUCCEEDED, Status.CANCELLED, Status.INTERRUPTED])
        await session.execute(delete(SyncLog).where(over, SyncLog.started_at < now - KEEP_RUNS))
