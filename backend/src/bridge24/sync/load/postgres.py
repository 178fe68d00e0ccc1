"""Loading into PostgreSQL: COPY, straight into the table where IDs are new."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import psycopg
from psycopg import AsyncConnection as Driver
from psycopg import sql
from psycopg.copy import AsyncLibpqWriter
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import Layout
from bridge24.sync.load.outcome import Loaded, refuse, sort_out
from bridge24.sync.shape import Shaped, subset
from bridge24.sync.shape_children import CHILD_COLUMNS
from bridge24.sync.shape_columns import stored_names

_SERVICE = ("_synced_at", "_raw_hash")
_POISON = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What the server says of a value; anything else is about the connection or the table."""


async def load(connection: AsyncConnection, layout: Layout, shaped: Shaped) -> Loaded:
    """Store rows; see ``bridge24.sync.load.load``."""
    loaded = Loaded()
    if not shaped.ids:
        return loaded
    raw = await connection.get_raw_connection()
    driver = cast("Driver[tuple[object, ...]]", raw.driver_connection)
    parts = sort_out(shaped, await _stored(driver, layout, shaped.ids))
    loaded.unchanged = parts.unchanged
    if parts.new:
        await _insert(driver, layout, subset(shaped, parts.new), loaded)
    if parts.changed:
        await _merge(driver, layout, subset(shaped, parts.changed), loaded)
    return loaded


async def _stored(driver: "Driver", layout: Layout, ids: list[int]) -> dict[int, str | None]:
    table = sql.Identifier(layout.table)
    # A first copy finds nothing: one look at the key's index says so.
    anything = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE id BETWEEN %s AND %s)").format(table)
    query = sql.SQL(
        "SELECT id, CASE WHEN _deleted_at IS NULL THEN _raw_hash END FROM {} WHERE id = ANY(%s)"
    ).format(table)
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(anything, (min(ids), max(ids)))
        if await cursor.fetchone() == (False,):
            return {}
        await cursor.execute(query, (ids,))
        return dict(await cursor.fetchall())


async def _insert(driver: "Driver", layout: Layout, shaped: Shaped, loaded: Loaded) -> None:
    """Copy rows that were absent a moment ago straight into the table."""
    try:
        async with driver.transaction():
            await _copy(driver, layout.table, layout, shaped)
            await _copy_children(driver, layout, shaped)
    except _POISON:
        # Somebody else stored one of them first, or a row is refused.
        await _merge(driver, layout, shaped, loaded)
    else:
        loaded.inserted += len(shaped.ids)


async def _merge(driver: "Driver", layout: Layout, shaped: Shaped, loaded: Loaded) -> None:
    """Upsert through a temporary table; halves the set until only refused rows are left."""
    try:
        async with driver.transaction():
            inserted, updated = await _upsert(driver, layout, shaped)
    except _POISON as error:
        if len(shaped.ids) == 1:
            refuse(loaded, layout, shaped, _reason(error))
            return
        half = len(shaped.ids) // 2
        await _merge(driver, layout, subset(shaped, range(half)), loaded)
        await _merge(driver, layout, subset(shaped, range(half, len(shaped.ids))), loaded)
    else:
        loaded.inserted += inserted
        loaded.updated += updated
        loaded.unchanged += len(shaped.ids) - inserted - updated


async def _upsert(driver: "Driver", layout: Layout, shaped: Shaped) -> tuple[int, int]:
    staging = f"_staging_{layout.table}"[:63]
    names = _names(layout)
    async with driver.cursor() as cursor:
        await cursor.execute(_create_staging(staging, layout.table, names))
        await _copy(driver, staging, layout, shaped)
        await cursor.execute(_merge_statement(staging, layout.table, names))
        written = await cursor.fetchall()
        if layout.child:
            await cursor.execute(
                sql.SQL("DELETE FROM {} WHERE owner_id = ANY(%s)").format(
                    sql.Identifier(layout.child)
                ),
                (shaped.ids,),
            )
            await _copy_children(driver, layout, shaped)
        await cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", staging)))
    inserted = sum(1 for (new,) in written if new)
    return inserted, len(written) - inserted


def _names(layout: Layout) -> list[str]:
    return [*stored_names(layout), *_SERVICE]


def _create_staging(staging: str, table: str, names: Sequence[str]) -> sql.Composed:
    return sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
        sql.Identifier("pg_temp", staging),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(table),
    )


def _merge_statement(staging: str, table: str, names: Sequence[str]) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    assigned = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names if name != "id"
    ]
    return sql.SQL(
        "INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM {staging} "
        "ON CONFLICT (id) DO UPDATE SET {assigned}, _deleted_at = NULL "
        "WHERE t._raw_hash IS DISTINCT FROM excluded._raw_hash OR t._deleted_at IS NOT NULL "
        "RETURNING xmax = 0"
    ).format(
        table=sql.Identifier(table),
        columns=columns,
        staging=sql.Identifier("pg_temp", staging),
        assigned=sql.SQL(", ").join(assigned),
    )


async def _copy(driver: "Driver", table: str, layout: Layout, shaped: Shaped) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    tail = f"\t{now}\t".encode()
    lines = [
        body + tail + digest.encode()
        for body, digest in zip(shaped.bodies, shaped.hashes, strict=True)
    ]
    # The cells of rows know no empty text: it is how they spell NULL.
    await _send(driver, table, _names(layout), lines, null="")


async def _copy_children(driver: "Driver", layout: Layout, shaped: Shaped) -> None:
    if layout.child is None:
        return
    lines = [child for children in shaped.children for child in children]
    if lines:
        await _send(driver, layout.child, CHILD_COLUMNS, lines, null="\\N")


async def _send(
    driver: "Driver", table: str, names: Sequence[str], lines: list[bytes], *, null: str
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT TEXT, ENCODING 'UTF8', NULL {})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)), sql.Literal(null)
    )
    content = b"\n".join((*lines, b""))
    async with driver.cursor() as cursor:
        # libpq keeps the whole set and sends it as the server reads: waiting for every
        # piece costs a turn of the event loop each time.
        writer = AsyncLibpqWriter(cursor, flush_threshold=len(content) + 1)
        async with cursor.copy(statement, writer=writer) as copy:
            await copy.write(content)


def _reason(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
