"""Full and incremental passes over objects that no single list of the portal holds.

They store through the same ``Store`` as every other object: what was read last wins, and
what is gone is deleted as the owner of the database wants it.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.checkpoint import Checkpoint, Span
from bridge24.bitrix.pages import beginning
from bridge24.core.db import transaction
from bridge24.sync import queries
from bridge24.sync.audit.queries import audit_of
from bridge24.sync.entities import known_entities
from bridge24.sync.errors import NeverCopied, TooManyMissing
from bridge24.sync.full import MISSING_FEW, MISSING_SHARE
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import layout_of
from bridge24.sync.models import SyncState
from bridge24.sync.objects import stored
from bridge24.sync.objects.children import Links, Owned
from bridge24.sync.objects.divided import OfCatalogues
from bridge24.sync.objects.lots import Lot
from bridge24.sync.objects.sources import Source, source_of
from bridge24.sync.progress import Phase, RunProgress
from bridge24.sync.store import Store

LOOKBACK = timedelta(minutes=5)
"""What the portal has just written may not be readable at once."""


async def source_pass(
    client: BitrixClient,
    entity: crm.Entity,
    progress: RunProgress,
    *,
    accept_deletions: bool = False,
) -> "SourcePass | None":
    """Prepare a pass over an object; None when it is walked like most."""
    source = source_of(entity, listed=await known_entities())
    if source is None:
        return None
    return SourcePass(client, source, progress, accept_deletions=accept_deletions)


class SourcePass:
    """One pass over an object that has a source of its own."""

    def __init__(
        self,
        client: BitrixClient,
        source: Source,
        progress: RunProgress,
        *,
        accept_deletions: bool = False,
    ) -> None:
        self._client = client
        self._source = source
        self._progress = progress
        self._accept_deletions = accept_deletions

    @property
    def _entity(self) -> crm.Entity:
        return self._source.entity

    async def whole(self) -> None:
        """Read everything and make the table equal to the portal.

        Children go on with the owners an interrupted pass did not reach; the rest is short
        enough to begin again.

        Raises:
            TooManyMissing: So many rows are gone that their reader may have lost rights.
        """
        store, at = await self._open()
        if isinstance(self._source, Owned):
            await self._walk_owners(self._source, store, at=at)
        else:
            await self._read_all(self._source.whole(self._client), store, at=at)
        self._progress.phase = Phase.FINISHING
        async with transaction() as session:
            state = await queries.locked_state(session, self._entity.name)
            state.checkpoint, state.last_full_at = None, state.walk_started_at
        await self._settle(store)

    async def audit(self) -> None:
        """Find what was deleted or missed without asking every owner; else read everything.

        A link that was added or removed is seen while walking over the owners, 2,500 a call.
        Product rows are not: those of owners edited since, gone, or stored since are found.

        Raises:
            NeverCopied: There is no full copy yet.
            TooManyMissing: So many rows are gone that their reader may have lost rights.
        """
        if not isinstance(self._source, Owned):
            await self.whole()
            return
        await self.changes()
        store, at = await self._open()
        async with transaction() as session:
            await queries.forget_missing(session, self._entity.name)
        await self._compare(self._source, store)
        await self._ask_late(self._source, store)
        await self._settle(store)
        async with transaction() as session:
            audit = await audit_of(session, self._entity.name)
            audit.finished_at = at.astimezone(UTC).replace(tzinfo=None)

    async def changes(self) -> None:
        """Read what changed since the last pass; all of it where nothing tells what did.

        Raises:
            NeverCopied: There is no full copy yet that changes could be added to.
        """
        source = self._source
        if not isinstance(source, Owned | OfCatalogues) or not source.tells_changes:
            await self.whole()
            return
        lots = source.since(self._client, await self._cursor() - LOOKBACK)
        store, at = await self._open()
        async with aclosing(lots):
            async for lot in lots:
                await self._store(store, lot)
        if isinstance(source, Owned):
            await self._drop_orphans(source, store)
        async with transaction() as session:
            state = await queries.locked_state(session, self._entity.name)
            state.cursor_at = at

    async def of(self, owners: Sequence[int]) -> None:
        """Read the rows of some owners again, because they were changed or deleted."""
        if isinstance(self._source, Owned):
            store, _ = await self._open()
            async for lot in self._source.of(self._client, owners):
                await self._store(store, lot)

    async def _open(self) -> tuple[Store, datetime]:
        self._progress.phase = Phase.PREPARING
        layout, at = await layout_of(self._client, self._entity)
        await stored.index(layout.table, self._source.indexed)
        self._progress.phase = Phase.COPYING
        return await Store.open(self._entity, layout, self._progress, relayout=self._relayout), at

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout

    async def _cursor(self) -> datetime:
        async with transaction() as session:
            state = await queries.state_of(session, self._entity.name)
            moments = [moment for moment in (state.cursor_at, state.last_full_at) if moment]
        if not moments:
            raise NeverCopied(entity=self._entity.name)
        return max(moments)

    async def _walk_owners(self, source: Owned, store: Store, *, at: datetime) -> None:
        resume = await self._begin(source, at=at)
        lots = source.whole(self._client, resume=resume)
        async with aclosing(lots):
            async for lot in lots:
                await self._store(store, lot, spans=lot.spans)
                async with transaction() as session:
                    state = await queries.locked_state(session, self._entity.name)
                    state.checkpoint = lot.checkpoint.to_json() if lot.checkpoint else None
                    state.rows_stored += len(lot.rows)
        if resume.spans != beginning(source.owners).spans:
            # Owners may have been deleted where the interrupted pass had been already.
            await self._compare(source, store)

    async def _compare(self, source: Owned, store: Store) -> None:
        table, column = store.layout.table, source.owner

        async def members(owners: Sequence[int]) -> Mapping[int, set[int]]:
            return await stored.members(table, column, source.indexed[1], owners=owners)

        lots = source.compared(self._client, members)
        async with aclosing(lots):
            async for lot in lots:
                await self._store(store, lot, spans=lot.spans)

    async def _ask_late(self, source: Owned, store: Store) -> None:
        """Ask owners that came to us after the last look, and of whose rows we know none.

        A record that is shown to us again, or comes back from the recycle bin, has its old
        moment of modification.
        """
        if isinstance(source, Links):
            return
        async with transaction() as session:
            state = await queries.state_of(session, self._entity.name)
            audit = await audit_of(session, self._entity.name)
            moments = [each for each in (audit.finished_at, state.last_full_at) if each]
        late = await stored.childless(store.layout.table, source, since=max(moments))
        async for lot in source.of(self._client, late):
            await self._store(store, lot)

    async def _begin(self, source: Owned, *, at: datetime) -> Checkpoint:
        async with transaction() as session:
            state = await queries.locked_state(session, self._entity.name)
            if state.checkpoint is not None:
                self._progress.resumed_rows = state.rows_stored
                return Checkpoint.from_json(state.checkpoint)
            await queries.forget_missing(session, self._entity.name)
            checkpoint = beginning(source.owners)
            state.checkpoint = checkpoint.to_json()
            state.walk_started_at, state.rows_stored = at, 0
            return checkpoint

    async def _read_all(self, lots: AsyncGenerator[Lot], store: Store, *, at: datetime) -> None:
        async with transaction() as session:
            await queries.forget_missing(session, self._entity.name)
            state = await queries.locked_state(session, self._entity.name)
            state.walk_started_at, state.rows_stored = at, 0
        seen: set[int] = set()
        moments: list[datetime] = []
        async with aclosing(lots):
            async for lot in lots:
                await self._store(store, lot)
                seen |= {int(row[store.layout.key.code] or 0) for row in lot.rows}
                moments.append(lot.read_at)
        if moments:
            await store.note_missing(seen, covered=[Span(0, None)], seen_at=min(moments))

    async def _store(self, store: Store, lot: Lot, *, spans: Sequence[Span] = ()) -> None:
        """Store a lot, and delete, or in a full pass note, what its owners have no more."""
        if lot.rows:
            await store.again(lot.rows, read_at=lot.read_at)
        self._progress.read += len(lot.rows)
        if not isinstance(self._source, Owned):
            return
        sent = {int(row[store.layout.key.code] or 0) for row in lot.rows}
        column = self._source.owner
        if spans:
            found = await stored.of_spans(store.layout.table, column, spans)
            unmet = {*found.values()} - {*lot.owners}
            # Whether an owner is gone its own table decides: one that was only hidden from this
            # walk comes back without a sign of it, and its rows would stay away.
            kept = {*lot.kept} | await stored.living(self._source, unmet)
            gone = {row_id for row_id, owner in found.items() if owner not in kept}
            await stored.note(self._entity.name, gone - sent, seen_at=lot.read_at)
        else:
            ids = await stored.of_owners(store.layout.table, column, lot.owners)
            if ids - sent:
                await store.delete(ids - sent, seen_at=lot.read_at)

    async def _drop_orphans(self, source: Owned, store: Store) -> None:
        """Delete the rows of owners that are marked as deleted in their own table."""
        for seen_at, ids in (await stored.orphans(store.layout.table, source)).items():
            await store.delete(ids, seen_at=seen_at)

    async def _settle(self, store: Store) -> None:
        """Delete what was not met, unless it is so much that rights may be missing."""
        name = self._entity.name

        async def work(session: AsyncSession, state: SyncState) -> tuple[int, int]:
            missing = await queries.missing_count(session, name)
            alive = await queries.stored_count(session, store.layout.table) if missing else 0
            if missing and not self._is_suspicious(missing, alive):
                await store.delete_missing(session, state)
            return missing, alive

        missing, alive = await store.alone(work)
        if self._is_suspicious(missing, alive):
            raise TooManyMissing(entity=name, missing=missing, stored=alive)

    def _is_suspicious(self, missing: int, alive: int) -> bool:
        most = max(MISSING_FEW, MISSING_SHARE * alive)
        return missing > most and not self._accept_deletions
