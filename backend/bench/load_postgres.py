"""How fast ready answers reach PostgreSQL, against COPY on the server and SQLAlchemy."""

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tests import services

from bench import load_rates, load_rows
from bridge24.core.db import make_engine


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Measure all ratios in one run; every rate is the best of its rounds."""
    # The owner's server keeps its commits when the power fails.
    with services.postgresql(durable=True) as server, services.fresh_database(server) as url:
        return await _measure(url, quick=quick)


async def _measure(url: URL, *, quick: bool) -> list[dict[str, object]]:
    count = 20_000 if quick else 50_000
    engine = make_engine(url)
    # The owner's document names asyncpg: it is the faster driver for SQLAlchemy, too.
    plain = create_async_engine(url.set(drivername="postgresql+asyncpg"))
    try:
        rates = await _rates(engine, plain, count)
    finally:
        await engine.dispose()
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
            "load_postgres: merge that skips, against one that does not",
            rates["skipping"],
            rates["blind"],
            0.95,
        ),
    ]


async def _rates(engine: AsyncEngine, plain: AsyncEngine, count: int) -> dict[str, float]:
    layout = await load_rates.new_table(engine)
    answers = load_rows.answers(count)
    other = load_rows.answers(count, seed=8)
    best: dict[str, float] = {}

    async def note(name: str, rows: int, work: Any) -> None:
        best[name] = max(best.get(name, 0), await load_rates.rate(rows, work))

    for _ in range(load_rates.ROUNDS):
        await load_rates.empty(engine)
        await note("ours", count, lambda: load_rates.store(engine, layout, answers))
        await note("unchanged", count, lambda: load_rates.store(engine, layout, answers))
        await note("changed", count, lambda: load_rates.store(engine, layout, other))
        await _copy_out(engine)
        await load_rates.empty(engine)
        await note("copy", count, lambda: _copy_in(engine))
        for name, where in (("skipping", _CHANGED), ("blind", "")):
            await note(name, count, lambda where=where: _merge(engine, where))
    table, rows = await load_rates.typed_rows(plain, 2_000)
    for name, some, write in (
        ("executemany", rows, _executemany(table)),
        ("values", rows[:500], _values(table)),
    ):
        await load_rates.empty(engine)
        await note(name, len(some), partial(load_rates.in_fifties, plain, some, write))
    return best


_CHANGED = "WHERE t._raw_hash IS DISTINCT FROM excluded._raw_hash"


async def _copy_out(engine: AsyncEngine) -> None:
    await _copy(engine, "TO")


async def _copy_in(engine: AsyncEngine) -> None:
    await _copy(engine, "FROM")


async def _copy(engine: AsyncEngine, direction: str) -> None:
    """Copy between the table and a file in the server's own folder."""
    async with engine.begin() as connection:
        folder = await connection.scalar(text("SHOW data_directory"))
        file = f"{folder}/bridge24-bench.copy"
        await connection.execute(text(f"COPY {load_rates.TABLE} {direction} '{file}' BINARY"))


async def _merge(engine: AsyncEngine, where: str) -> None:
    """Upsert rows of which every digest differs, with and without looking at it."""
    async with engine.begin() as connection:
        names = [name for (name,) in await connection.execute(text(_NAMES))]
        assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
        await connection.execute(
            text(f"CREATE TEMP TABLE s ON COMMIT DROP AS SELECT * FROM {load_rates.TABLE}")
        )
        await connection.execute(text("UPDATE s SET _raw_hash = reverse(_raw_hash)"))
        await connection.execute(
            text(
                f"INSERT INTO {load_rates.TABLE} AS t SELECT * FROM s "
                f"ON CONFLICT (id) DO UPDATE SET {assigned} {where}"
            )
        )


_NAMES = "SELECT attname FROM pg_attribute WHERE attrelid = 'crm_deals'::regclass AND attnum > 0"


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
