"""Reads again what changed since the last time, by the portal's own clock."""

from contextlib import aclosing
from datetime import datetime, timedelta

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.bitrix.checkpoint import Page
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.sync import probe, queries
from bridge24.sync.errors import NeverCopied
from bridge24.sync.fields import table_name
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.names import snake_case
from bridge24.sync.probe import Changes, Question, modified_since
from bridge24.sync.progress import Phase, RunProgress
from bridge24.sync.store import Store

LOOKBACK = timedelta(minutes=5)
"""What the portal has just written may not be readable at once."""

UNSETTLED = timedelta(seconds=2)
"""Modification times end at whole seconds: a row may change twice within one."""


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
        cursor = await self._cursor()
        (answer,) = await probe.changed(
            self._client, [Question(self._entity, since=cursor - LOOKBACK)]
        )
        if isinstance(answer, BitrixError):
            raise answer
        if await self._is_known(answer, cursor=cursor):
            await self._move_cursor(answer.at)
            return
        await self._read_again(since=cursor - LOOKBACK)

    async def _cursor(self) -> datetime:
        async with transaction() as session:
            state = await queries.state_of(session, self._entity.name)
            moments = [moment for moment in (state.cursor_at, state.last_full_at) if moment]
            if not moments:
                raise NeverCopied(entity=self._entity.name)
            return max(moments)

    async def _is_known(self, changes: Changes, *, cursor: datetime) -> bool:
        """Whether every change the portal names is stored already.

        Rows changed just before the last pass looked are read again in any case: they may
        have changed once more within the same second.
        """
        if not changes.complete:
            return False
        if any(moment >= cursor - UNSETTLED for moment in changes.modified.values()):
            return False
        table = table_name(self._entity.name, dialect_of(get_engine()))
        column = snake_case(self._entity.modified_field or "")
        async with transaction() as session:
            stored = await queries.moments_of(session, table, column, ids=list(changes.modified))
        return stored == changes.modified

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
            await self._move_cursor(at)

    async def _move_cursor(self, at: datetime) -> None:
        async with transaction() as session:
            state = await queries.state_of(session, self._entity.name)
            state.cursor_at = at

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout
