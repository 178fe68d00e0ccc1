"""The nets under the guard, each tried with the guard out of the way."""

import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bridge24.charts import execute, pool
from bridge24.charts.errors import CannotGrant, QueryFailed, QueryTimedOut, QueryTooCostly
from bridge24.charts.execute import Run, _connected, _explained, execute_chart_query
from bridge24.charts.grant import grant_readonly
from bridge24.charts.pool import charts_engine
from bridge24.charts.run_mysql import costs_in
from bridge24.charts.run_postgresql import MOST_COST, PostgresqlRun
from bridge24.core.db import close_db, get_dialect, init_db
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import connect, dump, fill, run


@pytest.fixture
async def crm(database: str) -> AsyncIterator[str]:
    """The application connected to the small CRM; yields its address."""
    fill(database)
    await init_db(Settings(database_url=SecretStr(database)))
    yield database
    await pool.close_charts()
    await close_db()


async def _unguarded(sql: str, *, seconds: float = 5, weighed: bool = False) -> None:
    """Run a text as it is, on a connection of the charts."""
    engine = charts_engine(Settings())
    with _explained(engine):
        async with _connected(engine, seconds=seconds) as running:
            if weighed:
                await running.weigh(sql, None)
            await _read(running, sql)


async def _read(running: Run, sql: str) -> None:
    async for _ in running.rows(sql, None):
        pass


WRITES = (
    "DELETE FROM crm_deals",
    "INSERT INTO crm_leads (id) VALUES (900)",
    "UPDATE crm_deals SET title = 'x'",
    "CREATE TABLE crm_x (id INT)",
    "DROP TABLE crm_leads",
    "ALTER TABLE crm_leads RENAME TO crm_x",
    "TRUNCATE TABLE crm_leads",
)


async def test_the_read_only_mode_stops_every_write_by_itself(crm: str) -> None:
    before = dump(crm)
    for sql in WRITES:
        with pytest.raises(QueryFailed):
            await _unguarded(sql)
    assert dump(crm) == before


async def test_the_server_refuses_several_statements_in_a_text(crm: str) -> None:
    before = dump(crm)
    for first in ("SELECT 1", "COMMIT", "ROLLBACK"):
        with pytest.raises(QueryFailed, match=r"multiple commands|syntax"):
            await _unguarded(f"{first}; DELETE FROM crm_deals")
    assert dump(crm) == before


async def test_the_server_itself_stops_what_takes_too_long(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Our own clock would stop it too: it is switched off.
    monkeypatch.setattr(execute, "GRACE_SECONDS", 600)
    sleep = "SELECT pg_sleep(20)" if get_dialect() == "postgresql" else "SELECT SLEEP(20)"
    with pytest.raises(QueryTimedOut):
        await _unguarded(f"{sleep} FROM crm_deals WHERE id = 1", seconds=0.3)


async def test_the_database_is_asked_first_what_a_query_would_cost(crm: str) -> None:
    many = ", ".join(f"crm_deals d{number}" for number in range(14))
    with pytest.raises(QueryTooCostly):
        # MySQL merely multiplies the numbers of rows for COUNT(*).
        await _unguarded(f"SELECT SUM(d0.id + d13.id) FROM {many}", weighed=True)


def test_the_cost_of_a_plan_is_found_in_either_version_of_mysqls_json() -> None:
    older = {"query_block": {"cost_info": {"query_cost": "4.70"}, "nested_loop": [{"table": {}}]}}
    newer = {"query_plan": {"inputs": [{"estimated_total_cost": 9.5, "inputs": []}]}}
    assert (list(costs_in(older)), list(costs_in(newer))) == ([4.7], [9.5])


async def test_a_query_of_usual_cost_is_not_held_back(crm: str) -> None:
    engine = charts_engine(Settings())
    async with _connected(engine, seconds=5) as running:
        await running.weigh("SELECT COUNT(*) FROM crm_deals", None)
    assert MOST_COST > 1_000_000
    assert isinstance(running, PostgresqlRun) == (get_dialect() == "postgresql")


@pytest.fixture
def login_name(crm: str) -> Iterator[str]:
    """A name for a login, which is taken away afterwards."""
    name = f"b24_{secrets.token_hex(4)}"
    yield name
    with connect(crm) as connection:
        if crm.startswith("postgresql"):
            run(connection, f"DROP OWNED BY {name}")
            run(connection, f"DROP ROLE {name}")
        else:
            run(connection, f"DROP USER {name}")


async def test_charts_use_their_own_login_when_there_is_one(
    crm: str, login_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted = await grant_readonly(login_name)
    again = await grant_readonly(login_name)
    assert granted.url.password != again.url.password
    shown = again.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CHARTS_DATABASE_URL", shown)
    monkeypatch.setattr("bridge24.charts.execute.get_settings", Settings)
    monkeypatch.setattr("bridge24.charts.pool.get_settings", Settings)

    answer = await execute_chart_query("SELECT COUNT(*) AS n FROM crm_deals")

    assert answer.rows == [{"n": 6}]
    assert charts_engine().url.username == login_name
    with pytest.raises(QueryFailed, match="denied"):
        await _unguarded("SELECT * FROM operators")


async def test_the_login_reads_views_and_their_cost_is_asked_too(
    crm: str, login_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(crm) as connection:
        run(connection, "CREATE VIEW v_crm_deals AS SELECT id, stage_id FROM crm_deals")
    granted = await grant_readonly(login_name)
    monkeypatch.setenv("CHARTS_DATABASE_URL", granted.url.render_as_string(hide_password=False))
    monkeypatch.setattr("bridge24.charts.execute.get_settings", Settings)
    monkeypatch.setattr("bridge24.charts.pool.get_settings", Settings)

    answer = await execute_chart_query("SELECT COUNT(stage_id) AS n FROM v_crm_deals")

    assert answer.rows == [{"n": 6}]
    many = ", ".join(f"v_crm_deals d{number}" for number in range(14))
    with pytest.raises(QueryTooCostly):
        await _unguarded(f"SELECT SUM(d0.id + d13.id) FROM {many}", weighed=True)
    if get_dialect() == "mysql":
        with connect(crm) as connection:
            run(connection, f"REVOKE SHOW VIEW ON v_crm_deals FROM {login_name}")
        answer = await execute_chart_query("SELECT COUNT(stage_id) AS n FROM v_crm_deals")
        assert answer.rows == [{"n": 6}]


async def test_a_login_of_an_odd_name_is_not_made(crm: str) -> None:
    for name in ("", "o'neil", "a b", "таблица", "x" * 33):
        with pytest.raises(CannotGrant, match="plain name"):
            await grant_readonly(name)


async def test_the_login_of_the_sync_itself_is_never_touched(crm: str) -> None:
    own = "postgres" if get_dialect() == "postgresql" else "root"
    with pytest.raises(CannotGrant, match="DATABASE_URL itself"):
        await grant_readonly(own)
