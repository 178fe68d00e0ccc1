"""Reads again what changed since the last time, by the portal's own clock."""

from contextlib import aclosing
from datetime import datetime

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.bitrix.checkpoint import Page
from bridge24.core.db import transaction
from bridge24.sync import probe, queries, quiet
from bridge24.sync.backfill import fill_new_columns
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.probe import Question, modified_since
from bridge24.sync.progress import Phase, RunProgress
from bridge24.sync.store import Store


class IncrementalPass:
    """One pass over what changed in an object.

    The cursor says up to which moment of the portal's clock every change is stored. It
    moves in the transaction of the last rows, to the moment at which the portal was asked,
    so a pass that is killed is simply made again.
    """

    def __init__(self, client: BitrixClient, entity: crm.Entity, progress: RunProgress) -> None:
        self._client = client
        self._entity = entity
        self._progress = progress

    async def run(self) -> None:
        """Make the pass; one HTTP call when nothing changed.

        Raises:
            NeverCopied: There is no full copy yet that changes could be added to.
        """
        self._progress.phase = Phase.PREPARING
        async with transaction() as session:
            cursor = await quiet.cursor_of(session, self._entity.name)
        (answer,) = await probe.changed(self._client, [Question(self._entity, since=cursor.since)])
        if isinstance(answer, BitrixError):
            raise answer
        if await quiet.is_known(self._entity, answer, cursor=cursor):
            await quiet.move_cursor(self._entity.name, answer.at)
            if not await self._owes_columns():
                return
        await self._read_again(since=cursor.since)

    async def _read_again(self, *, since: datetime) -> None:
        layout, at = await layout_of(self._client, self._entity)
        self._entity = await asked(self._entity, layout)
        store = await Store.open(self._entity, layout, self._progress, relayout=self._relayout)
        self._progress.phase = Phase.COPYING
        walk = self._client.records(self._entity, filter=modified_since(self._entity, since))
        self._progress.walk = walk
        held: Page | None = None
        async with aclosing(aiter(walk)) as pages:
            async for page in pages:
                if held:
                    await store.again(held.rows, read_at=held.read_at)
                held = page
                self._progress.read += len(page.rows)
        if held:
            await store.again(held.rows, read_at=held.read_at, cursor_at=at)
        else:
            await quiet.move_cursor(self._entity.name, at)
        await fill_new_columns(self._client, self._entity, store, self._progress)

    async def _owes_columns(self) -> bool:
        async with transaction() as session:
            return (await queries.state_of(session, self._entity.name)).backfill is not None

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout
