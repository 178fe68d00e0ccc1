"""A page over a table that others have filled in part: nothing newer is lost, counts are exact."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.fields import Field
from bridge24.core.db import close_db, connection, dialect_of, get_engine, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.sync.evolution import fit
from bridge24.sync.fields import FieldMapper
from bridge24.sync.models import SyncMissing, SyncTombstone
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.queries import locked_state
from bridge24.sync.store import Store

EARLY = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = EARLY + timedelta(seconds=1)
LATE = EARLY + timedelta(seconds=2)
ALL = Span(0, 4)


@pytest.fixture
async def store(migrated: str) -> AsyncIterator[Store]:
    await init_db(Settings(database_url=SecretStr(migrated)))
    fields = [Field("ID", "integer"), Field("TITLE", "string")]
    layout = await fit(crm.DEAL, FieldMapper(dialect_of(get_engine())).columns("deal", fields))

    async def relayout(_unknown: frozenset[str]) -> object:
        return layout

    progress = RunProgress(entity="deal", mode=SyncMode.FULL)
    yield await Store.open(crm.DEAL, layout, progress, relayout=relayout)  # type: ignore[arg-type]
    await close_db()


def _row(row_id: int, title: str) -> dict[str, object]:
    return {"ID": str(row_id), "TITLE": title}


def _page() -> Page:
    return Page([_row(n, "page") for n in (1, 2, 3, 4)], Checkpoint("deal", ()), READ)


async def _titles() -> dict[int, str]:
    async with connection() as conn:
        found = await conn.execute(
            text("SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL")
        )
        return {row.id: row.title for row in found}


async def test_a_page_leaves_newer_rows_and_later_deletions_alone(store: Store) -> None:
    await store.again([_row(1, "event")], read_at=LATE)
    await store.again([_row(2, "old")], read_at=EARLY)
    await store.delete([3], seen_at=LATE)
    await store.delete([4], seen_at=EARLY)

    loaded = await store.page(_page(), covered=[ALL])

    assert await _titles() == {1: "event", 2: "page", 4: "page"}
    assert (loaded.inserted, loaded.updated, loaded.late) == (1, 1, 2)
    async with transaction() as session:
        assert (await session.scalars(select(SyncTombstone.row_id))).all() == [3]


async def test_a_row_that_a_page_brings_is_missing_no_more(store: Store) -> None:
    await store.again([_row(1, "a")], read_at=EARLY)
    async with transaction() as session:
        await locked_state(session, "deal")
        moment = EARLY.replace(tzinfo=None)
        session.add(SyncMissing(entity="deal", row_id=1, seen_at=moment))

    await store.page(_page(), covered=[ALL])

    async with transaction() as session:
        assert (await session.scalars(select(SyncMissing.row_id))).all() == []


async def test_a_page_that_fails_leaves_neither_rows_nor_its_checkpoint(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(store.versions, "written", broken)
    with pytest.raises(RuntimeError, match="killed"):
        await store.page(_page(), covered=[ALL])
    monkeypatch.undo()

    assert await _titles() == {}
    async with transaction() as session:
        state = await locked_state(session, "deal")
        assert (state.checkpoint, state.rows_stored) == (None, 0)

    await store.page(_page(), covered=[ALL])
    assert await _titles() == dict.fromkeys((1, 2, 3, 4), "page")
