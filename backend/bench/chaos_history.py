"""Compares the versions of rows with the rows, and with each other."""

from collections.abc import Mapping

from sqlalchemy import text

from bridge24.core.db import connection, get_dialect
from bridge24.sync.fields import table_name

Row = Mapping[str, object]
SERVICE = ("_synced_at", "_deleted_at", "_raw_hash")


async def differences(entity: str) -> list[str]:
    """No two versions overlap; a living row has one open version, equal to it."""
    table = table_name(entity, get_dialect())
    if not await columns_of(f"{table}_history"):
        return []
    h = f"{table}_history"
    config = await query(f"SELECT history FROM sync_config WHERE entity = '{entity}'")
    kept = bool(config and config[0]["history"])
    checks = {
        "versions that end before they begin": f"SELECT id FROM {h} WHERE valid_to <= valid_from",
        "overlapping versions": (
            f"SELECT a.id FROM {h} a JOIN {h} b ON a.id = b.id AND a.valid_from < b.valid_from "
            f"AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)"
        ),
        "doubled versions": f"SELECT id FROM {h} GROUP BY id, valid_from HAVING count(*) > 1",
        "more than one open version": (
            f"SELECT id FROM {h} WHERE valid_to IS NULL GROUP BY id HAVING count(*) > 1"
        ),
    }
    living = f"SELECT * FROM {table} WHERE _deleted_at IS NULL"
    if kept:
        checks["living rows without an open version"] = (
            f"SELECT t.id FROM ({living}) t LEFT JOIN {h} h ON h.id = t.id AND h.valid_to IS NULL "
            f"WHERE h.id IS NULL"
        )
        checks["open versions of deleted rows"] = (
            f"SELECT h.id FROM {h} h LEFT JOIN ({living}) t ON h.id = t.id "
            f"WHERE h.valid_to IS NULL AND t.id IS NULL"
        )
        checks["open versions unlike their row"] = await _unlike(table, h)
    else:
        checks["open versions although none are kept"] = (
            f"SELECT id FROM {h} WHERE valid_to IS NULL"
        )
    found = []
    for what, statement in checks.items():
        rows = await query(statement)
        shown = [" ".join(map(str, row.values())) for row in rows[:5]]
        found += [f"{entity} history: {what} ({len(rows)}): {shown}"] if rows else []
    return found


async def _unlike(table: str, history: str) -> str:
    """Select living rows of which any cell is another one in their open version."""
    same = "<=>" if get_dialect() == "mysql" else "IS NOT DISTINCT FROM"
    kept = await columns_of(history)
    names = [name for name in await columns_of(table) if name in kept and name not in SERVICE]
    equal = " AND ".join(f"t.{name} {same} h.{name}" for name in names)
    shown = "title" if "title" in names else "name"
    return (
        f"SELECT t.id, t._synced_at, h.valid_from, t.{shown}, h.{shown} AS version "
        f"FROM {table} t JOIN {history} h ON h.id = t.id AND h.valid_to IS NULL "
        f"WHERE t._deleted_at IS NULL AND NOT ({equal})"
    )


async def columns_of(table: str) -> list[str]:
    """Name the columns of a table that keep values of their own; none: there is no table."""
    mysql = get_dialect() == "mysql"
    schema = "database()" if mysql else "current_schema()"
    stored = " AND extra NOT LIKE '%VIRTUAL%'" if mysql else ""
    rows = await query(
        "SELECT column_name AS n FROM information_schema.columns "
        f"WHERE table_schema = {schema} AND table_name = '{table}'{stored} ORDER BY 1"
    )
    return [str(row["n"]) for row in rows]


async def query(statement: str) -> list[Row]:
    """The rows a statement brings."""
    async with connection() as conn:
        return [dict(row) for row in (await conn.execute(text(statement))).mappings()]
