"""SQL that shows runs, quarantine and changes: pages by id, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.models import SyncLog, SyncQuarantine, SyncSchemaChange
from bridge24.sync.runs.models import OPEN, SyncRunEvent

T = TypeVar("T", SyncLog, SyncQuarantine, SyncSchemaChange)
MOST_LINES = 2_000


async def runs(
    session: AsyncSession,
    *,
    entity: str | None = None,
    mode: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: int | None,
    limit: int,
) -> tuple[Sequence[SyncLog], int | None]:
    """List runs, and where the next page begins."""
    wanted: list[ColumnElement[bool]] = []
    for column, value in ((SyncLog.entity, entity), (SyncLog.mode, mode), (SyncLog.status, status)):
        if value is not None:
            wanted.append(column == value)
    if since is not None:
        wanted.append(SyncLog.started_at >= since)
    if until is not None:
        wanted.append(SyncLog.started_at < until)
    return await _page(session, SyncLog, wanted, cursor=cursor, limit=limit)


async def quarantined(
    session: AsyncSession, *, entity: str | None, cursor: int | None, limit: int
) -> tuple[Sequence[SyncQuarantine], int | None]:
    """List rows in quarantine, and where the next page begins."""
    wanted = [] if entity is None else [SyncQuarantine.entity == entity]
    return await _page(session, SyncQuarantine, wanted, cursor=cursor, limit=limit)


async def changes(
    session: AsyncSession, *, entity: str | None, cursor: int | None, limit: int
) -> tuple[Sequence[SyncSchemaChange], int | None]:
    """List changes of tables, and where the next page begins."""
    wanted = [] if entity is None else [SyncSchemaChange.entity == entity]
    return await _page(session, SyncSchemaChange, wanted, cursor=cursor, limit=limit)


async def changes_during(session: AsyncSession, run: SyncLog) -> Sequence[SyncSchemaChange]:
    """List changes of an object's table while a run went on."""
    during = [SyncSchemaChange.entity == run.entity, SyncSchemaChange.at >= run.started_at]
    if run.finished_at is not None:
        during.append(SyncSchemaChange.at <= run.finished_at)
    found = select(SyncSchemaChange).where(*during).order_by(SyncSchemaChange.id)
    return (await session.scalars(found.limit(MOST_LINES))).all()


async def timeline(session: AsyncSession, run_id: int) -> Sequence[SyncRunEvent]:
    """List what happened in a run, in order; of a very long one the latest lines."""
    found = select(SyncRunEvent).where(SyncRunEvent.run_id == run_id)
    latest = await session.scalars(found.order_by(SyncRunEvent.id.desc()).limit(MOST_LINES))
    return latest.all()[::-1]


async def open_runs(session: AsyncSession) -> dict[str, SyncLog]:
    """Find the open run of each object that has one."""
    found = await session.scalars(select(SyncLog).where(SyncLog.status.in_(OPEN)))
    return {run.entity: run for run in found}


async def last_runs(session: AsyncSession) -> dict[str, SyncLog]:
    """Find the last run of each object that has ended."""
    latest = (
        select(func.max(SyncLog.id))
        .where(SyncLog.finished_at.is_not(None))
        .group_by(SyncLog.entity)
    )
    ids = (await session.scalars(latest)).all()
    found = await session.scalars(select(SyncLog).where(SyncLog.id.in_(ids)))
    return {run.entity: run for run in found}


async def quarantine_counts(session: AsyncSession) -> dict[str, int]:
    """Count the rows in quarantine, by object."""
    counted = select(SyncQuarantine.entity, func.count()).group_by(SyncQuarantine.entity)
    return {row[0]: row[1] for row in await session.execute(counted)}


async def _page(
    session: AsyncSession,
    model: type[T],
    wanted: Sequence[ColumnElement[bool]],
    *,
    cursor: int | None,
    limit: int,
) -> tuple[Sequence[T], int | None]:
    found: Select[Any] = select(model).where(*wanted).order_by(model.id.desc()).limit(limit + 1)
    if cursor is not None:
        found = found.where(model.id < cursor)
    rows = (await session.scalars(found)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None
