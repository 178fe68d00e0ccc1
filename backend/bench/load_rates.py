"""What the load benchmarks share: a way to load, stop-watches, result rows."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench import load_rows
from bridge24.bitrix import Call, Reply, crm, listing
from bridge24.bitrix.batch import outcomes, packs
from bridge24.bitrix.rows import UnparsedRows
from bridge24.bitrix.wire import Answer, reply_of
from bridge24.cli.copying import CONTAINERS_BETWEEN_COLLECTIONS
from bridge24.core.db import dialect_of
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load, unhurried
from bridge24.sync.shape import Shaped, shape_in_turns
from bridge24.sync.tables import DynamicTableBuilder

ROUNDS = 4
READ_AT = datetime(2026, 11, 24, 12)
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
    following = asyncio.create_task(_shaped(answers[0], layout))
    for answer in [*answers[1:], None]:
        shaped = await following
        if answer:
            following = asyncio.create_task(_shaped(answer, layout))
        _add(total, await _store_one(engine, layout, shaped, is_last=answer is None))
    return total


async def _shaped(answer: bytes, layout: Layout) -> Shaped:
    shaped = await shape_in_turns(rows_of(answer), layout)
    if shaped.misfits or shaped.rejected:
        raise RuntimeError("a benchmark row does not fit its table")
    return shaped


def rows_of(answer: bytes) -> UnparsedRows:
    """Take an answer apart as a walk does."""
    reply = reply_of(Answer(200, answer), method="batch")
    keys = list(reply.result["result"])
    (pack,) = packs([Call("crm.deal.list", key=key) for key in keys])
    rows = UnparsedRows()
    for outcome in outcomes(pack, reply, halt=True, unparsed=True).outcomes:
        if not isinstance(outcome, Reply):
            raise TypeError("a benchmark answer holds an error")
        part, ids = listing.unparsed(crm.DEAL, outcome.result)
        rows.add(part, len(ids))
    return rows


async def _store_one(
    engine: AsyncEngine, layout: Layout, shaped: Shaped, *, is_last: bool
) -> Loaded:
    async with engine.begin() as connection:
        if not is_last:
            # The last commit of a walk waits for the disk, and brings all others there.
            await unhurried(connection)
        return await load(connection, layout, shaped, read_at=READ_AT)


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
