"""Comparing tables with the portal as others use it: what it costs, start it, repair."""

import asyncio
from collections.abc import Callable

import orjson
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.clock import utc_naive
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.core.errors import AppError, told_facts
from bridge24.core.jobs import enqueue, persist
from bridge24.core.logging import mask_facts, mask_text
from bridge24.sync.audit.asking import ROWS_AT_ONCE
from bridge24.sync.audit.findings import Kind
from bridge24.sync.audit.measure import allowance_of, remembered
from bridge24.sync.audit.plan import Costs, Estimate, Method, cheapest, estimates
from bridge24.sync.entities import find_entity
from bridge24.sync.errors import NeverCopied, TooManyMissing
from bridge24.sync.fields import table_name
from bridge24.sync.full import MISSING_FEW, MISSING_SHARE
from bridge24.sync.objects.sources import has_source
from bridge24.sync.queries import state_of, stored_count
from bridge24.sync.runs.meter import metered
from bridge24.sync.runs.told import explained
from bridge24.sync.service import SyncService
from bridge24.sync.validation import queries
from bridge24.sync.validation.checking import Check
from bridge24.sync.validation.errors import (
    Abandoned,
    MethodImpossible,
    NotOver,
    ValidationInProgress,
)
from bridge24.sync.validation.models import SyncValidation
from bridge24.sync.validation.repairing import Repair

CHECK, REPAIR = "validation.check", "validation.repair"
SAMPLE = 200


async def cost(
    client: BitrixClient, entity: crm.Entity, *, sample: int
) -> tuple[list[Estimate], Method, Costs]:
    """Say what each method would take, which is advised, and by what figures; asks nothing.

    Raises:
        NeverCopied: There is no full copy yet.
    """
    rows = await _stored(entity)
    costs = await remembered(entity.name)
    now = asyncio.get_running_loop().time()
    allowed = await allowance_of(client, entity.list_method, now=now)
    told = estimates(rows, costs, allowed)
    chosen = cheapest(told).method
    if not _has_times(entity):
        return [_with_sample(told[Method.ROWS], 0, costs)], Method.ROWS, costs
    return [_with_sample(each, sample, costs) for each in told.values()], chosen, costs


def _has_times(entity: crm.Entity) -> bool:
    whole = has_source(entity) or entity.paging != "keyset" or bool(entity.required_filter)
    return not whole and entity.modified_filter is not None


def _with_sample(told: Estimate, sample: int, costs: Costs) -> Estimate:
    """Add the sample, which the method ``rows`` does without."""
    sample = 0 if told.method is Method.ROWS else sample
    pages = -(-sample // 50)
    return Estimate(
        told.method,
        told.http_calls - (-sample // ROWS_AT_ONCE),
        round(told.operating_seconds + 2 * pages * costs.page, 3),
        told.wall_seconds,
        told.parts,
    )


async def _stored(entity: crm.Entity) -> int:
    async with transaction() as session:
        state = await state_of(session, entity.name)
        if state.last_full_at is None:
            raise NeverCopied(entity=entity.name)
        return await stored_count(session, table_name(entity.name, dialect_of(get_engine())))


async def start(
    client: BitrixClient, entity: crm.Entity, *, method: Method | None, sample: int
) -> SyncValidation:
    """Ask for a comparison; a worker carries it out.

    Args:
        client: Calls the portal.
        entity: What is compared.
        method: How; None: as is advised.
        sample: How many rows are compared field by field.

    Raises:
        ValidationInProgress: One is queued or under way.
        NeverCopied: There is no full copy yet.
        MethodImpossible: The object cannot be compared so.
    """
    told, advised, _ = await cost(client, entity, sample=sample)
    estimate = next((each for each in told if each.method is (method or advised)), None)
    if estimate is None:
        raise MethodImpossible(entity=entity.name, method=method)
    validation = SyncValidation(
        entity=entity.name,
        method=estimate.method,
        sample=0 if estimate.method is Method.ROWS else sample,
        status="queued",
        open_for=entity.name,
        asked_at=utc_naive(),
        operating_seconds=estimate.operating_seconds,
    )
    try:
        async with transaction() as session:
            await _nobody_else(session, entity.name)
            session.add(validation)
            await session.flush()
            await enqueue(session, CHECK, key=_key(entity.name), validation_id=validation.id)
    except IntegrityError:
        async with transaction() as session:
            await _nobody_else(session, entity.name)
        raise
    return validation


async def repair(validation_id: int, *, accept_deletions: bool) -> SyncValidation:
    """Ask for what a comparison has found to be put right; a worker carries it out.

    Raises:
        NoSuchValidation: There is none of that number.
        NotOver: It is under way, or failed.
        TooManyMissing: Many rows are gone; nothing is done unless accepted.
    """
    async with transaction() as session:
        validation = await queries.validation_named(session, validation_id)
        await _nobody_else(session, validation.entity)
        if validation.status != "succeeded":
            raise NotOver(validation_id=validation_id)
        gone = await queries.differing_count(session, validation_id, kind=Kind.GONE, open_only=True)
        table = table_name(validation.entity, dialect_of(get_engine()))
        stored = await stored_count(session, table)
        if gone > max(MISSING_FEW, MISSING_SHARE * stored) and not accept_deletions:
            raise TooManyMissing(entity=validation.entity, missing=gone, stored=stored)
        validation.status, validation.open_for = "repairing", validation.entity
        validation.phase = "repairing"
        await enqueue(session, REPAIR, key=_key(validation.entity), validation_id=validation.id)
        return validation


def _key(entity: str) -> str:
    return f"validation:{entity}"


async def _nobody_else(session: AsyncSession, entity: str) -> None:
    present = await queries.open_for(session, entity)
    if present is None:
        return
    if await queries.is_carried_out(session, _key(entity)):
        raise ValidationInProgress(entity=entity, validation_id=present.id)
    _end(present, error=Abandoned())
    await session.flush()


async def close_abandoned() -> None:
    """Close what no job carries out any more: its last worker could not even say so."""
    async with transaction() as session:
        for each in await queries.all_open(session):
            if not await queries.is_carried_out(session, _key(each.entity)):
                _end(each, error=Abandoned())


async def give_up(validation_id: int, error: AppError) -> None:
    """Close what cannot be carried out at all, unless it was closed already."""
    async with transaction() as session:
        validation = await queries.validation_named(session, validation_id)
        if validation.open_for is not None:
            _end(validation, error=error)


async def carry_out(
    validation_id: int,
    client: BitrixClient,
    *,
    host: str,
    again: Callable[[AppError], bool] = lambda _error: False,
) -> None:
    """Do what was asked for, and keep how it ended; what is over is left alone.

    Args:
        validation_id: What was asked for.
        client: Calls the portal.
        host: The portal's name for messages.
        again: Whether it is tried once more after a failure; it stays open then.

    Raises:
        AppError: In the user's words; it is kept with the comparison too.
    """
    async with transaction() as session:
        validation = await queries.validation_named(session, validation_id)
        is_repair = validation.status == "repairing"
        if validation.open_for is None:
            return
        if not is_repair:
            validation.status, validation.started_at = "running", utc_naive()
            validation.phase = "preparing"
    meter = metered()
    entity = await find_entity(validation.entity)
    try:
        if is_repair:
            await _repair(client, entity, validation, host=host)
        else:
            await Check(client, entity, validation).run()
    except Exception as error:
        told = explained(error, host=host, scope=entity.scope)
        told.__cause__ = told.__cause__ if told is error else error
        await _note(validation_id, calls=meter.calls, error=told, is_open=again(told))
        raise told from told.__cause__
    await _note(validation_id, calls=meter.calls, error=None, is_open=False)


async def _repair(
    client: BitrixClient, entity: crm.Entity, validation: SyncValidation, *, host: str
) -> None:
    service = SyncService(client, host=host)
    repairing = Repair(client, entity, validation)
    # The repair was allowed with the deletions it counted.
    await repairing.run(whole_again=lambda: service.full_sync(entity.name, accept_deletions=True))


async def _note(validation_id: int, *, calls: int, error: AppError | None, is_open: bool) -> None:
    async def write() -> None:
        async with transaction() as session:
            validation = await queries.validation_named(session, validation_id)
            validation.http_calls += calls
            if is_open:
                _tell(validation, error)
            else:
                _end(validation, error=error)

    await persist(write)


def _end(validation: SyncValidation, *, error: AppError | None) -> None:
    is_repair = validation.status == "repairing"
    validation.open_for, validation.phase = None, "done"
    validation.finished_at = utc_naive()
    # What was compared stays compared, even when its repair failed.
    validation.status = "failed" if error and not is_repair else "succeeded"
    validation.repairs += 1 if is_repair and not error else 0
    _tell(validation, error)


def _tell(validation: SyncValidation, error: AppError | None) -> None:
    validation.error_code, validation.error_message = (
        (error.code, mask_text(str(error))) if error else (None, None)
    )
    facts = mask_facts(told_facts(error)) if error else {}
    validation.error_facts = orjson.dumps(facts).decode()
