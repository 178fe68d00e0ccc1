"""Which tables charts may read: the mirrored ones and their views, as the login sees them."""

import time
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge24.core.db import dialect_of

FRESH_SECONDS = 30

_ON_POSTGRESQL = text(
    "SELECT current_schema(), c.relname, c.reltuples, c.relkind, a.attname FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm') "
    "AND has_table_privilege(c.oid, 'SELECT') "
    "AND (c.relname LIKE 'crm\\_%' OR c.relname LIKE 'v\\_crm\\_%')"
)
_ON_MYSQL = text(
    "SELECT DATABASE(), t.table_name, t.table_rows, t.table_type, c.column_name "
    "FROM information_schema.tables t "
    "JOIN information_schema.columns c USING (table_schema, table_name) "
    "WHERE t.table_schema = DATABASE() "
    "AND (t.table_name LIKE 'crm\\_%' OR t.table_name LIKE 'v\\_crm\\_%')"
)


@dataclass(slots=True)
class Readable:
    """The tables of one schema that charts may read."""

    schema: str | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    """By table."""
    rows: dict[str, int] = field(default_factory=dict)
    """The database's own estimates; a table whose size it does not know is not here."""


_known: dict[str, tuple[float, Readable]] = {}


async def readable(engine: AsyncEngine, *, fresh: bool = False) -> Readable:
    """List the tables; what was listed in the last half a minute is not asked again."""
    key = str(engine.url)
    at, listed = _known.get(key, (0.0, Readable()))
    if fresh or not listed.columns or time.monotonic() - at > FRESH_SECONDS:
        listed = await _ask(engine)
        _known[key] = (time.monotonic(), listed)
    return listed


async def _ask(engine: AsyncEngine) -> Readable:
    listed = Readable()
    postgresql = dialect_of(engine) == "postgresql"
    async with engine.connect() as connection:
        found = await connection.execute(_ON_POSTGRESQL if postgresql else _ON_MYSQL)
        for schema, table, rows, kind, column in found:
            listed.schema = schema
            listed.columns.setdefault(table, []).append(column)
            if kind in {"r", "BASE TABLE"} and rows and rows > 0:
                listed.rows[table] = int(rows)
    return listed
