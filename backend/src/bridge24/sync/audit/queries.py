"""SQL over stored rows as an audit compares them, and over what it has found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Select, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix.checkpoint import Span
from bridge24.sync.audit.findings import Kind, Stored
from bridge24.sync.audit.models import SyncAudit, SyncFinding
from bridge24.sync.queries import CHUNK, mirrored

StoredRow = tuple[int, Stored]


async def audit_of(session: AsyncSession, entity: str) -> SyncAudit:
    """Find how far an object's audit has come; the first time, make the row."""
    audit = await session.get(SyncAudit, entity)
    if audit is None:
        audit = SyncAudit(entity=entity)
        session.add(audit)
        await session.flush()
    return audit


async def stored_after(
    session: AsyncSession, table: str, modified: str, *, span: Span, limit: int
) -> dict[int, Stored]:
    """Read the first rows of an id range, in the order of their ids."""
    query = _rows(table, modified)
    row_id = query.selected_columns[0]
    query = query.where(row_id > span.after)
    if span.until is not None:
        query = query.where(row_id <= span.until)
    return _told(await session.execute(query.order_by(row_id).limit(limit)))


async def stored_of(
    session: AsyncSession, table: str, modified: str, *, ids: Collection[int]
) -> dict[int, Stored]:
    """Read some rows."""
    query = _rows(table, modified)
    found: dict[int, Stored] = {}
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        found |= _told(await session.execute(query.where(query.selected_columns[0].in_(part))))
    return found


def _rows(table: str, modified: str) -> Select[tuple[int, datetime, datetime, datetime]]:
    rows = mirrored(table, modified, "_synced_at")
    return select(rows.c.id, rows.c[modified], rows.c._synced_at, rows.c._deleted_at)


def _told(found: object) -> dict[int, Stored]:
    rows = cast("Sequence[tuple[int, datetime, datetime, datetime | None]]", found)
    return {
        int(row_id): Stored(modified, synced_at, deleted_at is not None)
        for row_id, modified, synced_at, deleted_at in rows
    }


async def note(
    session: AsyncSession, entity: str, found: Mapping[int, Kind], *, seen_at: datetime
) -> None:
    """Keep what is to be looked at again; of a row the latest finding counts."""
    await settle(session, entity, found)
    rows = [
        {"entity": entity, "row_id": row_id, "kind": kind, "seen_at": seen_at}
        for row_id, kind in found.items()
    ]
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(SyncFinding), rows[start : start + CHUNK])


async def settle(session: AsyncSession, entity: str, ids: Collection[int]) -> None:
    """Forget findings that are dealt with."""
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(
            delete(SyncFinding).where(SyncFinding.entity == entity, SyncFinding.row_id.in_(part))
        )


async def forget(session: AsyncSession, entity: str) -> None:
    """Begin with nothing found."""
    await session.execute(delete(SyncFinding).where(SyncFinding.entity == entity))


async def found(
    session: AsyncSession, entity: str, *kinds: Kind, limit: int, after: int = 0
) -> dict[int, SyncFinding]:
    """List findings of some kinds by id."""
    listed = await session.scalars(
        select(SyncFinding)
        .where(
            SyncFinding.entity == entity, SyncFinding.kind.in_(kinds), SyncFinding.row_id > after
        )
        .order_by(SyncFinding.row_id)
        .limit(limit)
    )
    return {finding.row_id: finding for finding in listed}


async def counts(session: AsyncSession, entity: str) -> dict[Kind, int]:
    """Count the findings by kind."""
    told = await session.execute(
        select(SyncFinding.kind, func.count())
        .where(SyncFinding.entity == entity)
        .group_by(SyncFinding.kind)
    )
    return {Kind(kind): int(number) for kind, number in told}


async def become(session: AsyncSession, entity: str, ids: Collection[int], *, kind: Kind) -> None:
    """Say something else of findings."""
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(
            update(SyncFinding)
            .where(SyncFinding.entity == entity, SyncFinding.row_id.in_(part))
            .values(kind=kind)
        )


async def ask_again(session: AsyncSession, entity: str) -> None:
    """Let everything be asked for once more that the portal did not have a while ago."""
    await session.execute(
        update(SyncFinding)
        .where(SyncFinding.entity == entity, SyncFinding.kind == Kind.ABSENT)
        .values(kind=Kind.GONE)
    )


async def cuts(
    session: AsyncSession, table: str, column: str, *, parts: int
) -> list[tuple[object, int]]:
    """Part the rows that are not deleted by a column, into parts of about the same size.

    Returns:
        For each part the highest value in it, and how many rows lie up to and with it.
    """
    rows = mirrored(table, column) if column != "id" else mirrored(table)
    by = rows.c[column]
    ranked = (
        select(
            by.label("value"),
            func.ntile(parts).over(order_by=by).label("part"),
            func.count().over(order_by=by, range_=(None, 0)).label("so_far"),
        )
        .where(rows.c._deleted_at.is_(None), by.is_not(None))
        .subquery()
    )
    told = await session.execute(
        select(func.max(ranked.c.value), func.max(ranked.c.so_far))
        .group_by(ranked.c.part)
        .order_by(func.max(ranked.c.value))
    )
    distinct = {value: int(so_far) for value, so_far in told}
    return list(distinct.items())


async def in_range(
    session: AsyncSession, table: str, modified: str, *, span: Span, since: datetime
) -> tuple[int, datetime | None, int]:
    """Count the rows of an id range that are not deleted, name the latest modification, and
    count the rows, deleted ones too, that were read later than ``since``."""
    rows = mirrored(table, modified, "_synced_at")
    alive = rows.c._deleted_at.is_(None)
    query = select(
        func.coalesce(func.sum(case((alive, 1), else_=0)), 0),
        func.max(case((alive, rows.c[modified]))),
        func.coalesce(func.sum(case((rows.c._synced_at > since, 1), else_=0)), 0),
    ).where(rows.c.id > span.after)
    if span.until is not None:
        query = query.where(rows.c.id <= span.until)
    count, latest, later = (await session.execute(query)).one()
    return int(count), latest, int(later)
