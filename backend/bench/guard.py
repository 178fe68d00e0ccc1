"""The SQL guard and the charts' connections: a check, a stopped query, a sync beside stuck ones."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from statistics import quantiles

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import URL
from tests import services

from bridge24.charts import execute, pool
from bridge24.charts.errors import ChartsBusy, QueryRefused, QueryTimedOut
from bridge24.charts.guard import Dialect, check
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/charts/corpus"))
from guard_corpus import DIALECTS, OWN_SCHEMA, TABLES, statements

CHECK_GOAL_MS = 10.0
FREE_GOAL_SECONDS = 1.0
DELAY_GOAL_MS = 100.0
LIMIT_SECONDS = 1.0
ROWS = 1200
SLOW = (
    "SELECT COUNT(*) AS n FROM crm_slow a JOIN crm_slow b ON a.kind = b.kind "
    "JOIN crm_slow c ON c.kind = b.kind WHERE a.id + b.id + c.id < 0"
)

Row = dict[str, object]


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Measure checks on both dialects, then stopped and stuck queries on both servers."""
    rows = _checks(rounds=1 if quick else 5)
    for name, start in (("PostgreSQL", services.postgresql), ("MySQL", services.mysql)):
        with start() as server, services.fresh_database(server) as url:
            rows += await _beside(name, url)
    return rows


def _checks(*, rounds: int) -> list[Row]:
    """Time every statement of the corpus: by the processor, and as whoever waits sees it."""
    measured: list[tuple[float, float]] = []
    for repeat in range(rounds + 1):
        for dialect in DIALECTS:
            for kind in ("hostile", "legitimate"):
                for statement in statements(kind, dialect):
                    began = time.thread_time(), time.perf_counter()
                    _check(statement.sql, dialect)
                    ended = time.thread_time(), time.perf_counter()
                    if repeat:  # the first round warms up
                        measured.append((ended[0] - began[0], ended[1] - began[1]))
    cpu, wall = (quantiles(times, n=100)[98] * 1000 for times in zip(*measured, strict=True))
    of = f"one check, p99 of {len(measured):,}"
    return [
        _row(f"guard: CPU time of {of}", cpu, "ms", CHECK_GOAL_MS),
        # A busy machine makes any wall time long: it is told, and the processor's is judged.
        {**_row(f"guard: wall time of {of}", wall, "ms", CHECK_GOAL_MS), "goal": None},
    ]


def _check(sql: str, dialect: Dialect) -> None:
    with suppress(QueryRefused):
        schema = OWN_SCHEMA[dialect]
        check(sql, dialect=dialect, allowed_tables=TABLES, schema=schema).executable()


async def _beside(name: str, url: URL) -> list[Row]:
    configured = Settings(
        database_url=SecretStr(url.render_as_string(hide_password=False)),
        chart_query_timeout_seconds=LIMIT_SECONDS,
    )
    execute.get_settings = pool.get_settings = lambda: configured  # type: ignore[attr-defined]
    await init_db(configured)
    try:
        async with connection() as conn:
            await conn.execute(text("CREATE TABLE crm_slow (id BIGINT PRIMARY KEY, kind INT)"))
            values = ", ".join(f"({number}, 1)" for number in range(ROWS))
            await conn.execute(text(f"INSERT INTO crm_slow VALUES {values}"))
        freed = await _seconds(_stopped) - LIMIT_SECONDS
        alone, beside = await _delays()
    finally:
        await pool.close_charts()
        await close_db()
    return [
        _row(
            f"charts: a stopped query's connection is free, {name}", freed, "s", FREE_GOAL_SECONDS
        ),
        _row(
            f"charts: a write of the sync beside ten stuck queries, worst, {name}",
            beside,
            "ms",
            max(DELAY_GOAL_MS, 10 * alone),
        ),
    ]


async def _stopped() -> None:
    try:
        await execute.execute_chart_query(SLOW)
    except QueryTimedOut:
        async with pool.charts_engine().connect():
            return
    raise RuntimeError("the slow query was not slow")


async def _delays() -> tuple[float, float]:
    """The worst of the sync's small transactions without and with ten stuck queries, in ms."""
    alone = max([await _seconds(_transaction) for _ in range(20)])
    stuck = [asyncio.create_task(execute.execute_chart_query(SLOW)) for _ in range(10)]
    await asyncio.sleep(LIMIT_SECONDS / 3)
    beside = max([await _seconds(_transaction) for _ in range(20)])
    for end in await asyncio.gather(*stuck, return_exceptions=True):
        if type(end) not in {QueryTimedOut, ChartsBusy}:
            raise RuntimeError(f"a stuck query ended as {end!r}")
    return alone * 1000, beside * 1000


async def _transaction() -> None:
    async with connection() as conn:
        await conn.execute(text("UPDATE crm_slow SET kind = 1 WHERE id = 7"))


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def _row(name: str, figure: float, unit: str, goal: float) -> Row:
    return {
        "name": name,
        "figure": round(figure, 2),
        "unit": unit,
        "baseline": None,
        "ratio": None,
        "goal": round(goal, 2),
        "holds": figure <= goal,
    }
