"""How the whole mirror is doing, put together from what the processes keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.clock import utc_now
from bridge24.core.database_clock import database_moment
from bridge24.core.db import Dialect, get_dialect, transaction
from bridge24.core.errors import AppError
from bridge24.core.jobs import JobWorker
from bridge24.core.jobs.models import now_ms
from bridge24.core.settings import get_settings
from bridge24.sync.entities import all_mirrored
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncConfig, SyncLog, SyncState
from bridge24.sync.portal import portal_host, portal_origin
from bridge24.sync.registry import Mirrored
from bridge24.sync.runs import reading, rights
from bridge24.sync.runs.budget import budget_out
from bridge24.sync.runs.due import is_enabled, is_wanted, rhythm_of
from bridge24.sync.runs.models import Status, SyncTally
from bridge24.sync.runs.schemas import EntityStatusOut, StatusOut
from bridge24.sync.runs.shown import error_out, run_out
from bridge24.sync.runs.verdicts import Seen, state_of, verdict_of

UNKNOWN_INTERVAL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that is known, by object."""

    configs: Mapping[str, SyncConfig]
    states: Mapping[str, SyncState]
    tallies: Mapping[str, SyncTally]
    open: Mapping[str, SyncLog]
    last: Mapping[str, SyncLog]
    quarantined: Mapping[str, int]
    scopes: frozenset[str] | None
    now: datetime
    """By the database's clock, as the moments of the rest."""


async def status() -> StatusOut:
    """Say how each object and the whole are doing; a handful of small queries."""
    objects = await all_mirrored()
    host = _of_portal(portal_host)
    async with transaction() as session:
        known = await _known(session)
        budget = await budget_out(session)
        alive = select(func.count()).where(JobWorker.lease_until > now_ms())
        workers = await session.scalar(alive) or 0
    now, dialect = utc_now(), get_dialect()
    entities = [_entity(each, known, now, dialect) for each in objects]
    states = {each.entity: each.state for each in entities}
    troubles = [] if host else ["no_portal"]
    verdict, reasons = verdict_of(states, workers=workers, troubles=troubles)
    return StatusOut(
        verdict=verdict,
        reasons=reasons,
        portal=host,
        portal_url=_of_portal(portal_origin),
        workers=workers,
        budget=budget,
        entities=entities,
        at=now,
    )


def _of_portal(told: Callable[[], str]) -> str | None:
    try:
        return told()
    except AppError:
        return None


async def _known(session: AsyncSession) -> _Known:
    return _Known(
        configs={row.entity: row for row in await session.scalars(select(SyncConfig))},
        states={row.entity: row for row in await session.scalars(select(SyncState))},
        tallies={row.entity: row for row in await session.scalars(select(SyncTally))},
        open=await reading.open_runs(session),
        last=await reading.last_runs(session),
        quarantined=await reading.quarantine_counts(session),
        scopes=await rights.kept_or_none(session),
        now=await database_moment(session),
    )


def _entity(each: Mirrored, known: _Known, now: datetime, dialect: Dialect) -> EntityStatusOut:
    name = each.name
    config, state = known.configs.get(name), known.states.get(name)
    run, last, tally = known.open.get(name), known.last.get(name), known.tallies.get(name)
    rhythm = rhythm_of(each, config, minutes=get_settings().sync_default_interval_minutes)
    granted = None if known.scopes is None else each.entity.scope in known.scopes
    lag = _lag(tally, known.now)
    copied = state is not None and state.last_full_at is not None
    failed = last is not None and last.status == Status.FAILED
    seen = Seen(
        enabled=is_enabled(name, config),
        paused=config is not None and config.paused,
        granted=granted,
        copied=copied,
        running=run is not None,
        lag=lag,
        interval=rhythm.every or UNKNOWN_INTERVAL,
        failed=failed,
        lasting=failed and _is_lasting(last),
    )
    due = copied and is_wanted(name, config) and granted is not False
    shown = run_out(run) if run else None
    progress = shown.progress if shown else None
    return EntityStatusOut(
        entity=name,
        title=each.title,
        table=table_name(name, dialect),
        state=state_of(seen),
        phase=run.phase if run else None,
        rows_here=_rows_here(run, tally),
        rows_in_portal=tally.rows_in_portal if tally else None,
        rows_in_portal_at=tally.portal_at if tally else None,
        rows_per_second=progress.rows_per_second if progress else None,
        finish_in_seconds=progress.finish_in_seconds if progress else None,
        cursor_at=(state.cursor_at or state.last_full_at) if state else None,
        looked_at=tally.looked_at if tally else None,
        lag_seconds=lag.total_seconds() if lag is not None else None,
        quarantined=known.quarantined.get(name, 0),
        next_run_at=rhythm.schedule().next_slot(now) if due else None,
        scope=each.entity.scope,
        scope_granted=granted,
        run=shown,
        last_run=run_out(last) if last else None,
        last_error=error_out(last) if last else None,
    )


def _lag(tally: SyncTally | None, now: datetime) -> timedelta | None:
    looked_at = tally.looked_at if tally else None
    return None if looked_at is None else max(timedelta(0), now - looked_at)


def _rows_here(run: SyncLog | None, tally: SyncTally | None) -> int | None:
    """The last count, and what the open run has added to it."""
    counted = tally.rows_here if tally else None
    if run is None:
        return counted
    return (counted or 0) + run.inserted - run.deleted


def _is_lasting(run: SyncLog | None) -> bool:
    progress = orjson.loads(run.progress) if run is not None and run.progress else {}
    return not progress.get("passes", False)
