"""Rows that the portal does not have any more: marked, or taken out."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import column, delete, func, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.layout import Layout
from bridge24.sync.queries import CHUNK, mirrored


async def end(
    session: AsyncSession, layout: Layout, ids: Collection[int], *, seen_at: datetime, hard: bool
) -> tuple[set[int], set[int]]:
    """Mark rows as deleted, or remove them, unless they were read later.

    Returns:
        The ids that were alive until now, and those of which nothing is stored afterwards.
    """
    listed = sorted(ids)
    ended: set[int] = set()
    absent: set[int] = set()
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        alive, gone = await _end(session, layout, part, seen_at=seen_at, hard=hard)
        ended |= alive
        absent |= gone
    return ended, absent


async def _end(
    session: AsyncSession, layout: Layout, ids: Sequence[int], *, seen_at: datetime, hard: bool
) -> tuple[set[int], set[int]]:
    rows = mirrored(layout.table, "_synced_at")
    found = await session.execute(
        select(rows.c.id, rows.c._deleted_at, rows.c._synced_at).where(rows.c.id.in_(ids))
    )
    stored = {int(row[0]): row for row in found}
    older = [row_id for row_id, row in stored.items() if row[2] <= seen_at]
    alive = {row_id for row_id in older if stored[row_id][1] is None}
    absent = set(ids) - stored.keys()
    if hard:
        await _remove(session, layout, older)
        return alive, absent | set(older)
    await session.execute(
        update(rows)
        .where(rows.c.id.in_(older))
        .values(_deleted_at=func.coalesce(rows.c._deleted_at, seen_at), _synced_at=seen_at)
    )
    return alive, absent


async def _remove(session: AsyncSession, layout: Layout, ids: Sequence[int]) -> None:
    rows = mirrored(layout.table)
    await session.execute(delete(rows).where(rows.c.id.in_(ids)))
    if layout.child:
        children = table(layout.child, column("owner_id"))
        await session.execute(delete(children).where(children.c.owner_id.in_(ids)))
