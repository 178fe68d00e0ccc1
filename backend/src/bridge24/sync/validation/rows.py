"""SQL over whole stored rows."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TableClause, column, func, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.layout import Layout
from bridge24.sync.queries import CHUNK, mirrored
from bridge24.sync.validation.meaning import Child


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A whole row, and what its child table holds."""

    values: Mapping[str, Any]
    children: Sequence[Child]

    @property
    def is_deleted(self) -> bool:
        """Whether it is marked as deleted in the portal."""
        return self.values["_deleted_at"] is not None

    @property
    def synced_at(self) -> datetime:
        """When the portal was read for it, by its own clock."""
        moment: datetime = self.values["_synced_at"]
        return moment


async def stored_rows(
    session: AsyncSession, layout: Layout, ids: Collection[int]
) -> dict[int, StoredRow]:
    """Read rows whole, those marked as deleted too."""
    rows = _table(layout)
    found: dict[int, StoredRow] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        children = await _children(session, layout, part)
        told = await session.execute(select(*rows.c).where(rows.c.id.in_(part)))
        for values in told.mappings():
            row_id = int(values["id"])
            found[row_id] = StoredRow(dict(values), children.get(row_id, []))
    return found


async def some_ids(session: AsyncSession, layout: Layout, *, number: int) -> list[int]:
    """Draw rows that are not deleted, from all over the table, by their key's index."""
    rows = mirrored(layout.table)
    alive = rows.c._deleted_at.is_(None)
    low, high = (await session.execute(select(func.min(rows.c.id), func.max(rows.c.id)))).one()
    if low is None or not number:
        return []
    dice = random.Random()
    drawn: set[int] = set()
    for _ in range(number):
        query = select(rows.c.id).where(rows.c.id >= dice.randint(int(low), int(high)), alive)
        row_id = await session.scalar(query.order_by(rows.c.id).limit(1))
        if row_id is not None:
            drawn.add(int(row_id))
    return sorted(drawn)


async def distrust(session: AsyncSession, layout: Layout, ids: Collection[int]) -> None:
    """Forget the digests of rows, so that the next read is written whatever they say.

    A value altered by somebody else leaves its row's digest as it was.
    """
    rows = table(layout.table, column("id"), column("_raw_hash"))
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(update(rows).where(rows.c.id.in_(part)).values(_raw_hash=""))


async def _children(
    session: AsyncSession, layout: Layout, ids: Sequence[int]
) -> dict[int, list[Child]]:
    if layout.child is None:
        return {}
    names = ("owner_id", "type_id", "value_type", "value")
    rows = table(layout.child, *(column(name) for name in names))
    told = await session.execute(select(*rows.c).where(rows.c.owner_id.in_(ids)))
    found: dict[int, list[Child]] = {}
    for owner, type_id, kind, value in told:
        found.setdefault(int(owner), []).append((type_id or "", kind or "", value or ""))
    return found


def _table(layout: Layout) -> TableClause:
    names = [*(each.name for each in layout.columns), "_synced_at", "_deleted_at"]
    return table(layout.table, *(column(name) for name in names))
