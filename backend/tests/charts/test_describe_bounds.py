"""Looking at the tables waits for nobody for long, and leaves no trace on a connection."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.charts import describe
from bridge24.charts.knowledge import figures
from bridge24.charts.knowledge.facts import Table
from bridge24.core.db import close_db, connection, get_dialect, init_db
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import connect, run

HELD = {
    "postgresql": ("BEGIN", "LOCK TABLE crm_leads IN ACCESS EXCLUSIVE MODE"),
    "mysql": ("LOCK TABLES crm_leads WRITE",),
}
LIMITS = {
    "postgresql": "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')",
    "mysql": "SELECT @@session.lock_wait_timeout, @@session.{}",
}


@pytest.fixture
async def crm(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Two tables of three rows, and little patience."""
    monkeypatch.setattr(describe, "LOOK_SECONDS", 5)
    # One connection, so that whatever is left on it is seen.
    await init_db(
        Settings(database_url=SecretStr(database), database_pool_size=1, database_max_overflow=0)
    )
    async with connection() as conn:
        for name in ("crm_deals", "crm_leads"):
            await conn.execute(text(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY)"))
            await conn.execute(text(f"INSERT INTO {name} VALUES (1), (2), (3)"))
    yield
    await close_db()


async def test_a_table_that_is_being_changed_is_told_without_figures(
    crm: None, database: str
) -> None:
    with connect(database) as holder:
        for statement in HELD[get_dialect()]:
            run(holder, statement)
        tables = {table.name: table for table in await describe.tables_of_crm()}

    assert (tables["crm_deals"].rows, tables["crm_leads"].rows) == (3, None)
    assert tables["crm_leads"].column("id") is not None


async def test_the_limits_of_a_look_do_not_stay_on_the_connection(crm: None) -> None:
    before = await _limits()
    await describe.tables_of_crm()
    assert await _limits() == before


async def _limits() -> tuple[object, ...]:
    async with connection() as conn:
        version = str(await conn.scalar(text("SELECT VERSION()"))).lower()
        name = "max_statement_time" if "mariadb" in version else "max_execution_time"
        return tuple((await conn.execute(text(LIMITS[get_dialect()].format(name)))).one())


async def test_only_tables_that_have_changed_are_looked_at_again(
    crm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {table.name: table.rows for table in await describe.tables_of_crm()}
    looked: list[str] = []
    monkeypatch.setattr(describe, "look_at", _noting(looked))
    await _execute("DELETE FROM crm_deals WHERE id = 1")
    await _execute("ALTER TABLE crm_leads ADD COLUMN title VARCHAR(10)")
    await _execute("CREATE TABLE crm_quotes (id BIGINT PRIMARY KEY)")

    after = {table.name: table.rows for table in await describe.tables_of_crm()}

    assert looked == ["crm_leads", "crm_quotes"]
    assert (before["crm_deals"], after["crm_deals"]) == (3, 3)
    await describe.tables_of_crm(fresh=True)
    assert looked[2:] == ["crm_deals", "crm_leads", "crm_quotes"]


def _noting(looked: list[str]) -> Callable[[AsyncConnection, Table], Awaitable[None]]:
    async def look_at(conn: AsyncConnection, table: Table) -> None:
        looked.append(table.name)
        await figures.look_at(conn, table)

    return look_at


async def _execute(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))
