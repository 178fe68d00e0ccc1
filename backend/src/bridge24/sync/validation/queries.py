"""SQL over comparisons and what they found."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs import Job, State
from bridge24.sync.queries import CHUNK
from bridge24.sync.validation.errors import NoSuchValidation
from bridge24.sync.validation.judging import Difference
from bridge24.sync.validation.models import SyncDifference, SyncValidation

KEPT = 20
"""Comparisons of an object; older ones go with their differences."""


async def validation_named(session: AsyncSession, validation_id: int) -> SyncValidation:
    """Find a comparison.

    Raises:
        NoSuchValidation: There is none of that number.
    """
    found = await session.get(SyncValidation, validation_id)
    if found is None:
        raise NoSuchValidation(validation_id=validation_id)
    return found


async def open_for(session: AsyncSession, entity: str) -> SyncValidation | None:
    """Find the comparison of an object that is queued or under way."""
    found = await session.scalars(select(SyncValidation).where(SyncValidation.open_for == entity))
    return found.first()


async def all_open(session: AsyncSession) -> Sequence[SyncValidation]:
    """Find every comparison that is queued or under way."""
    found = await session.scalars(
        select(SyncValidation).where(SyncValidation.open_for.is_not(None))
    )
    return found.all()


async def is_carried_out(session: AsyncSession, key: str) -> bool:
    """Say whether a job of a key waits or runs."""
    alive = Job.state.in_([State.QUEUED, State.RUNNING])
    return await session.scalar(select(Job.id).where(Job.key == key, alive).limit(1)) is not None


async def latest(session: AsyncSession) -> Sequence[SyncValidation]:
    """Find the last comparison of every object."""
    newest = select(func.max(SyncValidation.id)).group_by(SyncValidation.entity)
    found = await session.scalars(
        select(SyncValidation).where(SyncValidation.id.in_(newest)).order_by(SyncValidation.entity)
    )
    return found.all()


async def prune(session: AsyncSession, entity: str) -> None:
    """Forget old comparisons of an object."""
    ids = await session.scalars(
        select(SyncValidation.id)
        .where(SyncValidation.entity == entity, SyncValidation.open_for.is_(None))
        .order_by(SyncValidation.id.desc())
        .offset(KEPT)
    )
    for old in ids.all():
        await session.execute(delete(SyncDifference).where(SyncDifference.validation_id == old))
        await session.execute(delete(SyncValidation).where(SyncValidation.id == old))


async def keep(
    session: AsyncSession, validation: SyncValidation, found: Sequence[Difference]
) -> None:
    """Keep differences."""
    rows = [
        {
            "validation_id": validation.id,
            "entity": validation.entity,
            "row_id": each.row_id,
            "kind": each.kind,
            "column_name": each.column,
            "portal_value": each.portal,
            "stored_value": each.stored,
        }
        for each in found
    ]
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(SyncDifference), rows[start : start + CHUNK])


async def drop(session: AsyncSession, validation_id: int, ids: Collection[int]) -> None:
    """Forget what was said of rows."""
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(
            delete(SyncDifference).where(
                SyncDifference.validation_id == validation_id, SyncDifference.row_id.in_(part)
            )
        )


async def drop_all(session: AsyncSession, validation_id: int) -> None:
    """Begin a comparison with no differences."""
    await session.execute(
        delete(SyncDifference).where(SyncDifference.validation_id == validation_id)
    )


async def differing_ids(
    session: AsyncSession, validation_id: int, *, after: int, limit: int, open_only: bool = False
) -> Sequence[int]:
    """List rows that differ, each once, by id."""
    query = select(SyncDifference.row_id).where(
        SyncDifference.validation_id == validation_id, SyncDifference.row_id > after
    )
    if open_only:
        query = query.where(SyncDifference.repaired_at.is_(None))
    found = await session.scalars(query.distinct().order_by(SyncDifference.row_id).limit(limit))
    return found.all()


async def differing_count(
    session: AsyncSession, validation_id: int, *, kind: str | None = None, open_only: bool = False
) -> int:
    """Count rows that differ, each once."""
    query = select(func.count(SyncDifference.row_id.distinct())).where(
        SyncDifference.validation_id == validation_id
    )
    if kind is not None:
        query = query.where(SyncDifference.kind == kind)
    if open_only:
        query = query.where(SyncDifference.repaired_at.is_(None))
    return await session.scalar(query) or 0


async def unrepaired(session: AsyncSession, validation_ids: Collection[int]) -> dict[int, int]:
    """Count rows that differ and are not repaired, each once, of several comparisons."""
    rows = func.count(SyncDifference.row_id.distinct())
    found = await session.execute(
        select(SyncDifference.validation_id, rows)
        .where(
            SyncDifference.validation_id.in_(validation_ids),
            SyncDifference.repaired_at.is_(None),
        )
        .group_by(SyncDifference.validation_id)
    )
    return {int(each[0]): int(each[1]) for each in found}


async def differences(
    session: AsyncSession, validation_id: int, *, cursor: int | None, limit: int
) -> tuple[Sequence[SyncDifference], int | None]:
    """List differences, and where the next page begins."""
    found = await session.scalars(
        select(SyncDifference)
        .where(SyncDifference.validation_id == validation_id, SyncDifference.id > (cursor or 0))
        .order_by(SyncDifference.id)
        .limit(limit + 1)
    )
    listed = found.all()
    return listed[:limit], listed[limit - 1].id if len(listed) > limit else None


async def repaired(
    session: AsyncSession, validation_id: int, ids: Collection[int], *, at: datetime
) -> None:
    """Say that rows are equal now."""
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(
            update(SyncDifference)
            .where(SyncDifference.validation_id == validation_id, SyncDifference.row_id.in_(part))
            .values(repaired_at=at)
        )
