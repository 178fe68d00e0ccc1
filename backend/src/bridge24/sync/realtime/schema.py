"""Follows changes of the schema: fields, smart processes, and lists that are read whole."""

from datetime import timedelta

import structlog

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.core.db import transaction
from bridge24.core.jobs import Postpone
from bridge24.sync import discovery
from bridge24.sync.entities import find_entity, known_entities
from bridge24.sync.errors import RunInProgress, UnknownEntity
from bridge24.sync.layouts import layout_of
from bridge24.sync.objects.sources import FIELD_OPTION
from bridge24.sync.progress import SyncMode
from bridge24.sync.realtime import queries
from bridge24.sync.realtime.applying import layouts
from bridge24.sync.realtime.copies import copied
from bridge24.sync.realtime.models import Outcome
from bridge24.sync.realtime.reading import is_general
from bridge24.sync.realtime.subjects import Kind
from bridge24.sync.runs.opening import open_run
from bridge24.sync.runs.starting import start_uncopied

ASKED_BY = "event"
OPTIONS = FIELD_OPTION.name
AFTER_RUN = timedelta(seconds=5)

log = structlog.get_logger(__name__)


async def follow(client: BitrixClient, *, kind: Kind, entity: str) -> None:
    """Work on the waiting events of one kind about one object.

    Raises:
        BitrixError: The portal as a whole cannot be asked.
        Postpone: A run over the object is under way and may have read too early.
    """
    async with transaction() as session:
        until = await queries.newest(session)
    try:
        outcome = await _WORK[kind](client, entity)
    except BitrixError as error:
        if is_general(error):
            raise
        # The portal will refuse this one tomorrow too; whole passes show it to the owner.
        log.warning("events.schema_failed", kind=kind, entity=entity, reason=str(error))
        outcome = Outcome.FAILED
    async with transaction() as session:
        await queries.finish_kind(session, kind=kind, entity=entity, until=until, outcome=outcome)


async def _fields(client: BitrixClient, told: str) -> Outcome:
    """Bring the columns of the object up to date; ``told`` is the portal's word for it."""
    entity = await _with_fields(told)
    if entity is None or entity.name not in await copied([entity.name]):
        return Outcome.NOT_COPIED
    layout, _ = await layout_of(client, entity)
    layouts.keep(entity, layout)
    # The pass fills the new column; the options of a list field are a table of their own.
    await _run(entity.name, SyncMode.INCREMENTAL)
    if OPTIONS in await copied([OPTIONS]):
        await _run(OPTIONS, SyncMode.FULL)
    return Outcome.SCHEMA


async def _with_fields(told: str) -> crm.Entity | None:
    for entity in await known_entities():
        if entity.userfield_entity == told:
            return entity
    return None


async def _types(client: BitrixClient, _entity: str) -> Outcome:
    """See which smart processes there are; a new one gets its table at once, then its copy."""
    await discovery.look(client)
    followed = await copied([crm.STATUS.name, crm.SMART_PROCESS_TYPE.name])
    if crm.SMART_PROCESS_TYPE.name not in followed:
        return Outcome.NOT_COPIED
    for name in sorted(followed, reverse=True):  # the stages of a new one are words of its view
        await _run(name, SyncMode.FULL)
    present = [process for process in await discovery.stored() if not process.is_gone]
    begun = await copied([process.name for process in present])
    for process in present:
        if process.name not in begun:
            await layout_of(client, process.items)
    only = {each.name for process in present for each in process.used}
    await start_uncopied(asked_by=ASKED_BY, only=only)
    return Outcome.SCHEMA


async def _read_again(_client: BitrixClient, name: str) -> Outcome:
    """Have what changed in an object read; a short list without moments is read whole."""
    try:
        entity = await find_entity(name)
    except UnknownEntity:
        return Outcome.IGNORED
    if name not in await copied([name]):
        return Outcome.NOT_COPIED
    await _run(name, SyncMode.INCREMENTAL if entity.modified_filter else SyncMode.FULL)
    return Outcome.SCHEMA


async def _run(entity: str, mode: SyncMode) -> None:
    try:
        await open_run(entity, mode=mode, asked_by=ASKED_BY)
    except RunInProgress as error:
        raise Postpone(by=AFTER_RUN, reason=str(error)) from None


_WORK = {Kind.FIELDS: _fields, Kind.TYPES: _types, Kind.READ_AGAIN: _read_again}
