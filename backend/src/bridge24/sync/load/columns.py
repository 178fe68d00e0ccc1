"""Storing single columns of rows that are there already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from psycopg import AsyncConnection as Driver
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.load.mysql import load_lines
from bridge24.sync.load.postgres import send
from bridge24.sync.mysql_driver import quoted, run
from bridge24.sync.shape import Shaped
from bridge24.sync.shape_rows import stored_names

STAGING = "_staging_columns"


def narrowed(layout: Layout, codes: Sequence[str]) -> Layout:
    """Take the key and the columns of some fields out of a layout."""
    columns: list[Column] = [layout.key]
    columns += [column for column in layout.columns[1:] if column.code in codes]
    return replace(layout, columns=tuple(columns), child=None)


async def fill(
    connection: AsyncConnection,
    layout: Layout,
    shaped: Shaped,
    *,
    read_at: datetime,
) -> None:
    """Write the cells of some columns where they differ; nothing is committed here.

    Rows that are not stored, or that were read as a whole later, are left alone. The digest
    of a row that is written becomes empty: it was made without these columns. So the next
    read of the row as a whole writes it once more, changed or not.

    Args:
        connection: With a transaction under way.
        layout: The key and the columns to write: see ``narrowed``.
        shaped: Rows typed for it.
        read_at: When the portal was read, by its own clock, in UTC without a zone.
    """
    if not shaped.ids:
        return
    raw = await connection.get_raw_connection()
    if layout.dialect == "postgresql":
        driver = cast("Driver[tuple[object, ...]]", raw.driver_connection)
        await _fill_postgres(driver, layout, shaped, read_at=read_at)
    else:
        await _fill_mysql(raw.driver_connection, layout, shaped, read_at=read_at)


async def _fill_postgres(
    driver: "Driver[tuple[object, ...]]", layout: Layout, shaped: Shaped, *, read_at: datetime
) -> None:
    names = stored_names(layout)
    parts = {
        "staging": sql.Identifier("pg_temp", STAGING),
        "table": sql.Identifier(layout.table),
        "names": sql.SQL(", ").join(map(sql.Identifier, names)),
        "assigned": sql.SQL(", ").join(
            sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in names[1:]
        ),
        "differs": sql.SQL(" OR ").join(
            sql.SQL("t.{0} IS DISTINCT FROM s.{0}").format(sql.Identifier(name))
            for name in names[1:]
        ),
    }
    async with driver.cursor() as cursor:
        await cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE {staging} ON COMMIT DROP AS SELECT {names} FROM {table} "
                "LIMIT 0"
            ).format(**parts)
        )
        await send(driver, STAGING, names, shaped.bodies, null="")
        await cursor.execute(
            sql.SQL(
                "UPDATE {table} t SET {assigned}, _raw_hash = '' FROM {staging} s "
                "WHERE t.id = s.id AND t._synced_at <= %s AND ({differs})"
            ).format(**parts),
            (read_at,),
        )
        await cursor.execute(sql.SQL("DROP TABLE {staging}").format(**parts))


async def _fill_mysql(driver: Any, layout: Layout, shaped: Shaped, *, read_at: datetime) -> None:
    names = stored_names(layout)
    table, staging = quoted(layout.table), quoted(STAGING)
    columns = ", ".join(map(quoted, names))
    await run(driver, f"DROP TEMPORARY TABLE IF EXISTS {staging}")
    await run(driver, f"CREATE TEMPORARY TABLE {staging} AS SELECT {columns} FROM {table} LIMIT 0")
    await load_lines(driver, STAGING, names, shaped.bodies)
    real = [name for name in names[1:] if name != OVERFLOW]
    assigned = [f"t.{quoted(name)} = s.{quoted(name)}" for name in real]
    differs = [f"NOT t.{quoted(name)} <=> s.{quoted(name)}" for name in real]
    if OVERFLOW in names:
        merged = f"JSON_MERGE_PATCH(COALESCE(t.{OVERFLOW}, '{{}}'), s.{OVERFLOW})"
        assigned.append(f"t.{OVERFLOW} = IF(s.{OVERFLOW} IS NULL, t.{OVERFLOW}, {merged})")
        differs.append(f"s.{OVERFLOW} IS NOT NULL")
    await run(
        driver,
        f"UPDATE {table} t JOIN {staging} s ON t.id = s.id "
        f"SET {', '.join(assigned)}, t._raw_hash = '' "
        f"WHERE t._synced_at <= '{read_at}' AND ({' OR '.join(differs)})",
    )
    await run(driver, f"DROP TEMPORARY TABLE {staging}")
