"""Fills the columns of fields that are new here, for rows that were stored before."""

from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.checkpoint import Page
from bridge24.core.db import transaction
from bridge24.sync import evolution, queries
from bridge24.sync.evolution import Backfill
from bridge24.sync.load.columns import fill, narrowed
from bridge24.sync.marks import utc
from bridge24.sync.models import SyncState
from bridge24.sync.policy import still_holds
from bridge24.sync.progress import RunProgress
from bridge24.sync.shape import Shaped
from bridge24.sync.store import Store


async def fill_new_columns(
    client: BitrixClient, entity: crm.Entity, store: Store, progress: RunProgress
) -> None:
    """Read the new fields of all rows, and nothing else, until nothing is owed.

    Each page is stored with how far it has come, so that a pass that was killed goes on.
    Fields that appear meanwhile make it begin again with all of them.
    """
    while owed := await _owed(entity.name):
        codes = [code for code in owed.codes if _has_column(store, code)]
        walk = client.records(entity, select=[entity.id_field, *codes], resume=owed.checkpoint)
        progress.walk = walk
        async with aclosing(aiter(walk)) as pages:
            async for page in pages:
                await store_columns(store, page, replace(owed, checkpoint=page.checkpoint))
                if page.checkpoint.finished:
                    break
        await _settle(entity.name, owed)


async def store_columns(store: Store, page: Page, owed: Backfill) -> bool:
    """Store some columns of rows that are there already, with how far this has come.

    Args:
        store: Where the rows are.
        page: Rows of which only these fields, and the id, were asked for.
        owed: The fields, and where to go on after this page.

    Returns:
        False when further fields appeared: all of them are to be read from the start.
    """
    while True:
        shaped = await store.typist.typed(page.rows, narrowed(store.layout, owed.codes))
        if shaped.misfits:
            store.layout = await evolution.widen(store.entity, store.layout, shaped.misfits)
            continue
        filling = partial(_fill, store, shaped, owed, read_at=utc(page.read_at))
        stored = await store.attempt(filling)
        if stored is not None:
            return stored


async def _fill(
    store: Store,
    shaped: Shaped,
    owed: Backfill,
    session: AsyncSession,
    state: SyncState,
    *,
    read_at: datetime,
) -> bool:
    # Without it, versions begun since they were prepared would miss these cells.
    await store.versions.switch(session, state, store.layout, at=read_at)
    layout = narrowed(store.layout, owed.codes)
    await fill(await session.connection(), layout, shaped, read_at=read_at)
    names = [column.name for column in layout.columns]
    await store.versions.filled(session, shaped.ids, columns=names)
    await still_holds(session, store.entity.name, store.policy)
    current = Backfill.of(state)
    if current is None or current.codes != owed.codes:
        return False
    state.backfill = owed.to_json()
    return True


def _has_column(store: Store, code: str) -> bool:
    return any(column.code == code for column in store.layout.columns)


async def _owed(entity: str) -> Backfill | None:
    async with transaction() as session:
        return Backfill.of(await queries.state_of(session, entity))


async def _settle(entity: str, done: Backfill) -> None:
    """Nothing is owed any more, unless further fields appeared meanwhile."""
    async with transaction() as session:
        state = await queries.locked_state(session, entity)
        owed = Backfill.of(state)
        if owed is not None and set(owed.codes) <= set(done.codes):
            state.backfill = None
