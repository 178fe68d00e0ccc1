"""Keeps figures that are dear to compute, at the moment a run knows them."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.database_clock import database_moment
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.core.errors import DatabaseError
from bridge24.core.jobs import persist
from bridge24.sync import queries
from bridge24.sync.fields import table_name
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.runs.models import Status, SyncTally


async def rows_after(progress: RunProgress, *, status: Status) -> int | None:
    """Count the rows of a run's table; None where it cannot have changed, or not be counted."""
    changed = progress.inserted or progress.deleted or progress.mode is not SyncMode.INCREMENTAL
    if not changed or status is Status.QUEUED:
        return None
    # There may be no table yet.
    with suppress(DatabaseError):
        return await persist(lambda: _count(progress.entity))
    return None


async def add(
    session: AsyncSession, progress: RunProgress, *, status: Status, rows_here: int | None
) -> None:
    """Add a run's figures to its object's.

    In the transaction that ends the run: an object is never shown with the run over and its
    rows not yet counted.
    """
    row, now = await tally_of(session, progress.entity), await database_moment(session)
    row.http_calls += progress.calls
    row.rows_written += progress.inserted + progress.updated
    row.runs += status is not Status.QUEUED
    row.failures += status is Status.FAILED
    if rows_here is not None:
        row.rows_here, row.here_at = rows_here, now
    if status is not Status.SUCCEEDED:
        return
    row.looked_at = now
    if progress.mode is SyncMode.FULL and progress.rows_in_portal is None:
        progress.rows_in_portal = progress.read + progress.resumed_rows
    if progress.rows_in_portal is not None:
        row.rows_in_portal, row.portal_at = progress.rows_in_portal, now


async def looked(entities: Iterable[str]) -> None:
    """Note that changes were looked for now, and there were none."""
    async with transaction() as session:
        now = await database_moment(session)
        for entity in sorted(entities):
            (await tally_of(session, entity)).looked_at = now


async def forget(session: AsyncSession, entity: str) -> None:
    """Begin anew: the table was dropped or is to be filled again."""
    row = await tally_of(session, entity)
    row.rows_here = row.here_at = row.looked_at = None


async def tally_of(session: AsyncSession, entity: str) -> SyncTally:
    """Find the figures of an object; the first time, make the row."""
    row = await session.get(SyncTally, entity)
    if row is None:
        row = SyncTally(entity=entity, runs=0, failures=0, rows_written=0, http_calls=0)
        session.add(row)
        await session.flush()
    return row


async def _count(entity: str) -> int:
    async with transaction() as session:
        return await queries.stored_count(session, table_name(entity, dialect_of(get_engine())))
