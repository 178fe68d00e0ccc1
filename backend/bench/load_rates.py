"""What the load benchmarks share: a way to load, stop-watches, result rows."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench import load_rows
from bridge24.cli.copying import CONTAINERS_BETWEEN_COLLECTIONS
from bridge24.core.clock import utc_naive
from bridge24.core.db import dialect_of
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load
from bridge24.sync.shape import Shaped, shape
from bridge24.sync.tables import DynamicTableBuilder

ROUNDS = 3
TABLE = "crm_deals"


async def new_table(engine: AsyncEngine) -> Layout:
    """Create the table of a hundred columns anew."""
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP TABLE IF EXISTS {TABLE}"))
    layout = FieldMapper(dialect_of(engine)).columns("deal", load_rows.fields())
    async with engine.begin() as connection:
        return await DynamicTableBuilder(connection).ensure(layout)


async def empty(engine: AsyncEngine) -> None:
    """Empty the table."""
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE TABLE {TABLE}"))


async def store(engine: AsyncEngine, layout: Layout, answers: Sequence[bytes]) -> Loaded:
    """Parse, shape and load ready answers: one is shaped while the one before is stored."""
    gc.set_threshold(CONTAINERS_BETWEEN_COLLECTIONS)
    total = Loaded()
    storing: asyncio.Task[Loaded] | None = None
    for answer in answers:
        shaped = await asyncio.to_thread(_shaped, answer, layout)
        if storing:
            _add(total, await storing)
        storing = asyncio.create_task(_store_one(engine, layout, shaped))
    if storing:
        _add(total, await storing)
    return total


def _shaped(answer: bytes, layout: Layout) -> Shaped:
    shaped = shape(orjson.loads(answer), layout)
    if shaped.misfits or shaped.rejected:
        raise RuntimeError("a benchmark row does not fit its table")
    return shaped


async def _store_one(engine: AsyncEngine, layout: Layout, shaped: Shaped) -> Loaded:
    async with engine.begin() as connection:
        return await load(connection, layout, shaped, read_at=utc_naive())


def _add(total: Loaded, one: Loaded) -> None:
    total.inserted += one.inserted
    total.updated += one.updated
    total.unchanged += one.unchanged
    total.slow |= one.slow


async def rate(rows: int, work: Callable[[], Awaitable[object]]) -> float:
    """Run once and return rows a second."""
    start = time.perf_counter()
    await work()
    return rows / (time.perf_counter() - start)


async def typed_rows(engine: AsyncEngine, limit: int) -> tuple[Table, list[dict[str, Any]]]:
    """Read stored rows back as SQLAlchemy would be given them: typed and ready."""

    def reflect(connection: Any) -> Table:
        return Table(TABLE, MetaData(), autoload_with=connection)

    async with engine.connect() as connection:
        table: Table = await connection.run_sync(reflect)
        kept = [column for column in table.columns if column.name != "_overflow"]
        found = await connection.execute(
            table.select().with_only_columns(*kept).order_by(table.c.id).limit(limit)
        )
        return table, [dict(row) for row in found.mappings()]


async def in_fifties(
    engine: AsyncEngine,
    rows: list[dict[str, Any]],
    write: Callable[[AsyncConnection, list[dict[str, Any]]], Awaitable[object]],
) -> None:
    """Write rows fifty at a time, each fifty in a transaction, as the naive sync does."""
    for at in range(0, len(rows), 50):
        async with engine.begin() as connection:
            await write(connection, rows[at : at + 50])


def result(
    name: str, figure: float, baseline: float | None, goal: float | None
) -> dict[str, object]:
    """Describe one measured ratio."""
    ratio = figure / baseline if baseline else None
    return {
        "name": name,
        "figure": round(figure),
        "unit": "rows/s",
        "baseline": round(baseline) if baseline else None,
        "ratio": round(ratio, 2) if ratio else None,
        "goal": goal,
        "holds": None if ratio is None or goal is None else ratio >= goal,
    }
