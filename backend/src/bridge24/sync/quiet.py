"""Finds the objects in which nothing changed, all of them with one HTTP call.

Objects with a time of modification are asked for what was modified since; short lists
without one are compared as a whole with what the last pass over them has read.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, listing
from bridge24.bitrix.listing import Row
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.sync import probe, queries
from bridge24.sync.entities import known_entities
from bridge24.sync.errors import NeverCopied
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncConfig
from bridge24.sync.names import snake_case
from bridge24.sync.objects import catalogues
from bridge24.sync.objects.children import Owned
from bridge24.sync.objects.divided import OfCatalogues
from bridge24.sync.objects.sources import has_source, source_of
from bridge24.sync.probe import PAGE_ROWS, Changes, Question

LOOKBACK = timedelta(minutes=5)
"""What the portal has just written may not be readable at once; where nothing else is set."""

UNSETTLED = timedelta(seconds=2)
"""Modification times end at whole seconds: a row may change twice within one."""

SHORT_PAGES = 10
"""Longer lists are not compared as a whole."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to when the changes of an object are stored, by the portal's clock."""

    at: datetime
    lookback: timedelta

    @property
    def since(self) -> datetime:
        """From when on to ask for changes."""
        return self.at - self.lookback


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of one object, and how the answers are judged."""

    entity: crm.Entity
    cursor: Cursor
    calls: Sequence[Call]
    question: Question | None = None
    """None: a short list, compared by its digest."""
    catalogues: Sequence[int] = ()
    """The question is asked of each, after the portal has said which there are."""
    owned: bool = False
    """The question is about the owners of the object's rows."""
    digest: str | None = None


async def quiet(client: BitrixClient, entities: Iterable[crm.Entity]) -> set[str]:
    """Name the objects in which nothing changed; their cursors move to now.

    Objects that cannot be judged this way, or were never copied, are not among them.

    Raises:
        BitrixError: The portal was not reached; what it refuses for one object only
            means that the object is not among the quiet ones.
    """
    listed = await known_entities()
    asked = [plan for entity in entities if (plan := await _plan(client, entity, listed))]
    outcomes = await client.batch([call for plan in asked for call in plan.calls])
    found: set[str] = set()
    for plan in asked:
        mine, outcomes = outcomes[: len(plan.calls)], outcomes[len(plan.calls) :]
        at = await _judged(client, plan, mine)
        if at is not None:
            await move_cursor(plan.entity.name, at)
            found.add(plan.entity.name)
    return found


async def cursor_of(session: AsyncSession, entity: str) -> Cursor:
    """Find up to when changes are stored.

    Raises:
        NeverCopied: There is no full copy that changes could be added to.
    """
    state = await queries.state_of(session, entity)
    moments = [moment for moment in (state.cursor_at, state.last_full_at) if moment]
    if state.last_full_at is None or not moments:
        raise NeverCopied(entity=entity)
    config = await session.get(SyncConfig, entity)
    lookback = LOOKBACK if config is None else timedelta(minutes=config.lookback_minutes)
    return Cursor(at=max(moments), lookback=lookback)


async def move_cursor(entity: str, at: datetime) -> None:
    """Keep that everything modified before a moment is stored; it never moves back."""
    async with transaction() as session:
        state = await queries.locked_state(session, entity)
        state.cursor_at = max(at, state.cursor_at or at)


async def is_known(entity: crm.Entity, changes: Changes, *, cursor: Cursor) -> bool:
    """Whether every change the portal names is stored already.

    Rows changed just before the last pass looked are read again in any case: they may
    have changed once more within the same second.
    """
    if not _are_settled(changes, cursor=cursor):
        return False
    table = table_name(entity.name, dialect_of(get_engine()))
    column = snake_case(entity.modified_field or "")
    async with transaction() as session:
        stored = await queries.moments_of(session, table, column, ids=list(changes.modified))
    return stored == changes.modified


def digest_of(entity: crm.Entity, rows: Iterable[Mapping[str, object]]) -> str:
    """Digest a whole short list, whatever its order."""
    ordered = sorted(rows, key=lambda row: str(row.get(entity.id_field)))
    told = json.dumps(ordered, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def is_short(entity: crm.Entity, rows: int) -> bool:
    """Whether a list is compared as a whole: it is short, and nothing else tells changes."""
    return entity.modified_filter is None and rows < SHORT_PAGES * PAGE_ROWS


def _are_settled(changes: Changes, *, cursor: Cursor) -> bool:
    latest = cursor.at - UNSETTLED
    return changes.complete and all(moment < latest for moment in changes.modified.values())


async def _plan(
    client: BitrixClient, entity: crm.Entity, listed: Sequence[crm.Entity]
) -> _Asked | None:
    async with transaction() as session:
        try:
            cursor = await cursor_of(session, entity.name)
        except NeverCopied:
            return None
        state = await queries.state_of(session, entity.name)
    if state.checkpoint is not None or state.backfill is not None:
        return None
    if isinstance(source_of(entity, listed=listed), OfCatalogues):
        return await _of_catalogues(client, entity, cursor)
    question = _question(entity, listed, since=cursor.since)
    if question is not None:
        owned = question.entity is not entity
        return _Asked(entity, cursor, [probe.call(question)], question, owned=owned)
    if has_source(entity) or state.digest is None or not is_short(entity, state.rows_stored):
        return None
    calls = _list_calls(entity, state.rows_stored)
    return _Asked(entity, cursor, calls, digest=state.digest)


async def _of_catalogues(client: BitrixClient, entity: crm.Entity, cursor: Cursor) -> _Asked | None:
    """Ask every catalogue this process has seen; a new one is noticed by the list of them."""
    if entity.modified_filter is None:
        return None
    try:
        numbers = catalogues.known_to(client) or await catalogues.ask(client)
    except BitrixError:
        return None  # the run meets the same trouble, and has a place to tell it
    if not numbers:
        return None
    question = Question(entity, since=cursor.since)
    calls = [probe.call(question, {"iblockId": number}) for number in numbers]
    return _Asked(entity, cursor, [catalogues.CALL, *calls], question, catalogues=numbers)


def _question(
    entity: crm.Entity, listed: Sequence[crm.Entity], *, since: datetime
) -> Question | None:
    if not has_source(entity):
        return Question(entity, since=since) if entity.modified_filter else None
    source = source_of(entity, listed=listed)
    if isinstance(source, Owned) and source.tells_changes:
        return Question(source.owners, since=since)
    return None


def _list_calls(entity: crm.Entity, rows: int) -> list[Call]:
    if entity.paging == "single":
        return [Call(entity.list_method, listing.list_params(entity))]
    by_offset = replace(entity, paging="offset")
    return [
        Call(entity.list_method, listing.list_params(by_offset, start=start))
        for start in range(0, rows + 1, PAGE_ROWS)
    ]


async def _judged(
    client: BitrixClient, plan: _Asked, outcomes: Sequence[Outcome]
) -> datetime | None:
    """When the portal said that nothing changed; None when something may have."""
    if plan.question is None:
        return _same_list(plan, outcomes)
    if plan.catalogues:
        if catalogues.read(client, outcomes[0]) != list(plan.catalogues):
            return None
        told = [await _asked_one(plan, plan.question, outcome) for outcome in outcomes[1:]]
        known = [at for at in told if at]
        return min(known) if len(known) == len(told) else None
    return await _asked_one(plan, plan.question, outcomes[0])


async def _asked_one(plan: _Asked, question: Question, outcome: Outcome) -> datetime | None:
    changes = probe.read(question, outcome)
    if isinstance(changes, BitrixError):
        return None
    if plan.owned:
        # Of the owners only the latest state is stored here, not when their rows were read.
        return None if changes.modified or not changes.complete else changes.at
    return changes.at if await is_known(plan.entity, changes, cursor=plan.cursor) else None


def _same_list(plan: _Asked, outcomes: Sequence[Outcome]) -> datetime | None:
    replies = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
    if len(replies) < len(outcomes):
        return None
    try:
        pages: list[list[Row]] = [listing.rows(plan.entity, reply.result) for reply in replies]
    except BitrixError:
        return None
    if plan.entity.paging != "single" and len(pages[-1]) >= PAGE_ROWS:
        return None
    rows = [row for page in pages for row in page]
    same = digest_of(plan.entity, rows) == plan.digest
    return probe.moment_of(replies[0]) if same else None
