"""Labelled views in MySQL and MariaDB: whatever stands on one keeps standing by its name."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

import pymysql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.ddl.mysql import TableBusy
from bridge24.sync.mysql_driver import quoted, run
from bridge24.sync.sqltypes import parse
from bridge24.sync.views.compose import Tables, View, view_name

_LOCK_NAME = "CONCAT('bridge24:', LEFT(SHA2(CONCAT(DATABASE(), ':views'), 256), 40))"
_PATIENCE_SECONDS = 3
_TABLES = """
SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE
FROM information_schema.COLUMNS c
JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND c.TABLE_NAME LIKE 'crm\\_%'
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
"""
_COLUMNS = """
SELECT COLUMN_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION
"""


class MysqlViews:
    """Makes and replaces views; each statement commits what was pending."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "MysqlViews":
        """Reach the driver under a connection."""
        raw = await connection.get_raw_connection()
        return cls(raw.driver_connection)

    async def lock(self) -> None:
        """Let one process at a time change views, and wait for nobody's query for long."""
        taken = await run(self._driver, f"SELECT GET_LOCK({_LOCK_NAME}, {_PATIENCE_SECONDS})")
        if list(taken) != [(1,)]:
            raise TableBusy(table="v_crm_…")
        await run(self._driver, f"SET SESSION lock_wait_timeout = {_PATIENCE_SECONDS}")

    async def unlock(self) -> None:
        """Let the next process change views; a connection that broke has let go already."""
        # Or who is cancelled would go on, for this error would hide it.
        with suppress(pymysql.Error):
            await run(self._driver, "SET SESSION lock_wait_timeout = DEFAULT")
            await run(self._driver, f"SELECT RELEASE_LOCK({_LOCK_NAME})")

    async def tables(self) -> Tables:
        """List the mirrored tables with their columns in order."""
        tables: dict[str, dict[str, object]] = {}
        for table, column, spelling in await run(self._driver, _TABLES):
            tables.setdefault(_text(table), {})[_text(column)] = parse(_text(spelling))
        return cast("Tables", tables)

    async def columns(self, view: str) -> Sequence[str]:
        """List the columns of a view; none when there is no view."""
        return [_text(row[0]) for row in await run(self._driver, _COLUMNS, view)]

    async def put(self, view: View) -> None:
        """Make or replace a view.

        MERGE lets the server read the table's own indexes through it:
        https://dev.mysql.com/doc/refman/8.4/en/view-algorithms.html
        """
        name = quoted(view.name)
        await run(self._driver, f"CREATE OR REPLACE ALGORITHM=MERGE VIEW {name} AS {view.select}")

    async def drop(self, *tables: str) -> None:
        """Drop tables with the views of ours that show them."""
        for table in tables:
            await run(self._driver, f"DROP VIEW IF EXISTS {quoted(view_name(table))}")
            await run(self._driver, f"DROP TABLE IF EXISTS {quoted(table)}")


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
