"""Whatever order reads and deletions arrive in, the newest of them is what is stored."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.fields import Field
from bridge24.core.db import close_db, connection, dialect_of, get_engine, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.sync import queries
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncConfig
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.store import Store
from bridge24.sync.tables import DynamicTableBuilder

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = 3
TICKS = 6
HIGHEST = 10**9
FIELDS = [Field("ID", "integer"), Field("TITLE", "string"), Field("PHONE", "crm_multifield")]
bases = itertools.count(0, 10)

State = str | None
"""A title; None while the row does not exist."""
Timeline = list[list[State]]
"""By row, by tick."""


@dataclass(frozen=True)
class Act:
    """Something learnt of the portal at a tick: a page of all rows, or one row."""

    tick: int
    row: int | None

    def shows(self, row: int) -> bool:
        return self.row is None or self.row == row


@pytest.fixture
async def layout(migrated: str) -> AsyncIterator[Layout]:
    await init_db(Settings(database_url=SecretStr(migrated)))
    wanted = FieldMapper(dialect_of(get_engine())).columns("deal", FIELDS)
    async with transaction() as session:
        fitted = await DynamicTableBuilder(await session.connection()).ensure(wanted)
    yield fitted
    await close_db()


async def _store(layout: Layout) -> Store:
    async def relayout(_unknown: frozenset[str]) -> Layout:
        return layout

    progress = RunProgress(entity="deal", mode=SyncMode.FULL)
    return await Store.open(crm.DEAL, layout, progress, relayout=relayout)


def _at(tick: int) -> datetime:
    return START + timedelta(microseconds=tick)


def _row(row_id: int, state: str) -> dict[str, object]:
    return {"ID": str(row_id), "TITLE": state, "PHONE": [{"ID": str(row_id), "VALUE": state}]}


async def _do(act: Act, store: Store, timeline: Timeline, *, base: int) -> None:
    at = _at(act.tick)
    if act.row is None:
        states = [(base + n, timeline[n][act.tick]) for n in range(1, IDS + 1)]
        rows = [_row(row_id, state) for row_id, state in states if state]
        page = Page(rows, Checkpoint("deal", ()), at)
        await store.page(page, covered=[Span(base, base + IDS)])
        return
    state = timeline[act.row][act.tick]
    if state:
        await store.again([_row(base + act.row, state)], read_at=at)
    else:
        await store.delete([base + act.row], seen_at=at)


async def _stored(base: int) -> dict[int, State]:
    query = (
        "SELECT d.id, title, p.value FROM crm_deals d JOIN crm_deals_multifields p "
        f"ON p.owner_id = d.id WHERE _deleted_at IS NULL AND d.id BETWEEN {base} AND {base + IDS}"
    )
    async with connection() as conn:
        found = (await conn.execute(text(query))).all()
    assert all(row.title == row.value for row in found)
    return {row.id - base: row.title for row in found}


def _newest(timeline: Timeline, acts: Sequence[Act]) -> dict[int, State]:
    told: dict[int, State] = {}
    for row in range(1, IDS + 1):
        ticks = [act.tick for act in acts if act.shows(row)]
        state = timeline[row][max(ticks)] if ticks else None
        if state:
            told[row] = state
    return told


# Two titles only: a row that changes and changes back must not be taken for the older one.
timelines = st.lists(
    st.lists(st.sampled_from(["a", "b", None]), min_size=TICKS, max_size=TICKS),
    min_size=IDS + 1,
    max_size=IDS + 1,
)
acts_in_any_order = st.lists(
    st.builds(
        Act,
        tick=st.integers(0, TICKS - 1),
        row=st.one_of(st.none(), st.integers(1, IDS)),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("delete_mode", ["soft", "hard"])
@pytest.mark.parametrize("at_once", [False, True])
@given(timeline=timelines, acts=acts_in_any_order)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_interleaving_ends_in_the_newest_read(
    layout: Layout, delete_mode: str, at_once: bool, timeline: Timeline, acts: list[Act]
) -> None:
    async with transaction() as session:
        await session.merge(SyncConfig(entity="deal", delete_mode=delete_mode))
    base = next(bases)
    # A walk looks for missing rows below the highest that was stored when it began.
    await (await _store(layout)).again([_row(HIGHEST, "a")], read_at=_at(0))
    store = await _store(layout)
    if at_once:
        await asyncio.gather(*(_do(act, store, timeline, base=base) for act in acts))
    else:
        for act in acts:
            await _do(act, store, timeline, base=base)
    async with transaction() as session:
        await store.delete_missing(session, await queries.locked_state(session, "deal"))

    assert await _stored(base) == _newest(timeline, acts)


async def test_a_deleted_row_is_gone_or_marked_as_the_owner_wants(layout: Layout) -> None:
    store = await _store(layout)
    await store.again([_row(1, "a"), _row(2, "a")], read_at=_at(0))
    await store.delete([1], seen_at=_at(1))
    async with transaction() as session:
        await session.merge(SyncConfig(entity="deal", delete_mode="hard"))
    await store.delete([2], seen_at=_at(2))

    async with connection() as conn:
        rows = (await conn.execute(text("SELECT id, _deleted_at FROM crm_deals"))).all()
        phones = (await conn.execute(text("SELECT owner_id FROM crm_deals_multifields"))).all()
    assert [tuple(row) for row in rows] == [(1, _at(1).replace(tzinfo=None))]
    assert [row.owner_id for row in phones] == [1]


async def test_the_ids_written_are_told(layout: Layout) -> None:
    store = await _store(layout)
    first = await store.again([_row(1, "a"), _row(2, "a"), _row(3, "a")], read_at=_at(1))
    late = await store.again([_row(1, "b")], read_at=_at(0))
    second = await store.again([_row(1, "a"), _row(2, "b"), _row(4, "a")], read_at=_at(2))

    assert sorted(first.written) == [1, 2, 3]
    assert (late.written, late.late) == ([], 1)
    assert sorted(second.written) == [2, 4]


async def test_notes_about_rows_do_not_pile_up(layout: Layout) -> None:
    store = await _store(layout)
    for day in range(3):
        at = START + timedelta(days=day)
        await store.again([_row(1, "a")], read_at=at)
        await store.delete([1000 + day], seen_at=at)

    async with connection() as conn:
        tombstones = (await conn.execute(text("SELECT row_id FROM sync_tombstone"))).scalars().all()
        sightings = (await conn.execute(text("SELECT read_at FROM sync_sighting"))).scalars().all()
    assert sorted(tombstones) == [1001, 1002]
    assert len(sightings) == 1
