"""How fast ready answers reach MySQL or MariaDB, against LOAD DATA and the usual inserts."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests import services

from bench import load_rates, load_rows, load_walk
from bridge24.core.db import get_engine
from bridge24.sync.layout import Layout
from bridge24.sync.load.memory_file import offered
from bridge24.sync.mysql_driver import quoted, run
from bridge24.sync.shape import shape
from bridge24.sync.shape_rows import stored_names


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Measure all ratios in one run; every rate is the best of its rounds."""
    with services.mysql() as server, services.fresh_database(server) as url:
        return await _measure(url, quick=quick)


async def _measure(url: URL, *, quick: bool) -> list[dict[str, object]]:
    async with load_walk.database(url):
        engine = get_engine()
        async with engine.begin() as connection:
            # The tests' server forgets commits when the power fails; the owner's does not.
            await connection.execute(text("SET GLOBAL innodb_flush_log_at_trx_commit = 1"))
        rates = await _rates(engine, 10_000 if quick else 25_000)
    ours = rates["ours"]
    return [
        load_rates.result("load_mysql: against LOAD DATA of a file", ours, rates["file"], 0.6),
        load_rates.result("load_mysql: against executemany", ours, rates["executemany"], 1.8),
        load_rates.result("load_mysql: against multi-row VALUES", ours, rates["values"], 15),
        load_rates.result(
            "load_mysql: unchanged rows against changed ones",
            rates["unchanged"],
            rates["changed"],
            1,
        ),
    ]


async def _rates(engine: AsyncEngine, count: int) -> dict[str, float]:
    layout = await load_rates.new_table()
    answers, other = load_rows.answers(count), load_rows.answers(count, seed=8)
    ready = _ready_file(layout, answers)
    best: dict[str, float] = {}

    async def note(name: str, rows: int, work: Any) -> None:
        best[name] = max(best.get(name, 0), await load_rates.rate(rows, work))

    for _ in range(load_rates.ROUNDS):
        await load_rates.empty(engine)
        await note("ours", count, lambda: load_walk.store(layout, answers))
        await note("unchanged", count, lambda: load_walk.store(layout, answers))
        await note("changed", count, lambda: load_walk.store(layout, other))
        await load_rates.empty(engine)
        await note("file", count, lambda: _load_file(engine, layout, ready))
    table, rows = await load_rates.typed_rows(engine, 2_000)
    await load_rates.empty(engine)
    await note(
        "executemany", 2_000, lambda: load_rates.in_fifties(engine, rows, _executemany(layout))
    )
    await load_rates.empty(engine)
    await note("values", 500, lambda: load_rates.in_fifties(engine, rows[:500], _values(table)))
    return best


def _ready_file(layout: Layout, answers: list[bytes]) -> bytes:
    now = str(datetime.now(UTC).replace(tzinfo=None, microsecond=0)).encode()
    lines = []
    for answer in answers:
        shaped = shape(load_walk.rows_of(answer, after=0), layout)
        for body, digest in zip(shaped.bodies, shaped.hashes, strict=True):
            lines.append(b"\t".join((body, now, digest.encode())))
    return b"\n".join((*lines, b""))


async def _load_file(engine: AsyncEngine, layout: Layout, ready: bytes) -> None:
    names = ", ".join(map(quoted, [*stored_names(layout), "_synced_at", "_raw_hash"]))
    async with engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        with offered(ready) as file:
            await run(
                driver,
                f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {load_rates.TABLE} "
                f"CHARACTER SET utf8mb4 ({names})",
            )


def _executemany(layout: Layout) -> Any:
    names = [*stored_names(layout), "_synced_at", "_raw_hash"]
    columns = ", ".join(map(quoted, names))
    marks = ", ".join(["%s"] * len(names))
    changed = ", ".join(f"{quoted(n)} = VALUES({quoted(n)})" for n in names if n != "id")
    statement = (
        f"INSERT INTO {load_rates.TABLE} ({columns}) VALUES ({marks}) "
        f"ON DUPLICATE KEY UPDATE {changed}"
    )

    async def write(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        async with driver.cursor() as cursor:
            await cursor.executemany(statement, [[row[name] for name in names] for row in rows])

    return write


def _values(table: Table) -> Any:
    names = [column.name for column in table.columns if column.name not in {"id", "_overflow"}]

    async def write(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        statement = insert(table).values(rows)
        changed = {name: statement.inserted[name] for name in names}
        await connection.execute(statement.on_duplicate_key_update(changed))

    return write


if __name__ == "__main__":
    for row in asyncio.run(measure(quick=True)):
        print(row)
