"""The one gate: a chart's query is checked and run here, every time, and nowhere else."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bridge24.charts import guard
from bridge24.charts.errors import (
    ChartsBusy,
    ForbiddenTable,
    QueryFailed,
    QueryTimedOut,
    ResultTooWide,
    UnknownParameter,
)
from bridge24.charts.guard import Checked
from bridge24.charts.pool import charts_engine
from bridge24.charts.reading import Readable, readable
from bridge24.charts.receipt import Warned, facts_of, warnings_of
from bridge24.charts.run_mysql import MysqlRun
from bridge24.charts.run_postgresql import PostgresqlRun
from bridge24.charts.values import Json, to_json
from bridge24.core.db import DRIVER_ERRORS, dialect_of
from bridge24.core.failures import explain_database_error
from bridge24.core.settings import get_settings

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024 * 1024
GRACE_SECONDS = 0.5
"""How much later than the server we stop waiting for it."""
LOOK_SECONDS = 0.25

Value = None | bool | int | float | str | Decimal | date
Run = PostgresqlRun | MysqlRun
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave."""

    columns: list[str]
    rows: list[dict[str, Json]]
    seconds: float
    """From the check to the last row."""
    truncated: bool
    """There were more rows than are given."""
    warnings: list[Warned]
    """What a reader of the figures should know."""


async def execute_chart_query(
    sql: str,
    *,
    parameters: Mapping[str, Value] | None = None,
    max_rows: int | None = None,
    timeout_seconds: float | None = None,
) -> Answer:
    """Check a query and run it read-only, within the settings' limits of time and rows.

    What is executed is written from the checked tree, not the text given. When the caller
    is cancelled the database stops the query too.

    Args:
        sql: One SELECT over the CRM's tables, with ``:name`` for each parameter.
        parameters: The values of all its parameters; they are bound by the driver.
        max_rows: At most CHART_MAX_ROWS, which is also the default.
        timeout_seconds: At most CHART_QUERY_TIMEOUT_SECONDS, which is also the default.

    Raises:
        QueryRefused: It may not be run.
        QueryTimedOut, QueryFailed, ResultTooWide: It was run in vain.
        ChartsBusy: All connections for charts are taken.
        DatabaseError: The database cannot be reached.
    """
    settings = get_settings()
    most = min(max_rows or settings.chart_max_rows, settings.chart_max_rows)
    seconds = settings.chart_query_timeout_seconds
    seconds = min(timeout_seconds or seconds, seconds)
    engine = charts_engine(settings)
    started = time.monotonic()
    with_values = dict(parameters or {})
    with _explained(engine):
        checked, tables = await _checked(sql, engine, names=frozenset(with_values))
        async with _connected(engine, seconds=seconds) as run:
            columns, rows, truncated = await _fetched(run, checked, with_values, most)
    return Answer(
        columns=columns,
        rows=rows,
        seconds=time.monotonic() - started,
        truncated=truncated,
        warnings=warnings_of(checked, facts_of(tables.columns)),
    )


async def check_chart_query(sql: str, *, parameters: Sequence[str] = ()) -> Checked:
    """Check a query against the tables there are, without running it.

    Raises:
        QueryRefused: It may not be run.
    """
    engine = charts_engine()
    with _explained(engine):
        return (await _checked(sql, engine, names=frozenset(parameters)))[0]


async def until_gone(work: Awaitable[T], is_gone: Callable[[], Awaitable[bool]]) -> T:
    """Wait for a work, and cancel it when its reader is gone.

    Args:
        work: Such as ``execute_chart_query(…)``.
        is_gone: Such as ``request.is_disconnected``; asked four times a second.

    Raises:
        asyncio.CancelledError: The reader is gone.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=LOOK_SECONDS)
            if not task.done() and await is_gone():
                task.cancel()
                break
        return await task
    finally:
        task.cancel()


async def _checked(
    sql: str, engine: AsyncEngine, *, names: frozenset[str]
) -> tuple[Checked, Readable]:
    tables = await readable(engine)
    try:
        return _check(sql, engine, tables, names), tables
    except ForbiddenTable:
        # The table may have been made a moment ago.
        tables = await readable(engine, fresh=True)
        return _check(sql, engine, tables, names), tables


def _check(sql: str, engine: AsyncEngine, tables: Readable, names: frozenset[str]) -> Checked:
    return guard.check(
        sql,
        dialect=dialect_of(engine),
        allowed_tables=tables.columns,
        parameters=names,
        schema=tables.schema,
        rows=tables.rows,
    )


@asynccontextmanager
async def _connected(engine: AsyncEngine, *, seconds: float) -> AsyncIterator[Run]:
    """Lend a connection; whatever interrupts its query stops it on the server as well."""
    async with engine.connect() as connection:
        run = await _run_on(connection, engine, seconds=seconds)
        try:
            async with asyncio.timeout(seconds + GRACE_SECONDS):
                await run.begin()
                yield run
        except (asyncio.CancelledError, TimeoutError) as reason:
            await asyncio.shield(_stop(run, connection))
            if isinstance(reason, TimeoutError):
                raise QueryTimedOut(seconds=f"{seconds:g}") from None
            raise
        except DRIVER_ERRORS as error:
            worded = run.explain(error)
            await (run.end() if worded else connection.invalidate())
            raise (worded or error) from None
        except BaseException:
            await asyncio.shield(_stop(run, connection))
            raise
        await run.end()


async def _run_on(connection: AsyncConnection, engine: AsyncEngine, *, seconds: float) -> Run:
    raw = await connection.get_raw_connection()
    if dialect_of(engine) == "postgresql":
        return PostgresqlRun(raw.driver_connection, seconds=seconds)
    return MysqlRun(raw.driver_connection, seconds=seconds, url=engine.url)


async def _stop(run: Run, connection: AsyncConnection) -> None:
    """Stop the query on the server and give its connection up: its state is unknown."""
    try:
        await run.stop()
    except (*DRIVER_ERRORS, OSError):
        # It ended by itself, or nobody answers: the server's own limit of time stands.
        log.warning("charts.stop_failed")
    finally:
        await connection.invalidate()


async def _fetched(
    run: Run, checked: Checked, values: Mapping[str, Value], most: int
) -> tuple[list[str], list[dict[str, Json]], bool]:
    unknown = next((name for name in sorted(checked.parameters) if name not in values), None)
    if unknown is not None:
        raise UnknownParameter(name=unknown)
    statement = checked.limited(most + 1).executable()
    bound = {name: _storable(name, values[name]) for name in checked.parameters} or None
    await run.weigh(statement, bound)
    found: list[Sequence[object]] = []
    size = 0
    async with aclosing(run.rows(statement, bound)) as pages:
        async for page in pages:
            found += page
            size += sum(len(cell) for row in page for cell in row if isinstance(cell, str | bytes))
            if size > MOST_BYTES:
                raise ResultTooWide(megabytes=MOST_BYTES // 1024**2)
    if not found and isinstance(run, PostgresqlRun):
        await run.describe(checked.limited(0).executable(), bound)
    columns = _apart(run.columns)
    rows = [_row(columns, row) for row in found[:most]]
    return columns, rows, len(found) > most


def _storable(name: str, value: Value) -> Value:
    """Refuse the texts that no database can be sent: NUL, and halves of characters."""
    if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        raise QueryFailed(reason=f"the value of :{name} holds a broken character")
    return value


def _row(columns: list[str], row: Sequence[object]) -> dict[str, Json]:
    return {name: to_json(cell) for name, cell in zip(columns, row, strict=True)}


def _apart(names: list[str]) -> list[str]:
    """Number the columns of one name: ``id``, ``id_2``."""
    given: list[str] = []
    for name in names:
        number, own = 1, name
        while own in given:
            number += 1
            own = f"{name}_{number}"
        given.append(own)
    return given


@contextmanager
def _explained(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except PoolTimeout:
        raise ChartsBusy from None
    except DRIVER_ERRORS as error:
        raise explain_database_error(error, url=engine.url) from error
