"""Stores what was read from the portal: rows, deletions, quarantine and checkpoint together."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Page, Span
from bridge24.bitrix.listing import Row
from bridge24.core.db import transaction
from bridge24.sync import deletions, evolution, marks, queries
from bridge24.sync.ahead import Typist
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load, unhurried
from bridge24.sync.marks import utc
from bridge24.sync.models import SyncConfig, SyncState
from bridge24.sync.policy import ColumnPolicy, policy_of, still_holds
from bridge24.sync.progress import RunProgress
from bridge24.sync.rejected import quarantine
from bridge24.sync.shape import Shaped, without
from bridge24.sync.versions import Versions
from bridge24.sync.views.dictionaries import learn

# A column widens a few times at most: VARCHAR, then TEXT, then LONGTEXT.
WIDENINGS = 5

T = TypeVar("T")
Relayout = Callable[[frozenset[str]], Awaitable[Layout]]
Write = Callable[[AsyncSession, SyncState, Shaped], Awaitable[Loaded]]
Work = Callable[[AsyncSession, SyncState], Awaitable[T]]


class Store:
    """Stores rows of one entity, widening its table where a value asks for it.

    The portal is read by several at once, and what was read first may arrive last. So every
    set of rows comes with the moment at which the portal read it, by its own clock, and what
    was read last wins in whatever order it is stored: an older read changes nothing, and
    never brings back a row that is known to be deleted.

    Moments may be aware, or in UTC without a zone. ``relayout`` follows fields that appear.
    """

    def __init__(
        self,
        entity: crm.Entity,
        layout: Layout,
        progress: RunProgress,
        *,
        relayout: Relayout,
        stored_top: int,
        in_quarantine: bool,
        policy: ColumnPolicy,
    ) -> None:
        self.layout = layout
        self.policy = policy
        self.typist = Typist(policy)
        self.versions = Versions(entity.name)
        self.entity = entity
        self._progress = progress
        self._relayout = relayout
        self._stored_top = stored_top
        self._in_quarantine = in_quarantine

    @classmethod
    async def open(
        cls, entity: crm.Entity, layout: Layout, progress: RunProgress, *, relayout: Relayout
    ) -> "Store":
        """Look at what is stored before the first page comes."""
        async with transaction() as session:
            stored_top = await queries.highest_id(session, layout.table)
            quarantined = await queries.quarantined_count(session, entity.name)
            policy = await policy_of(session, entity.name)
        store = cls(
            entity,
            layout,
            progress,
            relayout=relayout,
            stored_top=stored_top,
            in_quarantine=quarantined > 0,
            policy=policy,
        )
        await store.versions.prepare(layout)
        return store

    async def page(self, page: Page, *, covered: Sequence[Span]) -> Loaded:
        """Store one page with its checkpoint; after a crash all of it is there or nothing.

        Args:
            page: Rows, and where to go on after them.
            covered: The id ranges of which the page holds every row.
        """
        read_at = utc(page.read_at)

        async def write(session: AsyncSession, state: SyncState, shaped: Shaped) -> Loaded:
            await unhurried(await session.connection())
            sent = {*shaped.ids, *(int(r.id) for r in shaped.rejected if r.id.isdecimal())}
            await self._met_none_but(session, sent, covered, seen_at=read_at)
            loaded = await self._load(session, shaped, read_at=read_at, covered=covered)
            state.checkpoint = page.checkpoint.to_json()
            state.rows_stored += len(page.rows)
            return loaded

        loaded = await self._in_turn(page.rows, write, read_at=read_at)
        self._progress.read += len(page.rows)
        self._progress.unchanged += loaded.unchanged
        return loaded

    async def again(
        self, rows: Sequence[Row], *, read_at: datetime, cursor_at: datetime | None = None
    ) -> Loaded:
        """Store rows that may be known, for what changed in them.

        Args:
            rows: As the portal sent them.
            read_at: A moment before which none of them was read: ``time.start`` of the
                answer (``Reply.time.began_at``).
            cursor_at: With these rows everything modified before is stored; kept with them.
        """
        moment = utc(read_at)

        async def write(session: AsyncSession, state: SyncState, shaped: Shaped) -> Loaded:
            loaded = await self._load(session, shaped, read_at=moment)
            if cursor_at is not None:
                state.cursor_at = max(cursor_at, state.cursor_at or cursor_at)
            return loaded

        return await self._in_turn(rows, write, read_at=moment)

    async def delete(self, ids: Collection[int], *, seen_at: datetime) -> set[int]:
        """Mark rows as deleted in the portal, or remove them; rows that were read later stay.

        Args:
            ids: Also such as are not stored: an older read must not bring them in.
            seen_at: When they were gone, by the portal's clock: a moment at which they
                could not be read, not one at which they were about to be deleted.

        Returns:
            Those that were stored and alive until now.
        """

        async def work(session: AsyncSession, state: SyncState) -> set[int]:
            await self.versions.switch(session, state, self.layout, at=utc(seen_at))
            return await self._end(session, ids, seen_at=utc(seen_at))

        ended = await self.alone(work)
        self._progress.deleted += len(ended)
        return ended

    async def delete_missing(self, session: AsyncSession, state: SyncState) -> None:
        """Delete what the walk did not meet and nobody has stored since: see ``alone``."""
        for seen_at, ids in (await marks.missing(session, self.entity.name)).items():
            await self.versions.switch(session, state, self.layout, at=seen_at)
            self._progress.deleted += len(await self._end(session, ids, seen_at=seen_at))

    async def alone(self, work: Work[T]) -> T:
        """Do something in a transaction while nobody else stores rows or alters the table."""
        while True:
            done = await self.attempt(work)
            if done is not None:
                return done

    async def attempt(self, work: Work[T]) -> T | None:
        """Do something as ``alone`` does, unless the tables are to be made fit for it first.

        Returns:
            What the work returns, which is never None; or None when it was not done: the
            layout may be another now, and cells made for the old one are to be made again.
        """
        async with transaction() as session:
            state = await queries.locked_state(session, self.entity.name)
            is_prepared = await self.versions.are_prepared(session, self.layout)
            if is_prepared and await self._is_current(session):
                return await work(session, state)
        if is_prepared:
            self.layout = await evolution.fit(self.entity, self.layout)
        else:
            await self.versions.prepare(self.layout)
        return None

    async def note_missing(
        self, ids: Iterable[int], *, covered: Sequence[Span], seen_at: datetime
    ) -> None:
        """Note stored rows of these ranges that are not among the ids."""
        async with transaction() as session:
            await queries.locked_state(session, self.entity.name)
            await self._met_none_but(session, set(ids), covered, seen_at=utc(seen_at))

    async def _met_none_but(
        self,
        session: AsyncSession,
        sent: Collection[int],
        covered: Sequence[Span],
        *,
        seen_at: datetime,
    ) -> None:
        """Note what lies in ranges and was not sent, up to the highest id stored at first.

        What an event stores meanwhile may be newer than this page.
        """
        await marks.note_absent(
            session,
            self.entity.name,
            self.layout.table,
            sent=sent,
            spans=marks.clipped(covered, self._stored_top),
            seen_at=seen_at,
        )

    async def _in_turn(
        self, rows: Sequence[Mapping[str, object]], write: Write, *, read_at: datetime
    ) -> Loaded:
        """Type rows and write them while nobody else writes rows of this object."""
        while True:
            shaped = await self._fitted(rows)
            loaded = await self.attempt(partial(self._write, shaped, write, read_at))
            if loaded is not None:
                break
        self._count(shaped, loaded)
        return loaded

    async def _write(
        self,
        shaped: Shaped,
        write: Write,
        read_at: datetime,
        session: AsyncSession,
        state: SyncState,
    ) -> Loaded:
        await self.versions.switch(session, state, self.layout, at=read_at)
        loaded = await write(session, state, shaped)
        await self.versions.written(session, loaded.written)
        return loaded

    async def _is_current(self, session: AsyncSession) -> bool:
        """Say whether the table is still as the layout says; it stays so in this transaction."""
        # Whoever has looked into a table lets nobody alter it.
        await queries.highest_id(session, self.layout.table)
        return await evolution.version_of(session, self.entity.name) == self.layout.version

    async def _fitted(self, rows: Sequence[Mapping[str, object]]) -> Shaped:
        """Type the rows, bringing the table up to what they need first."""
        shaped = await self.typist.typed(rows, self.layout)
        if shaped.unknown:
            self.layout = await self._relayout(shaped.unknown)
            shaped = await self.typist.typed(rows, self.layout)
        for _ in range(WIDENINGS):
            if not shaped.misfits:
                break
            self.layout = await evolution.widen(self.entity, self.layout, shaped.misfits)
            shaped = await self.typist.typed(rows, self.layout)
        return shaped

    async def _end(
        self, session: AsyncSession, ids: Collection[int], *, seen_at: datetime
    ) -> set[int]:
        entity = self.entity.name
        config = await session.get(SyncConfig, entity)
        hard = config is not None and config.delete_mode == "hard"
        ids = set(ids) - await marks.outdated(session, entity, ids, read_at=seen_at)
        ended, absent = await deletions.end(session, self.layout, ids, seen_at=seen_at, hard=hard)
        await self.versions.ended(session, ended, at=seen_at)
        await marks.bury(session, entity, absent, seen_at=seen_at)
        await marks.met(session, entity, ids, read_at=seen_at)
        if self._in_quarantine:
            await queries.release(session, entity, [str(row_id) for row_id in ids])
        return ended

    async def _load(
        self,
        session: AsyncSession,
        shaped: Shaped,
        *,
        read_at: datetime,
        covered: Sequence[Span] = (),
    ) -> Loaded:
        entity = self.entity.name
        noted = await marks.noted(session, entity, shaped.ids, read_at=read_at)
        late = await noted.outdated(shaped.ids)
        shaped, meanwhile = without(shaped, late), self.typist.leisure.taken
        conn = await session.connection()
        loaded = await load(conn, self.layout, shaped, read_at=read_at, meanwhile=meanwhile)
        loaded.late += len(late)
        same = set(shaped.ids).difference(loaded.written)
        await noted.settle(shaped.ids, spans=covered, same=same)
        self._in_quarantine = await quarantine(
            session, entity, shaped, loaded.rejected, is_used=self._in_quarantine
        )
        await learn(session, entity, self.layout)
        await still_holds(session, entity, self.policy)
        return loaded

    def _count(self, shaped: Shaped, loaded: Loaded) -> None:
        self._progress.inserted += loaded.inserted
        self._progress.updated += loaded.updated
        self._progress.quarantined += len(shaped.rejected) + len(loaded.rejected)
