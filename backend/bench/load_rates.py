"""What the load benchmarks share: a way to load, stop-watches, result rows."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench import load_rows
from bridge24.bitrix import crm
from bridge24.core.db import get_dialect
from bridge24.sync.evolution import fit
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout

ROUNDS = 4
TABLE = "crm_deals"


async def new_table() -> Layout:
    """Create the table of a hundred columns."""
    layout = FieldMapper(get_dialect()).columns("deal", load_rows.fields())
    return await fit(crm.DEAL, layout)


async def empty(engine: AsyncEngine) -> None:
    """Empty the table."""
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE TABLE {TABLE}"))


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
