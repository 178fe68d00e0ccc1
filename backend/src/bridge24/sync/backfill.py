"""Fills the columns of fields that are new here, for rows that were stored before."""

from contextlib import aclosing
from dataclasses import replace

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.db import transaction
from bridge24.sync import queries
from bridge24.sync.evolution import Backfill
from bridge24.sync.progress import RunProgress
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
                await store.columns(page, replace(owed, checkpoint=page.checkpoint))
                if page.checkpoint.finished:
                    break
        await _settle(entity.name, owed)


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
