"""SQL over the sync's own tables, and over the ids of mirrored ones."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    MetaData,
    Table,
    delete,
    func,
    select,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.models import SyncMissing, SyncQuarantine, SyncState

CHUNK = 1000


async def state_of(session: AsyncSession, entity: str) -> SyncState:
    """Find how far an object is copied; the first time, make the row."""
    state = await session.get(SyncState, entity)
    if state is not None:
        return state
    # Two may be the first at once.
    with suppress(IntegrityError):
        async with session.begin_nested():
            session.add(SyncState(entity=entity, rows_stored=0))
    return await session.get_one(SyncState, entity)


async def locked_state(session: AsyncSession, entity: str) -> SyncState:
    """Find how far an object is copied, and let nobody else store rows of it meanwhile.

    The end of the transaction lets the next one go on. Where a row was read several times,
    what was read last must win whoever stores first: no two may look and write at once.
    """
    state = await session.get(SyncState, entity, with_for_update=True, populate_existing=True)
    if state is not None:
        return state
    await state_of(session, entity)
    return await session.get_one(SyncState, entity, with_for_update=True, populate_existing=True)


async def stored_count(session: AsyncSession, table: str) -> int:
    """Count the rows of a mirrored table that are not deleted."""
    rows = mirrored(table)
    count = select(func.count()).select_from(rows).where(rows.c._deleted_at.is_(None))
    return await session.scalar(count) or 0


async def highest_id(session: AsyncSession, table: str) -> int:
    """Find the highest id of a mirrored table; 0 when it is empty."""
    return await session.scalar(select(func.max(mirrored(table).c.id))) or 0


async def stored_ids(
    session: AsyncSession, table: str, *, after: int, until: int, before: datetime
) -> Sequence[int]:
    """List the ids above ``after``, up to and with ``until``, that are not deleted.

    Rows read later than ``before`` are left out.
    """
    rows = mirrored(table, "_synced_at")
    found = await session.scalars(
        select(rows.c.id).where(
            rows.c.id > after,
            rows.c.id <= until,
            rows.c._deleted_at.is_(None),
            rows.c._synced_at <= before,
        )
    )
    return found.all()


async def moments_of(
    session: AsyncSession, table: str, column: str, *, ids: Sequence[int]
) -> dict[int, object]:
    """Read when stored rows, not deleted ones, were last modified."""
    rows = mirrored(table, column)
    found = await session.execute(
        select(rows.c.id, rows.c[column]).where(rows.c.id.in_(ids), rows.c._deleted_at.is_(None))
    )
    return {int(row[0]): row[1] for row in found}


async def forget_missing(session: AsyncSession, entity: str) -> None:
    """Start a walk with nothing noted."""
    await session.execute(delete(SyncMissing).where(SyncMissing.entity == entity))


async def missing_count(session: AsyncSession, entity: str) -> int:
    """Count what the walk did not meet."""
    return await session.scalar(select(func.count()).where(SyncMissing.entity == entity)) or 0


async def quarantine(session: AsyncSession, entity: str, rows: Sequence[SyncQuarantine]) -> None:
    """Put rows into quarantine, each once, with the latest reason."""
    latest = {row.row_id: row for row in rows}
    await release(session, entity, latest)
    session.add_all(latest.values())
    await session.flush()


async def release(session: AsyncSession, entity: str, ids: Collection[str]) -> None:
    """Take rows out of quarantine."""
    of_entity: ColumnElement[bool] = SyncQuarantine.entity == entity
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(
            delete(SyncQuarantine).where(of_entity, SyncQuarantine.row_id.in_(part))
        )


async def quarantined_count(session: AsyncSession, entity: str) -> int:
    """Count the rows in quarantine."""
    return await session.scalar(select(func.count()).where(SyncQuarantine.entity == entity)) or 0


@lru_cache(maxsize=128)
def mirrored(table: str, *moments: str) -> Table:
    """Describe the columns every mirrored table has, and further ones that hold moments."""
    return Table(
        table,
        MetaData(),
        SqlColumn("id", BigInteger),
        SqlColumn("_deleted_at", DateTime),
        *(SqlColumn(name, DateTime) for name in moments),
    )
