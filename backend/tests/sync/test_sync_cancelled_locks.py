"""Who is cancelled while a table or a view is locked stays cancelled."""

import asyncio

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.core.db import close_db, connection, dialect_of, init_db
from bridge24.core.settings import Settings
from bridge24.sync.ddl.mysql import MysqlTables
from bridge24.sync.ddl.postgres import PostgresTables
from bridge24.sync.views.mysql import MysqlViews
from bridge24.sync.views.postgres import PostgresViews

FOREVER = {"postgresql": "SELECT pg_sleep(600)", "mysql": "SELECT SLEEP(600)"}


async def _wait_locked(kind: str, *, entered: asyncio.Event) -> None:
    async with connection() as conn:
        dialect = dialect_of(conn)
        if kind == "views":
            views = await (PostgresViews if dialect == "postgresql" else MysqlViews).of(conn)
            await views.lock()
        else:
            tables = await (PostgresTables if dialect == "postgresql" else MysqlTables).of(conn)
            await tables.lock("crm_deals")
        try:
            entered.set()
            await conn.execute(text(FOREVER[dialect]))
        finally:
            await (views.unlock() if kind == "views" else tables.unlock("crm_deals"))


@pytest.mark.parametrize("kind", ["views", "tables"])
async def test_who_is_cancelled_under_a_lock_stays_cancelled(database: str, kind: str) -> None:
    await init_db(Settings(database_url=SecretStr(database)))
    entered = asyncio.Event()
    task = asyncio.create_task(_wait_locked(kind, entered=entered))
    await entered.wait()
    await asyncio.sleep(0.2)  # into the statement

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await close_db()
