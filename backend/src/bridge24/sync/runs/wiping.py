"""Forgetting how far an object is copied, once, when its run begins."""

from collections.abc import Iterable

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.sync import queries
from bridge24.sync.audit.models import SyncAudit, SyncFinding
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncLog, SyncMissing, SyncQuarantine, SyncSighting, SyncTombstone
from bridge24.sync.runs import tally
from bridge24.sync.views import keeper

OfEntity = SyncMissing | SyncSighting | SyncAudit | SyncFinding | SyncTombstone | SyncQuarantine
NOTES: tuple[type[OfEntity], ...] = (SyncMissing, SyncSighting, SyncAudit, SyncFinding)
"""About work under way: it begins anew."""
ROWS: tuple[type[OfEntity], ...] = (SyncTombstone, SyncQuarantine)
"""About rows: they go with the table."""
FORGOTTEN = (
    *("checkpoint", "walk_started_at", "last_full_at", "cursor_at"),
    *("digest", "recent_after", "recent_at", "backfill"),
)


async def wipe(entity: str, run_id: int) -> None:
    """Drop what the run was asked to drop; after a crash nothing is dropped twice.

    The caller holds the object's lock.
    """
    async with transaction() as session:
        wanted = (await session.get_one(SyncLog, run_id)).wipe
    if wanted is None:
        return
    if wanted == "table":
        await _drop(entity)
    async with transaction() as session:
        await _forget(session, entity, kept=NOTES if wanted == "state" else [*NOTES, *ROWS])
        if wanted == "table":
            # The versions went with it.
            (await queries.locked_state(session, entity)).history_since = None
        await session.execute(update(SyncLog).where(SyncLog.id == run_id).values(wipe=None))


async def _forget(session: AsyncSession, entity: str, *, kept: Iterable[type[OfEntity]]) -> None:
    for each in kept:
        await session.execute(delete(each).where(each.entity == entity))
    state = await queries.locked_state(session, entity)
    state.rows_stored = 0
    for name in FORGOTTEN:
        setattr(state, name, None)
    await tally.forget(session, entity)


async def _drop(entity: str) -> None:
    """Drop an object's tables, and the views on them, which are made again with them."""
    table = table_name(entity, dialect_of(get_engine()))
    await keeper.drop(f"{table}_multifields", f"{table}_history", table)
