"""Pages of a walk do not wait for the database's disk; whatever else is stored does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.fields import Field
from bridge24.core.db import close_db, connection, dialect_of, get_engine, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.sync import store as storing
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.shape import Shaped
from bridge24.sync.tables import DynamicTableBuilder

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def layout(migrated: str) -> AsyncIterator[Layout]:
    await init_db(Settings(database_url=SecretStr(migrated)))
    wanted = FieldMapper(dialect_of(get_engine())).columns("deal", [Field("ID", "integer")])
    async with transaction() as session:
        fitted = await DynamicTableBuilder(await session.connection()).ensure(wanted)
    yield fitted
    await close_db()


async def _is_told(conn: AsyncConnection) -> bool:
    """Whether the transaction was told not to wait; the tests' server never does."""
    if dialect_of(conn) == "mysql":
        return False
    source = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
    return bool(await conn.scalar(text(source)) == "session")


async def test_only_pages_do_not_wait(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []

    async def watched(conn: AsyncConnection, layout: Layout, shaped: Shaped, **when: Any) -> Loaded:
        told.append(await _is_told(conn))
        return await load(conn, layout, shaped, **when)

    async def relayout(_unknown: frozenset[str]) -> Layout:
        return layout

    monkeypatch.setattr(storing, "load", watched)
    progress = RunProgress(entity="deal", mode=SyncMode.FULL)
    store = await storing.Store.open(crm.DEAL, layout, progress, relayout=relayout)

    await store.page(Page([{"ID": "1"}], Checkpoint("deal", ()), AT), covered=[Span(0, 1)])
    await store.again([{"ID": "2"}], read_at=AT)

    async with connection() as conn:
        assert told == [dialect_of(conn) == "postgresql", False]
        stored = await conn.execute(text("SELECT id FROM crm_deals ORDER BY id"))
        assert stored.scalars().all() == [1, 2]
