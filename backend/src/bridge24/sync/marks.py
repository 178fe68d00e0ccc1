"""What is known of rows besides what is stored: deletions, sightings, rows not met.

All of it is by the portal's clock, in UTC without a zone.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix.checkpoint import Span
from bridge24.sync.models import SyncMissing, SyncSighting, SyncTombstone
from bridge24.sync.queries import CHUNK, stored_ids

SIGHTINGS_KEPT = timedelta(hours=1)
"""No read takes longer from the portal to the table."""
TOMBSTONES_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Noted:
    """What kinds of marks there are about some rows: most often none, so nobody looks again."""

    session: AsyncSession
    entity: str
    read_at: datetime
    newer: bool
    """A later read has seen something."""
    graves: bool
    missing: bool
    old: bool
    """There are sightings that are too old to matter."""

    async def outdated(self, ids: Collection[int]) -> set[int]:
        """Name the rows of which something newer is known: see ``outdated``."""
        if not (self.newer or self.graves):
            return set()
        return await outdated(self.session, self.entity, ids, read_at=self.read_at)

    async def settle(
        self, ids: Collection[int], *, spans: Sequence[Span], same: Collection[int]
    ) -> None:
        """Take marks off rows that were stored, and keep what was seen unchanged.

        Args:
            ids: The rows that were read.
            spans: The ranges that were read as a whole.
            same: Those of the rows that were not written.
        """
        if self.graves:
            await revive(self.session, self.entity, ids)
        if self.missing:
            await met(self.session, self.entity, ids, read_at=self.read_at)
        if self.old:
            await _forget_old(self.session, self.entity, self.read_at)
        await _note_sighting(self.session, self.entity, read_at=self.read_at, spans=spans, ids=same)


async def noted(
    session: AsyncSession, entity: str, ids: Collection[int], *, read_at: datetime
) -> Noted:
    """Look in one question what is known of rows, while nobody else stores rows of the object."""
    low, high = min(ids, default=0), max(ids, default=-1)
    sighting = SyncSighting.entity == entity
    found = await session.execute(
        select(
            exists().where(sighting, SyncSighting.read_at > read_at),
            exists().where(SyncTombstone.entity == entity, SyncTombstone.row_id.between(low, high)),
            exists().where(SyncMissing.entity == entity, SyncMissing.row_id.between(low, high)),
            exists().where(sighting, SyncSighting.read_at < read_at - SIGHTINGS_KEPT),
        )
    )
    newer, graves, missing_, old = map(bool, found.one())
    return Noted(session, entity, read_at, newer, graves, missing_, old)


async def outdated(
    session: AsyncSession, entity: str, ids: Collection[int], *, read_at: datetime
) -> set[int]:
    """Name the rows of which something newer is known than what was read at a moment.

    Rows stored later are not among them: their own ``_synced_at`` tells.
    """
    if not ids:
        return set()
    newer = await session.execute(
        select(SyncSighting.spans, SyncSighting.ids).where(
            SyncSighting.entity == entity, SyncSighting.read_at > read_at
        )
    )
    found: set[int] = set()
    for spans, single in newer:
        ranges = [Span(after, until) for after, until in json.loads(spans)]
        found |= {row_id for row_id in ids if any(_lies_in(row_id, span) for span in ranges)}
        found |= set(ids) & set(json.loads(single))
    graves = await _graves(session, entity, ids)
    return found | {row_id for row_id, seen_at in graves.items() if seen_at > read_at}


def _lies_in(row_id: int, span: Span) -> bool:
    return span.after < row_id and (span.until is None or row_id <= span.until)


async def _forget_old(session: AsyncSession, entity: str, read_at: datetime) -> None:
    await session.execute(
        delete(SyncSighting).where(
            SyncSighting.entity == entity, SyncSighting.read_at < read_at - SIGHTINGS_KEPT
        )
    )


async def _note_sighting(
    session: AsyncSession,
    entity: str,
    *,
    read_at: datetime,
    spans: Sequence[Span],
    ids: Collection[int],
) -> None:
    """Keep what a read has seen without writing it."""
    single = [row_id for row_id in ids if not any(_lies_in(row_id, span) for span in spans)]
    if not single and not spans:
        return
    session.add(
        SyncSighting(
            entity=entity,
            read_at=read_at,
            spans=json.dumps([[span.after, span.until] for span in spans]),
            ids=json.dumps(sorted(single)),
        )
    )
    await session.flush()


async def bury(
    session: AsyncSession, entity: str, ids: Iterable[int], *, seen_at: datetime
) -> None:
    """Keep that rows are deleted which are not stored; the latest moment counts.

    Deletions older than a day are forgotten: no read under way can contradict them.
    """
    await session.execute(
        delete(SyncTombstone).where(
            SyncTombstone.entity == entity, SyncTombstone.seen_at < seen_at - TOMBSTONES_KEPT
        )
    )
    wanted = set(ids)
    known = await _graves(session, entity, wanted)
    stale = [row_id for row_id in wanted if known.get(row_id, datetime.min) < seen_at]
    await _forget(session, SyncTombstone, entity, stale)
    session.add_all(SyncTombstone(entity=entity, row_id=i, seen_at=seen_at) for i in stale)
    await session.flush()


async def revive(session: AsyncSession, entity: str, ids: Collection[int]) -> None:
    """Forget the deletions of rows that were read again later."""
    await _forget(session, SyncTombstone, entity, await _graves(session, entity, ids))


def clipped(spans: Sequence[Span], top: int) -> list[Span]:
    """Cut ranges off above an id."""
    ends = [top if span.until is None else min(span.until, top) for span in spans]
    cut = [Span(span.after, end) for span, end in zip(spans, ends, strict=True)]
    return [span for span in cut if not span.empty]


async def note_absent(
    session: AsyncSession,
    entity: str,
    table: str,
    *,
    sent: Collection[int],
    spans: Iterable[Span],
    seen_at: datetime,
) -> None:
    """Note stored rows in closed ranges that the portal did not send."""
    for span in spans:
        stored = await stored_ids(
            session, table, after=span.after, until=span.until or 0, before=seen_at
        )
        gone = {row_id for row_id in stored if row_id not in sent}
        gone -= await outdated(session, entity, gone, read_at=seen_at)
        await note_missing(session, entity, gone, seen_at=seen_at)


async def note_missing(
    session: AsyncSession, entity: str, ids: Iterable[int], *, seen_at: datetime
) -> None:
    """Keep ids that a walk did not meet."""
    missing = list(ids)
    await _forget(session, SyncMissing, entity, missing)
    session.add_all(SyncMissing(entity=entity, row_id=i, seen_at=seen_at) for i in missing)
    await session.flush()


async def met(
    session: AsyncSession, entity: str, ids: Collection[int], *, read_at: datetime
) -> None:
    """Forget that rows were missing which have been read, or known deleted, since."""
    if not ids:
        return
    noted = await session.scalars(
        select(SyncMissing.row_id).where(
            SyncMissing.entity == entity,
            SyncMissing.row_id.between(min(ids), max(ids)),
            SyncMissing.seen_at <= read_at,
        )
    )
    await _forget(session, SyncMissing, entity, set(noted).intersection(ids))


async def missing(session: AsyncSession, entity: str) -> Mapping[datetime, list[int]]:
    """List what the walk did not meet, by the moment at which it was not there."""
    found = await session.execute(
        select(SyncMissing.seen_at, SyncMissing.row_id)
        .where(SyncMissing.entity == entity)
        .order_by(SyncMissing.seen_at, SyncMissing.row_id)
    )
    told: dict[datetime, list[int]] = {}
    for seen_at, row_id in found:
        told.setdefault(seen_at, []).append(row_id)
    return told


async def _graves(session: AsyncSession, entity: str, ids: Collection[int]) -> dict[int, datetime]:
    if not ids:
        return {}
    found = await session.execute(
        select(SyncTombstone.row_id, SyncTombstone.seen_at).where(
            SyncTombstone.entity == entity, SyncTombstone.row_id.between(min(ids), max(ids))
        )
    )
    wanted = set(ids)
    return {row_id: seen_at for row_id, seen_at in found if row_id in wanted}


async def _forget(
    session: AsyncSession,
    kind: type[SyncMissing] | type[SyncTombstone],
    entity: str,
    ids: Iterable[int],
) -> None:
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        await session.execute(delete(kind).where(kind.entity == entity, kind.row_id.in_(part)))


def utc(moment: datetime) -> datetime:
    """Spell a moment as tables keep it; one without a zone is in UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
