"""How fast ready answers reach PostgreSQL, against COPY on the server and SQLAlchemy."""

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tests import services

from bench import load_merge, load_rates, load_rows, load_walk
from bridge24.core.db import get_engine


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Measure all ratios in one run; every rate is the best of its rounds."""
    # The owner's server keeps its commits when the power fails.
    with services.postgresql(durable=True) as server, services.fresh_database(server) as url:
        return await _measure(url, quick=quick)


async def _measure(url: URL, *, quick: bool) -> list[dict[str, object]]:
    # The owner's document names asyncpg: it is the faster driver for SQLAlchemy, too.
    plain = create_async_engine(url.set(drivername="postgresql+asyncpg"))
    async with load_walk.database(url):
        try:
            rates = await _rates(get_engine(), plain, 20_000 if quick else 50_000)
        finally:
            await plain.dispose()
    ours = rates["ours"]
    return [
        load_rates.result("load_postgres: against COPY on the server", ours, rates["copy"], 0.5),
        load_rates.result("load_postgres: against executemany", ours, rates["executemany"], 6),
        load_rates.result("load_postgres: against multi-row VALUES", ours, rates["values"], 60),
        load_rates.result(
            "load_postgres: unchanged rows against changed ones",
            rates["unchanged"],
            rates["changed"],
            1,
        ),
        load_rates.result(
            "load_postgres: merge that skips, against one that does not (processor time)",
            rates["skipping"],
            rates["blind"],
            0.95,
        ),
    ]


async def _rates(engine: AsyncEngine, plain: AsyncEngine, count: int) -> dict[str, float]:
    layout = await load_rates.new_table()
    answers = load_rows.answers(count)
    other = load_rows.answers(count, seed=8)
    best: dict[str, float] = {}

    async def note(name: str, rows: int, work: Any) -> None:
        best[name] = max(best.get(name, 0), await load_rates.rate(rows, work))

    for _ in range(load_rates.ROUNDS):
        await load_rates.empty(engine)
        await note("ours", count, lambda: load_walk.store(layout, answers))
        await note("unchanged", count, lambda: load_walk.store(layout, answers))
        await note("changed", count, lambda: load_walk.store(layout, other))
        await _copy(engine, "TO")
        await load_rates.empty(engine)
        await note("copy", count, lambda: _copy(engine, "FROM"))
    best |= await load_merge.rates(engine, count)
    table, rows = await load_rates.typed_rows(plain, 2_000)
    for name, some, write in (
        ("executemany", rows, _executemany(table)),
        ("values", rows[:500], _values(table)),
    ):
        await load_rates.empty(engine)
        await note(name, len(some), partial(load_rates.in_fifties, plain, some, write))
    return best


async def _copy(engine: AsyncEngine, direction: str) -> None:
    """Copy between the table and a file in the server's own folder."""
    async with engine.begin() as connection:
        folder = await connection.scalar(text("SHOW data_directory"))
        file = f"{folder}/bridge24-bench.copy"
        await connection.execute(text(f"COPY {load_rates.TABLE} {direction} '{file}' BINARY"))


def _executemany(table: Table) -> Any:
    statement = insert(table)
    upsert = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={c.name: statement.excluded[c.name] for c in table.columns if c.name != "id"},
    )

    async def write(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        await connection.execute(upsert, rows)

    return write


def _values(table: Table) -> Any:
    async def write(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        statement = insert(table).values(rows)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={c.name: statement.excluded[c.name] for c in table.columns if c.name != "id"},
            )
        )

    return write


if __name__ == "__main__":
    for row in asyncio.run(measure(quick=True)):
        print(row)
