"""Stores the pages of a walk: rows, quarantine, missing ids and checkpoint together."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Page, Span
from bridge24.bitrix.listing import Row
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync import queries
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load
from bridge24.sync.models import SyncQuarantine
from bridge24.sync.policy import ColumnPolicy, policy_of, still_holds
from bridge24.sync.progress import RunProgress
from bridge24.sync.shape import Rejected, Shaped, shape
from bridge24.sync.tables import DynamicTableBuilder

# A column widens a few times at most: VARCHAR, then TEXT, then LONGTEXT.
WIDENINGS = 5
LONGEST_ID = 20

Relayout = Callable[[frozenset[str]], Awaitable[Layout]]


class Store:
    """Stores pages of one entity, widening its table where a value asks for it.

    ``relayout`` brings the table up to date with fields that appeared during the walk.
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
        self._policy = policy
        self._entity = entity
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
        return cls(
            entity,
            layout,
            progress,
            relayout=relayout,
            stored_top=stored_top,
            in_quarantine=quarantined > 0,
            policy=policy,
        )

    async def page(self, page: Page, *, covered: Sequence[Span]) -> None:
        """Store one page with its checkpoint; after a crash all of it is there or nothing.

        Args:
            page: Rows, and where to go on after them.
            covered: The id ranges of which the page holds every row.
        """
        shaped = await self._fitted(page.rows)
        async with transaction() as session:
            sent = {*shaped.ids, *(int(r.id) for r in shaped.rejected if r.id.isdecimal())}
            await self._note_missing(session, sent, covered)
            loaded = await self._load(session, shaped)
            state = await queries.state_of(session, self._entity.name)
            state.checkpoint = page.checkpoint.to_json()
            state.rows_stored += len(page.rows)
        self._progress.read += len(page.rows)
        self._progress.unchanged += loaded.unchanged
        self._count(shaped, loaded)

    async def again(self, rows: Sequence[Row], *, cursor_at: datetime | None = None) -> None:
        """Store rows that may be known, for what changed in them.

        Args:
            rows: As the portal sent them.
            cursor_at: With these rows everything modified before is stored; kept with them.
        """
        shaped = await self._fitted(rows)
        async with transaction() as session:
            loaded = await self._load(session, shaped)
            if cursor_at is not None:
                state = await queries.state_of(session, self._entity.name)
                state.cursor_at = cursor_at
        self._count(shaped, loaded)

    async def note_missing(self, ids: Iterable[int], *, covered: Sequence[Span]) -> None:
        """Note stored rows of these ranges that are not among the ids."""
        async with transaction() as session:
            await self._note_missing(session, set(ids), covered)

    async def _fitted(self, rows: Sequence[Row]) -> Shaped:
        """Type the rows, bringing the table up to what they need first."""
        rows = self._policy.applied(rows)
        shaped = shape(rows, self.layout)
        if shaped.unknown:
            self.layout = await self._relayout(shaped.unknown)
            shaped = shape(rows, self.layout)
        for _ in range(WIDENINGS):
            if not shaped.misfits:
                break
            async with transaction() as session:
                builder = DynamicTableBuilder(await session.connection())
                self.layout = await builder.widen(self.layout, shaped.misfits)
            shaped = shape(rows, self.layout)
        return shaped

    async def _note_missing(
        self, session: AsyncSession, sent: Collection[int], covered: Sequence[Span]
    ) -> None:
        """Note stored rows in the ranges that the portal did not send.

        Only ids up to the highest one stored when the run began are compared: what an
        event stores meanwhile may be newer than this page.
        """
        for span in covered:
            until = self._stored_top if span.until is None else min(span.until, self._stored_top)
            if until <= span.after:
                continue
            stored = await queries.stored_ids(
                session, self.layout.table, after=span.after, until=until
            )
            gone = [row_id for row_id in stored if row_id not in sent]
            await queries.note_missing(session, self._entity.name, gone)

    async def _load(self, session: AsyncSession, shaped: Shaped) -> Loaded:
        loaded = await load(await session.connection(), self.layout, shaped)
        await self._quarantine(session, shaped, loaded)
        await still_holds(session, self._entity.name, self._policy)
        return loaded

    async def _quarantine(self, session: AsyncSession, shaped: Shaped, loaded: Loaded) -> None:
        rejected = [*shaped.rejected, *loaded.rejected]
        if self._in_quarantine:
            await queries.release(session, self._entity.name, [str(i) for i in shaped.ids])
        if rejected:
            self._in_quarantine = True
            rows = [self._quarantined(row) for row in rejected]
            await queries.quarantine(session, self._entity.name, rows)

    def _quarantined(self, row: Rejected) -> SyncQuarantine:
        return SyncQuarantine(
            entity=self._entity.name,
            row_id=_quarantine_key(row),
            reason=row.reason,
            raw=row.raw,
            seen_at=utc_naive(),
        )

    def _count(self, shaped: Shaped, loaded: Loaded) -> None:
        self._progress.inserted += loaded.inserted
        self._progress.updated += loaded.updated
        self._progress.quarantined += len(shaped.rejected) + len(loaded.rejected)


def _quarantine_key(row: Rejected) -> str:
    """Name a row; those without a usable ID are told apart by what they hold."""
    if row.id.isdecimal() and len(row.id) <= LONGEST_ID:
        return row.id
    return f"sha256:{hashlib.sha256(row.raw.encode()).hexdigest()[:48]}"
