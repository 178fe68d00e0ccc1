"""Forgetting how far an object is copied, once, when its run begins."""

from sqlalchemy import delete, text, update

from bridge24.core.db import connection, dialect_of, get_engine, transaction
from bridge24.sync import queries
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncLog, SyncMissing, SyncQuarantine
from bridge24.sync.runs import tally


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
        for kept in (SyncMissing, SyncQuarantine):
            await session.execute(delete(kept).where(kept.entity == entity))
        state = await queries.state_of(session, entity)
        state.checkpoint = state.walk_started_at = None
        state.last_full_at = state.cursor_at = None
        state.rows_stored = 0
        await tally.forget(session, entity)
        await session.execute(update(SyncLog).where(SyncLog.id == run_id).values(wipe=None))


async def _drop(entity: str) -> None:
    """Drop an object's tables, and the views on them, which are made again with them."""
    table = table_name(entity, dialect_of(get_engine()))
    quote = get_engine().dialect.identifier_preparer.quote_identifier
    async with connection() as conn:
        for name in (f"{table}_multifields", table):
            await conn.execute(text(f"DROP TABLE IF EXISTS {quote(name)} CASCADE"))
