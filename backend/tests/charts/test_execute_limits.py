"""Running a chart's query: its limits, its end, and that nothing else waits for it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.charts import execute, pool
from bridge24.charts.errors import (
    ChartsBusy,
    ForbiddenTable,
    QueryFailed,
    QueryRefused,
    QueryTimedOut,
    ResultTooWide,
    UnknownParameter,
)
from bridge24.charts.execute import check_chart_query, execute_chart_query, until_gone
from bridge24.core.db import close_db, connection, get_dialect, init_db
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import fill

# Accepted, and long: every row meets every row of its own stage, twice.
SLOW = (
    "SELECT COUNT(*) AS n FROM crm_slow a JOIN crm_slow b ON a.kind = b.kind "
    "JOIN crm_slow c ON c.kind = b.kind WHERE a.id + b.id + c.id < 0"
)
RUNNING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
    "AND datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%crm_slow%'",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() "
    "AND id <> CONNECTION_ID() AND info LIKE '%crm_slow%'",
}


@pytest.fixture
async def crm(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The application connected to the small CRM, with a slow table beside it."""
    fill(database)
    configured = Settings(
        database_url=SecretStr(database), chart_query_timeout_seconds=1.0, chart_max_rows=5
    )
    monkeypatch.setattr(execute, "get_settings", lambda: configured)
    monkeypatch.setattr(pool, "get_settings", lambda: configured)
    await init_db(configured)
    yield
    await pool.close_charts()
    await close_db()


@pytest.fixture
async def slow(crm: None) -> None:
    """A table whose joins take minutes."""
    async with connection() as conn:
        await conn.execute(text("CREATE TABLE crm_slow (id BIGINT PRIMARY KEY, kind INT)"))
        rows = ", ".join(f"({number}, 1)" for number in range(1200))
        await conn.execute(text(f"INSERT INTO crm_slow VALUES {rows}"))


async def _running() -> int:
    async with connection() as conn:
        return int(await conn.scalar(text(RUNNING[get_dialect()])) or 0)


async def _ended() -> bool:
    """Whether the server is soon done with the slow queries, which would go on for minutes."""
    for _ in range(600):
        if await _running() == 0:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_query_gives_rows_by_name_and_says_when_there_are_more(crm: None) -> None:
    few = await execute_chart_query("SELECT id, title FROM crm_deals ORDER BY id LIMIT 2")
    all_of_them = await execute_chart_query("SELECT id FROM crm_deals ORDER BY id")

    assert few.rows == [{"id": 1, "title": "Поставка"}, {"id": 2, "title": "Сервис 50%"}]
    assert few.truncated is False
    assert [row["id"] for row in all_of_them.rows] == [1, 2, 3, 4, 5]
    assert all_of_them.truncated is True


async def test_as_many_rows_as_allowed_are_not_called_truncated(crm: None) -> None:
    answer = await execute_chart_query("SELECT id FROM crm_deals WHERE id <= 5 ORDER BY id")
    assert (len(answer.rows), answer.truncated) == (5, False)


async def test_a_caller_may_ask_for_fewer_rows_but_never_for_more(crm: None) -> None:
    fewer = await execute_chart_query("SELECT id FROM crm_deals", max_rows=2)
    more = await execute_chart_query("SELECT id FROM crm_deals", max_rows=1_000)
    assert (len(fewer.rows), len(more.rows)) == (2, 5)


async def test_columns_of_one_name_are_told_apart(crm: None) -> None:
    answer = await execute_chart_query(
        "SELECT d.id, c.id FROM crm_deals d JOIN crm_companies c ON c.id = d.company_id "
        "WHERE d.id = 3"
    )
    assert answer.columns == ["id", "id_2"]
    assert answer.rows == [{"id": 3, "id_2": 3}]


async def test_no_rows_still_have_columns(crm: None) -> None:
    answer = await execute_chart_query("SELECT id, title FROM crm_deals WHERE id < 0")
    assert (answer.columns, answer.rows) == (["id", "title"], [])


async def test_parameters_are_bound_whatever_they_hold(crm: None) -> None:
    odd = "Сервис 50%' OR '1'='1\\"
    sql = "SELECT id FROM crm_deals WHERE title = :title AND title LIKE '%50%' OR id = :id"
    nothing = await execute_chart_query(sql, parameters={"title": odd, "id": -1})
    one = await execute_chart_query(sql, parameters={"title": "Сервис 50%", "id": -1})
    assert (nothing.rows, one.rows) == ([], [{"id": 2}])


@pytest.mark.parametrize("broken", ["a\0b", "a\ud800b"])
async def test_a_value_that_no_database_takes_is_refused_in_words(crm: None, broken: str) -> None:
    with pytest.raises(QueryFailed, match=":title holds a broken character"):
        await execute_chart_query(
            "SELECT id FROM crm_deals WHERE title = :title", parameters={"title": broken}
        )


async def test_a_parameter_without_a_value_refuses_the_query(crm: None) -> None:
    with pytest.raises(UnknownParameter, match=":title"):
        await execute_chart_query("SELECT id FROM crm_deals WHERE title = :title")


async def test_every_run_checks_again(crm: None) -> None:
    await check_chart_query("SELECT COUNT(*) AS n FROM crm_leads")
    async with connection() as conn:
        await conn.execute(text("ALTER TABLE crm_leads RENAME TO old_leads"))
    pool_tables = await execute.readable(pool.charts_engine(), fresh=True)
    assert "crm_leads" not in pool_tables.columns
    with pytest.raises(ForbiddenTable):
        await execute_chart_query("SELECT COUNT(*) AS n FROM crm_leads")


async def test_a_table_made_a_moment_ago_may_be_read(crm: None) -> None:
    await execute_chart_query("SELECT COUNT(*) AS n FROM crm_leads")
    async with connection() as conn:
        await conn.execute(text("CREATE TABLE crm_dynamic_1256 (id BIGINT PRIMARY KEY)"))
    answer = await execute_chart_query("SELECT COUNT(*) AS n FROM crm_dynamic_1256")
    assert answer.rows == [{"n": 0}]


async def test_what_the_database_says_of_a_bad_query_is_told(crm: None) -> None:
    with pytest.raises(QueryFailed, match="nonsense"):
        await execute_chart_query("SELECT nonsense FROM crm_deals")
    assert (await execute_chart_query("SELECT 1 AS one")).rows == [{"one": 1}]


async def test_a_slow_query_ends_at_its_limit_and_frees_its_connection(slow: None) -> None:
    with pytest.raises(QueryTimedOut, match="1 seconds"):
        await execute_chart_query(SLOW)
    assert await _ended()
    assert pool.charts_engine().pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await execute_chart_query("SELECT 1 AS one")).rows == [{"one": 1}]


async def test_when_its_reader_goes_away_the_server_stops_the_query(
    slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "get_settings", _patient)
    asked = 0

    async def is_gone() -> bool:
        nonlocal asked
        asked += 1
        return await _running() == 1 and asked > 1

    with pytest.raises(asyncio.CancelledError):
        await until_gone(execute_chart_query(SLOW), is_gone)
    assert await _ended()
    assert pool.charts_engine().pool.checkedout() == 0  # type: ignore[attr-defined]


def _patient() -> Settings:
    return Settings(
        database_url=SecretStr(pool.charts_engine().url.render_as_string(hide_password=False)),
        chart_query_timeout_seconds=60,
    )


async def test_work_whose_reader_stays_is_finished(crm: None) -> None:
    async def stays() -> bool:
        return False

    answer = await until_gone(execute_chart_query("SELECT 1 AS one"), stays)
    assert answer.rows == [{"one": 1}]


async def test_ten_stuck_queries_leave_the_sync_its_connections(
    slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "get_settings", _patient)
    stuck = [asyncio.create_task(execute_chart_query(SLOW)) for _ in range(10)]
    while await _running() < pool.CONNECTIONS:
        await asyncio.sleep(0.02)

    async with connection() as conn:  # the sync's own pool, while the charts' is exhausted
        await conn.execute(text("INSERT INTO crm_leads (id, title) VALUES (77, 'meanwhile')"))
        assert await _running() == pool.CONNECTIONS

    for task in stuck:
        task.cancel()
    ended = await asyncio.gather(*stuck, return_exceptions=True)
    assert {type(end) for end in ended} <= {asyncio.CancelledError, ChartsBusy}
    assert await _ended()


async def test_an_answer_too_large_for_memory_is_cut_off(
    crm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "MOST_BYTES", 20)
    with pytest.raises(ResultTooWide):
        await execute_chart_query("SELECT title FROM crm_companies ORDER BY id")


async def test_a_refused_query_never_reaches_the_database(crm: None) -> None:
    with pytest.raises(QueryRefused):
        await execute_chart_query("SELECT 1; DROP TABLE crm_deals")
    assert len((await execute_chart_query("SELECT id FROM crm_deals")).rows) == 5
