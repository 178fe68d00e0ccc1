"""A full walk over one CRM object: copy, check what an interruption left behind, finish."""

from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span, without
from bridge24.bitrix.listing import Row
from bridge24.bitrix.pages import beginning
from bridge24.core.db import transaction
from bridge24.sync import queries
from bridge24.sync.ahead import one_ahead
from bridge24.sync.backfill import fill_new_columns
from bridge24.sync.errors import TooManyMissing
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.models import SyncState
from bridge24.sync.probe import modified_since
from bridge24.sync.progress import Phase, RunProgress
from bridge24.sync.quiet import digest_of, is_short
from bridge24.sync.recent import RECENT, parted, recent_after
from bridge24.sync.store import Store

# So many rows do not vanish in one day; they lose their reader's rights.
MISSING_SHARE = 0.2
MISSING_FEW = 20

# What the portal has just written may not be readable at once.
OVERLAP = timedelta(minutes=5)


class FullWalk:
    """One walk over an object, begun or gone on with.

    Rows are copied range by range. An interrupted walk goes on with the ranges it still
    owes; the ranges copied before are only asked for their ids, to find what was deleted
    meanwhile. At the end come the rows that were edited while the walk went on.
    """

    def __init__(
        self,
        client: BitrixClient,
        entity: crm.Entity,
        progress: RunProgress,
        *,
        pages_per_call: int,
        walks_beside: int,
        accept_deletions: bool,
    ) -> None:
        self._client = client
        self._entity = entity
        self._progress = progress
        self._pages_per_call = pages_per_call
        self._walks_beside = walks_beside
        self._accept_deletions = accept_deletions
        self._began = datetime.min
        self._recent_after: int | None = None

    async def run(self) -> None:
        """Walk to the end."""
        self._progress.phase = Phase.PREPARING
        layout, at = await layout_of(self._client, self._entity)
        self._entity = await asked(self._entity, layout)
        checkpoint = await self._begin(at=at)
        store = await Store.open(self._entity, layout, self._progress, relayout=self._relayout)

        self._progress.phase = Phase.COPYING
        owed = await self._copy_recent(store, checkpoint)
        digest = await self._copy(store, owed)
        self._progress.phase = Phase.FINISHING
        await self._check(store, checkpoint)
        if self._entity.modified_filter:
            await self._catch_up(store, since=self._began - OVERLAP)
        await fill_new_columns(self._client, self._entity, store, self._progress)
        await self._finish(store, digest=digest)

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout

    async def _begin(self, *, at: datetime) -> Checkpoint:
        """Where to go on."""
        name = self._entity.name
        async with transaction() as session:
            # What was noted in ranges copied before is found again, or found to be back.
            await queries.forget_missing(session, name)
            state = await queries.locked_state(session, name)
            self._began = state.walk_started_at or at
            self._recent_after = state.recent_after
            if state.checkpoint is not None:
                self._progress.resumed_rows = state.rows_stored
                return Checkpoint.from_json(state.checkpoint)
            is_first = state.last_full_at is None
        self._began = at
        if is_first:
            # Asked outside of any transaction: the portal may take its time.
            self._recent_after = await recent_after(self._client, self._entity, since=at - RECENT)
        async with transaction() as session:
            checkpoint = beginning(self._entity)
            state = await queries.locked_state(session, name)
            state.checkpoint = checkpoint.to_json()
            state.walk_started_at, state.rows_stored = at, 0
            state.recent_after = self._recent_after
            # Every row is about to be read with all its fields.
            state.backfill = None
            return checkpoint

    async def _copy_recent(self, store: Store, checkpoint: Checkpoint) -> Checkpoint:
        """Copy the newest rows and those edited lately before all others, the first time.

        The newest are a range of ids and read once. Of the older ones only those edited
        lately are read now, and once more when their range is.

        Returns:
            What is owed afterwards.
        """
        split = self._recent_after
        if split is None:
            return checkpoint
        older, newer = parted(checkpoint.spans, split)
        await self._copy(store, Checkpoint(checkpoint.entity, newer), kept=older)
        edited = self._client.records(
            self._entity,
            filter=modified_since(self._entity, self._began - RECENT),
            resume=Checkpoint(checkpoint.entity, (Span(0, split),)),
        )
        self._progress.walk = edited
        async with aclosing(aiter(edited)) as pages:
            async for page in pages:
                await store.again(page.rows, read_at=page.read_at)
        async with transaction() as session:
            state = await queries.locked_state(session, self._entity.name)
            state.recent_after, state.recent_at = None, self._began
        return Checkpoint(checkpoint.entity, older)

    async def _copy(
        self, store: Store, checkpoint: Checkpoint, *, kept: tuple[Span, ...] = ()
    ) -> str | None:
        """Copy what a checkpoint owes.

        Args:
            store: Takes the rows.
            checkpoint: What to read.
            kept: Ranges below it that are owed besides and not read now.

        Returns:
            The digest of a short list that was read whole.
        """
        if checkpoint.finished:
            return None
        walk = self._client.records(
            self._entity,
            resume=checkpoint,
            pages_per_call=self._pages_per_call,
            walks_beside=self._walks_beside,
        )
        self._progress.walk = walk
        owed = checkpoint.spans
        ids: list[int] = []
        rows: list[Row] = []
        read_at: datetime | None = None

        def meet(page: Page) -> None:
            store.typist.begin(page.rows, store.layout)

        async with aclosing(one_ahead(aiter(walk), meet, store.typist.leisure)) as pages:
            async for page in pages:
                left = page.checkpoint
                both = Checkpoint(left.entity, (*kept, *left.spans), left.start)
                await store.page(replace(page, checkpoint=both), covered=_settled(owed, left.spans))
                owed = left.spans
                ids += self._ids(page) if checkpoint.start is not None else []
                rows += page.rows if is_short(self._entity, len(rows)) else []
                read_at = read_at or page.read_at
        if checkpoint.start == 0 and read_at:
            # A short list without id ranges: only its end tells what is gone.
            await store.note_missing(ids, covered=[Span(0, None)], seen_at=read_at)
        is_whole = checkpoint == beginning(self._entity) and is_short(self._entity, len(rows))
        return digest_of(self._entity, rows) if is_whole else None

    def _ids(self, page: Page) -> list[int]:
        return [int(row[self._entity.id_field]) for row in page.rows]

    async def _check(self, store: Store, checkpoint: Checkpoint) -> None:
        """Find what was deleted in the ranges an earlier, interrupted run had copied."""
        owed = _settled(beginning(self._entity).spans, checkpoint.spans)
        if not owed or checkpoint.start is not None:
            return
        copied = Checkpoint(self._entity.name, tuple(owed))
        walk = self._client.records(self._entity, select=[self._entity.id_field], resume=copied)
        async with aclosing(aiter(walk)) as pages:
            async for page in pages:
                await store.note_missing(
                    self._ids(page),
                    covered=_settled(owed, page.checkpoint.spans),
                    seen_at=page.read_at,
                )
                owed = page.checkpoint.spans

    async def _catch_up(self, store: Store, *, since: datetime) -> None:
        """Read again what was edited after the walk had passed it."""
        walk = self._client.records(self._entity, filter=modified_since(self._entity, since))
        async with aclosing(aiter(walk)) as pages:
            async for page in pages:
                await store.again(page.rows, read_at=page.read_at)

    async def _finish(self, store: Store, *, digest: str | None) -> None:
        entity = self._entity.name

        async def work(session: AsyncSession, state: SyncState) -> tuple[int, int]:
            state.checkpoint, state.last_full_at = None, state.walk_started_at
            state.digest = digest
            missing = await queries.missing_count(session, entity)
            stored = await queries.stored_count(session, store.layout.table) if missing else 0
            if missing and not self._is_suspicious(missing, stored):
                await store.delete_missing(session, state)
            return missing, stored

        missing, stored = await store.alone(work)
        if self._is_suspicious(missing, stored):
            raise TooManyMissing(entity=entity, missing=missing, stored=stored)

    def _is_suspicious(self, missing: int, stored: int) -> bool:
        most = max(MISSING_FEW, MISSING_SHARE * stored)
        return missing > most and not self._accept_deletions


def _settled(before: tuple[Span, ...], after: tuple[Span, ...]) -> tuple[Span, ...]:
    """The ranges owed before and not after."""
    settled = before
    for span in after:
        settled = without(settled, span)
    return settled
