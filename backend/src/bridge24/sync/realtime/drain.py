"""Works on waiting events: what is concerned, read once, stored, noted."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

import structlog

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError, told
from bridge24.core.jobs import persist
from bridge24.core.logging import mask_text
from bridge24.sync.entities import find_entity
from bridge24.sync.errors import UnknownEntity
from bridge24.sync.portal import portal_host
from bridge24.sync.realtime import copies, queries
from bridge24.sync.realtime.applying import apply, lean_entity
from bridge24.sync.realtime.children import follow_owners
from bridge24.sync.realtime.comments import follow_comments
from bridge24.sync.realtime.models import Outcome
from bridge24.sync.realtime.queries import Lot, Some, Waiting
from bridge24.sync.realtime.reading import Seen, is_general, present_state
from bridge24.sync.runs.told import explained

LOT_RECORDS = 2_500
"""As many as one call can ask for: fifty pages of fifty."""
PACE_SECONDS = 0.75
"""Between two calls of a busy time: most of what the portal's bucket gives back, not all."""
STORM_RECORDS = 50
"""So many within a pace are no people at work but a mass change."""
STORM_PACE_SECONDS = 2.0
"""Between two calls of a mass change: nobody waits for one record of it, and the calls are
left to others."""
LATER = timedelta(seconds=30)
UNTOLD_FEW = 20
"""So many records do not vanish in an hour without a word; they lose their reader's rights."""
UNTOLD_WITHIN = timedelta(hours=1)
WORD_MAY_COME = timedelta(seconds=5)
"""How long a deletion may be on its way after an edit before it."""

log = structlog.get_logger(__name__)


async def drain(client: BitrixClient) -> int:
    """Work until no event is due; says how many records were concerned.

    Raises:
        BitrixError: The portal as a whole cannot be asked; nothing is lost by that.
        DatabaseError: It went away.
    """
    worked = 0
    while True:
        began = time.monotonic()
        async with transaction() as session:
            lot = await queries.lot_of_records(session, limit=LOT_RECORDS)
        if not lot.records:
            return worked
        await _Work(client, lot).do()
        worked += len(lot.records)
        if len(lot.records) < LOT_RECORDS:
            # What comes meanwhile shares the next call.
            pace = STORM_PACE_SECONDS if len(lot.records) > STORM_RECORDS else PACE_SECONDS
            await asyncio.sleep(max(0.0, began + pace - time.monotonic()))


@dataclass(slots=True)
class _Work:
    """The work on one lot."""

    client: BitrixClient
    lot: Lot
    _records: dict[str, list[Waiting]] = field(default_factory=lambda: defaultdict(list))

    async def do(self) -> None:
        for record in self.lot.records:
            self._records[record.entity].append(record)
        comments = self._records.pop(crm.TIMELINE_COMMENT.name, [])
        if comments:
            await self._comments([int(record.object_id) for record in comments])
        entities = await self._copied()
        seen = await present_state(self.client, await self._wanted(entities))
        stored = (self._store(entity, told) for entity, told in seen.items())
        for failure in await asyncio.gather(*stored, return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure

    async def _comments(self, ids: Sequence[int]) -> None:
        try:
            told = await follow_comments(self.client, ids)
        except (AppError, BitrixError) as error:
            await self._unless_outage(crm.TIMELINE_COMMENT, ids, error)
            return
        for outcome in set(told.values()):
            some = [each for each in ids if told[each] is outcome]
            await self._finish(crm.TIMELINE_COMMENT.name, some, outcome)

    async def _wanted(self, entities: Sequence[crm.Entity]) -> dict[crm.Entity, list[int]]:
        wanted: dict[crm.Entity, list[int]] = {}
        for entity in entities:
            ids = [int(record.object_id) for record in self._of(entity)]
            try:
                wanted[await lean_entity(self.client, entity)] = ids
            except (AppError, BitrixError) as error:
                await self._unless_outage(entity, ids, error)
        return wanted

    def _of(self, entity: crm.Entity) -> Sequence[Waiting]:
        return self._records[entity.name]

    async def _copied(self) -> list[crm.Entity]:
        """Find the objects that are mirrored; the events of others are over with that."""
        copied = await copies.copied(self._records)
        found: list[crm.Entity] = []
        for name, records in self._records.items():
            entity = await _entity(name) if name in copied else None
            if entity is None:
                await self._finish(name, [r.object_id for r in records], Outcome.NOT_COPIED)
            else:
                found.append(entity)
        return found

    async def _store(self, entity: crm.Entity, seen: Seen) -> None:
        early = await self._doubt(entity, seen)
        try:
            await apply(self.client, entity, seen)
        except (AppError, BitrixError) as error:
            await self._unless_outage(entity, [int(r.object_id) for r in self._of(entity)], error)
            return
        await self._follow(entity, [*seen.ids, *seen.gone])
        await self._finish(entity.name, seen.ids, Outcome.STORED)
        await self._finish(entity.name, seen.gone, Outcome.DELETED)
        await self._finish(entity.name, seen.hidden, Outcome.HIDDEN)
        await self._put_off(entity, seen.later, by=LATER)
        await self._put_off(entity, early, by=WORD_MAY_COME)
        for row_id, refusal in seen.failed.items():
            await self._failed(entity, [row_id], refusal)

    async def _follow(self, entity: crm.Entity, owner_ids: Collection[int]) -> None:
        try:
            await follow_owners(self.client, entity, owner_ids)
        except (AppError, BitrixError) as error:
            if _is_outage(error):
                raise
            # The records themselves are stored; the passes over the sets show the trouble.
            log.warning("events.children_failed", entity=entity.name, reason=str(error))

    async def _doubt(self, entity: crm.Entity, seen: Seen) -> list[int]:
        """Take no record for deleted that may only be hidden from us.

        The portal's "not found" says both. A record is gone when an event says so; without
        such a word it is waited for a while, and many such records are taken for hidden,
        which the next audit looks into.

        Returns:
            Those to be waited for.
        """
        untold = [r for r in self._of(entity) if not r.deleted and int(r.object_id) in seen.gone]
        if not untold:
            return []
        now = self.lot.chosen_at
        early = [int(r.object_id) for r in untold if r.since > now - WORD_MAY_COME]
        judged = [int(r.object_id) for r in untold if r.since <= now - WORD_MAY_COME]
        async with transaction() as session:
            known = await queries.untold_deletions(session, entity.name, since=now - UNTOLD_WITHIN)
        hidden = judged if known + len(early) > UNTOLD_FEW else []
        for row_id in [*early, *hidden]:
            del seen.gone[row_id]
        seen.hidden += hidden
        return early

    async def _finish(self, entity: str, ids: Collection[object], outcome: Outcome) -> None:
        if not ids:
            return

        async def write() -> None:
            async with transaction() as session:
                await queries.finish(session, self._some(entity, ids), outcome)

        await persist(write)

    async def _put_off(self, entity: crm.Entity, ids: Collection[int], *, by: timedelta) -> None:
        if not ids:
            return
        async with transaction() as session:
            await queries.put_off(session, self._some(entity.name, ids), by=by)

    async def _unless_outage(
        self, entity: crm.Entity, ids: Collection[int], error: AppError | BitrixError
    ) -> None:
        """Count a failure of one object; what concerns all is for the caller."""
        if _is_outage(error):
            raise error
        await self._failed(entity, ids, error)

    async def _failed(self, entity: crm.Entity, ids: Collection[int], error: Exception) -> None:
        failure = told(explained(error, host=portal_host(), scope=entity.scope))
        log.warning("events.failed", entity=entity.name, records=len(ids), reason=failure.message)
        kept = json.dumps(asdict(failure), ensure_ascii=False)
        async with transaction() as session:
            await queries.note_failure(session, self._some(entity.name, ids), mask_text(kept))

    def _some(self, entity: str, ids: Collection[object]) -> Some:
        return Some(entity=entity, object_ids=[str(each) for each in ids], until=self.lot.until)


async def _entity(name: str) -> crm.Entity | None:
    try:
        return await find_entity(name)
    except UnknownEntity:
        return None


def _is_outage(error: Exception) -> bool:
    """Whether nothing at all can be done just now."""
    if isinstance(error, BitrixError):
        return is_general(error)
    return isinstance(error, DatabaseError) and type(error) is not DatabaseError
