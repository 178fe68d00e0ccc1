"""Versions of rows: one open for each living row, no gaps, switched on and off at any time."""

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Checkpoint, Page
from bridge24.bitrix.fields import Field
from bridge24.core.db import close_db, connection, get_dialect, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.sync import evolution, queries
from bridge24.sync.backfill import store_columns
from bridge24.sync.evolution import Backfill
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncConfig
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.store import Store

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ids = itertools.count(1)


def _layout(*titles: str) -> Layout:
    fields = [Field("ID", "integer"), *(Field(title, "string") for title in titles)]
    return FieldMapper(get_dialect()).columns("deal", fields)


@pytest.fixture
async def store(migrated: str) -> AsyncIterator[Store]:
    """A store of deals with one column."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield await _open("TITLE")
    await close_db()


async def _open(*titles: str, layout: Layout | None = None) -> Store:
    layout = layout or await evolution.fit(crm.DEAL, _layout(*titles))

    async def relayout(_unknown: frozenset[str]) -> Layout:
        return layout

    progress = RunProgress(entity="deal", mode=SyncMode.FULL)
    return await Store.open(crm.DEAL, layout, progress, relayout=relayout)


def _at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def _row(row_id: int, title: str, **others: str) -> dict[str, Any]:
    return {"ID": str(row_id), "TITLE": title, **others}


async def _keep(on: bool, *, delete_mode: str = "soft") -> None:
    async with transaction() as session:
        await session.merge(SyncConfig(entity="deal", history=on, delete_mode=delete_mode))


async def _versions(row_id: int) -> list[tuple[str, float, float | None]]:
    """Title, and seconds from and to which it was valid."""
    query = (
        "SELECT title, valid_from, valid_to FROM crm_deals_history "
        f"WHERE id = {row_id} ORDER BY valid_from"
    )
    async with connection() as conn:
        rows = (await conn.execute(text(query))).all()
    return [(row.title, _second(row.valid_from), _second(row.valid_to)) for row in rows]  # type: ignore[misc]


def _second(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    return (moment.replace(tzinfo=UTC) - START).total_seconds()


@pytest.mark.parametrize("delete_mode", ["soft", "hard"])
async def test_each_version_ends_where_the_next_begins(store: Store, delete_mode: str) -> None:
    await _keep(True, delete_mode=delete_mode)
    await store.again([_row(1, "a"), _row(2, "x")], read_at=_at(1))
    await store.again([_row(1, "b"), _row(2, "x")], read_at=_at(2))
    await store.again([_row(1, "b")], read_at=_at(3))
    await store.delete([1], seen_at=_at(4))
    await store.again([_row(1, "c")], read_at=_at(6))

    assert await _versions(1) == [("a", 1, 2), ("b", 2, 4), ("c", 6, None)]
    assert await _versions(2) == [("x", 1, None)]


async def test_it_is_switched_on_without_reading_and_off_again(store: Store) -> None:
    await store.again([_row(1, "a"), _row(2, "x")], read_at=_at(1))
    await _keep(True)
    await store.again([_row(1, "b")], read_at=_at(3))
    assert await _versions(1) == [("a", 1, 3), ("b", 3, None)]
    assert await _versions(2) == [("x", 1, None)]

    await _keep(False)
    await store.again([_row(1, "c")], read_at=_at(5))
    await store.again([_row(1, "d")], read_at=_at(7))
    assert await _versions(1) == [("a", 1, 3), ("b", 3, 5)]
    assert await _versions(2) == [("x", 1, 5)]

    await _keep(True)
    await store.again([_row(1, "e")], read_at=_at(9))
    assert await _versions(1) == [("a", 1, 3), ("b", 3, 5), ("d", 7, 9), ("e", 9, None)]
    assert await _versions(2) == [("x", 1, 5), ("x", 5, None)]


async def test_a_new_column_is_no_new_version(store: Store) -> None:
    await _keep(True)
    await store.again([_row(1, "a"), _row(2, "x")], read_at=_at(1))
    wider = await _open("TITLE", "UF_LATE")

    await wider.again([_row(1, "a", UF_LATE="z"), _row(2, "x")], read_at=_at(2))

    assert await _versions(1) == [("a", 1, 2), ("a", 2, None)]
    assert await _versions(2) == [("x", 1, None)]


async def test_whoever_knows_the_table_from_before_it_was_widened_leaves_long_versions_whole(
    store: Store,
) -> None:
    await _keep(True)
    await store.again([_row(1, "a")], read_at=_at(1))
    before = store.layout
    await store.again([_row(1, "long " * 100)], read_at=_at(2))

    late = await _open("TITLE", layout=before)
    await late.again([_row(2, "x")], read_at=_at(3))

    assert await _versions(1) == [("a", 1, 2), ("long " * 100, 2, None)]
    assert await _versions(2) == [("x", 3, None)]


async def test_versions_begin_with_a_deletion_by_whoever_knows_a_narrower_table(
    store: Store,
) -> None:
    await _keep(True)
    await store.again([_row(1, "a"), _row(2, "x")], read_at=_at(1))
    await _keep(False)
    late = await _open("TITLE")
    await store.again([_row(1, "long " * 100)], read_at=_at(2))
    await _keep(True)

    await late.delete([2], seen_at=_at(3))

    assert await _versions(1) == [("a", 1, 2), ("long " * 100, 2, None)]
    assert await _versions(2) == [("x", 1, 2), ("x", 2, 3)]


async def test_versions_begun_while_a_new_column_is_filled_have_its_values(store: Store) -> None:
    await store.again([_row(1, "a")], read_at=_at(1))
    filling, other = await _open("TITLE", "UF_LATE"), await _open("TITLE", "UF_LATE")
    owed = Backfill(("UF_LATE",))
    async with transaction() as session:
        (await queries.state_of(session, "deal")).backfill = owed.to_json()
    attempt = filling.attempt

    async def overtaken(work: Any) -> Any:
        await _keep(True)
        await other.again([_row(2, "b")], read_at=_at(2))
        return await attempt(work)

    filling.attempt = overtaken  # type: ignore[method-assign]
    page = Page([{"ID": "1", "UF_LATE": "z"}], Checkpoint("deal", ()), read_at=_at(3))
    assert await store_columns(filling, page, owed)

    await other.again([_row(2, "c")], read_at=_at(4))
    async with connection() as conn:
        kept = text("SELECT uf_late FROM crm_deals_history WHERE id = 1 AND valid_to IS NULL")
        assert (await conn.scalars(kept)).all() == ["z"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 5), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_ranges_never_overlap_and_the_open_one_is_what_is_stored(
    store: Store, steps: list[tuple[str | None, int, bool]]
) -> None:
    row_id = next(ids)
    for title, second, on in [*steps, ("end", 6, True)]:
        await _keep(on)
        if title is None:
            await store.delete([row_id], seen_at=_at(second))
        else:
            await store.again([_row(row_id, title)], read_at=_at(second))

    versions = await _versions(row_id)
    assert [title for title, _, end in versions if end is None] == ["end"]
    assert all(end is None or begin < end for _, begin, end in versions)
    for (_, _, end), (_, begin, _) in itertools.pairwise(versions):
        assert end is not None
        assert end <= begin
