"""Tables in MySQL and MariaDB: what is there, and the statements that change it.

Every text is compared byte by byte (``utf8mb4_bin``): no two stages, options or e-mails
that a portal tells apart are ever merged by a join or a GROUP BY.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pymysql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.core.errors import Conflict
from bridge24.sync.ddl.actual import Actual
from bridge24.sync.ddl.mysql_room import fit
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.mysql_driver import literal, quoted, run
from bridge24.sync.sqltypes import TIMESTAMP_MICROS, parse

_LOCK_SECONDS = 600
_LOCK_NAME = "CONCAT('bridge24:', LEFT(SHA2(CONCAT(DATABASE(), ':', %s), 256), 40))"
_COLUMNS = """
SELECT COLUMN_NAME, COLUMN_TYPE, COLUMN_COMMENT, EXTRA
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s
ORDER BY ORDINAL_POSITION
"""
_OPTIONS = "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


class TableBusy(Conflict):
    """Another process is altering the table {table} and has not finished: try again later."""


class MysqlTables:
    """Alters tables; each statement commits what was pending, as all DDL of MySQL does."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "MysqlTables":
        """Reach the driver under a connection."""
        raw = await connection.get_raw_connection()
        return cls(raw.driver_connection)

    async def lock(self, table: str) -> None:
        """Let one process at a time alter a table."""
        taken = await self._run(f"SELECT GET_LOCK({_LOCK_NAME}, {_LOCK_SECONDS})", table)
        if taken != [(1,)]:
            raise TableBusy(table=table)

    async def unlock(self, table: str) -> None:
        """Let the next process alter the table; a connection that broke has let go already."""
        # Or who is cancelled would go on, for this error would hide it.
        with suppress(pymysql.Error):
            await self._run(f"SELECT RELEASE_LOCK({_LOCK_NAME})", table)

    async def read(self, table: str) -> dict[str, Actual]:
        """List the columns of a table in order; none when there is no table."""
        found = await self._run(_COLUMNS, table)
        return {
            str(name): Actual(
                type=parse(_text(spelling)),
                comment=_text(comment),
                overflow="VIRTUAL" in _text(extra).upper(),
            )
            for name, spelling, comment, extra in found
        }

    def fit(self, layout: Layout, actual: Mapping[str, Actual]) -> Layout:
        """Choose which columns get room of their own in the row."""
        return fit(layout, actual)

    async def create(self, layout: Layout) -> None:
        """Create a table with its comments."""
        real = [_definition(column) for column in layout.columns if not column.overflow]
        exposed = [_definition(column) for column in layout.columns if column.overflow]
        service = [
            "_synced_at DATETIME(6) NOT NULL",
            "_deleted_at DATETIME(6) NULL",
            "_raw_hash VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL",
            f"{OVERFLOW} JSON NULL",
        ]
        parts = ", ".join([*real, *service, *exposed, "PRIMARY KEY (id)"])
        await self._run(f"CREATE TABLE {quoted(layout.table)} ({parts}) {_OPTIONS}")

    async def create_child(self, layout: Layout) -> None:
        """Create the table of multi-values unless it is there."""
        await self._run(
            f"CREATE TABLE IF NOT EXISTS {quoted(layout.child or '')} ("
            "owner_id BIGINT NOT NULL, id BIGINT NOT NULL, type_id VARCHAR(255) NOT NULL, "
            "value_type VARCHAR(255) NOT NULL, value LONGTEXT NOT NULL, "
            f"PRIMARY KEY (owner_id, id)) {_OPTIONS}"
        )

    async def create_history(self, name: str, *, like: str, there: Mapping[str, Actual]) -> None:
        """Create the table of versions of a table's rows unless it is there."""
        if not there:
            await self._run(f"CREATE TABLE {quoted(name)} LIKE {quoted(like)}")
        # It may have been killed in between.
        if "valid_from" not in there:
            await self._run(
                f"ALTER TABLE {quoted(name)} DROP PRIMARY KEY, "
                "ADD COLUMN valid_from DATETIME(6) NOT NULL, "
                "ADD COLUMN valid_to DATETIME(6) NULL, ADD PRIMARY KEY (id, valid_from)"
            )

    async def alter(
        self,
        table: str,
        *,
        added: Sequence[Column],
        widened: Sequence[tuple[Column, Actual]],
        commented: Sequence[Column],
    ) -> None:
        """Add columns, give columns a wider type, set comments."""
        moved = [column for column, was in widened if column.overflow and not was.overflow]
        for column in moved:
            await self._run(_keep_in_overflow(table, column))
        actions = [f"ADD COLUMN {_definition(column)}" for column in added]
        for column, _ in widened:
            if column in moved:
                actions.append(f"DROP COLUMN {quoted(column.name)}")
                actions.append(f"ADD COLUMN {_definition(column)}")
            else:
                actions.append(f"MODIFY COLUMN {_definition(column)}")
        actions += [f"MODIFY COLUMN {_definition(column)}" for column in commented]
        if actions:
            await self._run(f"ALTER TABLE {quoted(table)} {', '.join(actions)}")
        for column, was in widened:
            if was.type is not None and was.type.name == "BOOLEAN" and not column.overflow:
                await self._run(_spell_booleans(table, column))

    async def sharpen(self, table: str, actual: Mapping[str, Actual]) -> None:
        """Give the moments of a table made earlier the microseconds they need."""
        needed = {"_synced_at": "NOT NULL", "_deleted_at": "NULL"}
        actions = [
            f"MODIFY COLUMN {name} DATETIME(6) {null}"
            for name, null in needed.items()
            if actual[name].type != TIMESTAMP_MICROS
        ]
        if actions:
            await self._run(f"ALTER TABLE {quoted(table)} {', '.join(actions)}")

    async def _run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        return list(await run(self._driver, statement, *values))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")


def _definition(column: Column) -> str:
    spelled = f"{quoted(column.name)} {column.type.sql('mysql')}"
    if column.overflow:
        path = literal(f'$."{column.name}"')
        spelled += f" GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT({OVERFLOW}, {path}))) VIRTUAL"
    else:
        spelled += " NULL" if column.nullable else " NOT NULL"
    return f"{spelled} COMMENT {literal(column.comment)}" if column.comment else spelled


def _keep_in_overflow(table: str, column: Column) -> str:
    """Copy a column's values to where its new self will read them; twice does no harm."""
    name = quoted(column.name)
    path = literal(f'$."{column.name}"')
    return (
        f"UPDATE {quoted(table)} SET {OVERFLOW} = "
        f"JSON_SET(COALESCE({OVERFLOW}, '{{}}'), {path}, "
        f"CAST({name} AS CHAR CHARACTER SET utf8mb4)) "
        f"WHERE {name} IS NOT NULL"
    )


def _spell_booleans(table: str, column: Column) -> str:
    """A converted TINYINT reads 1 or 0: spell it as every other yes and no."""
    name = quoted(column.name)
    return (
        f"UPDATE {quoted(table)} SET {name} = CASE {name} WHEN '1' THEN 'Y' WHEN '0' THEN 'N' END "
        f"WHERE {name} IN ('0', '1')"
    )
