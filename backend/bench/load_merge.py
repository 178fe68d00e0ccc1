"""What it costs PostgreSQL to look at the digests of rows it merges, all of which differ."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.load_rates import TABLE

ROUNDS = 5
KEPT = "bench_kept"
SKIPPING = (
    "WHERE excluded._synced_at >= t._synced_at AND "
    "(t._raw_hash IS DISTINCT FROM excluded._raw_hash OR t._deleted_at IS NOT NULL)"
)
"""As the loader merges."""
WAYS = {"skipping": SKIPPING, "blind": ""}
_NAMES = (
    f"SELECT attname FROM pg_attribute WHERE attrelid = '{TABLE}'::regclass "
    "AND attnum > 0 AND NOT attisdropped"
)


async def rates(engine: AsyncEngine, count: int) -> dict[str, float]:
    """Merge rows of which every digest differs: rows per second of the server's processor time.

    Each merge meets the same table, written anew: one that was updated before has pages with
    room in them, and the second of two merges would be the cheaper. The ways take turns in
    going first.
    """
    best = dict.fromkeys(WAYS, 0.0)
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE TABLE {KEPT} AS SELECT * FROM {TABLE}"))
    for number in range(ROUNDS):
        for name in list(WAYS)[:: 1 if number % 2 else -1]:
            seconds = await _merged(engine, WAYS[name])
            best[name] = max(best[name], count / seconds)
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP TABLE {KEPT}"))
    return best


async def _merged(engine: AsyncEngine, where: str) -> float:
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE TABLE {TABLE}"))
        await connection.execute(text(f"INSERT INTO {TABLE} SELECT * FROM {KEPT}"))
        await connection.execute(
            text(f"CREATE TEMP TABLE s ON COMMIT DROP AS SELECT * FROM {KEPT}")
        )
        await connection.execute(text("UPDATE s SET _raw_hash = reverse(_raw_hash)"))
        names = [name for (name,) in await connection.execute(text(_NAMES))]
        assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
        merge = (
            f"INSERT INTO {TABLE} AS t SELECT * FROM s "
            f"ON CONFLICT (id) DO UPDATE SET {assigned} {where}"
        )
        pid: int = await connection.scalar(text("SELECT pg_backend_pid()"))
        before = _processor_seconds(pid)
        await connection.execute(text(merge))
        return _processor_seconds(pid) - before


def _processor_seconds(pid: int) -> float:
    """Of a process of this machine, to the nanosecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
