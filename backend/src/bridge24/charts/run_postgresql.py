"""Runs a checked query on PostgreSQL: read-only, limited by the server, stopped on the server."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

import psycopg

from bridge24.charts.errors import ColumnGone, QueryFailed, QueryTimedOut, QueryTooCostly

MOST_COST = 20_000_000
"""In the planner's unit, about a page read in order: some minutes of work."""
WORK_MEMORY = "32MB"

# https://www.postgresql.org/docs/current/runtime-config-client.html
_PRELUDE = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = {milliseconds};
SET LOCAL lock_timeout = {milliseconds};
SET LOCAL idle_in_transaction_session_timeout = '60s';
SET LOCAL standard_conforming_strings = on;
SET LOCAL work_mem = '{memory}';
SET LOCAL jit = off
"""

Row = Sequence[object]


class PostgresqlRun:
    """One query on one connection of the driver's."""

    def __init__(self, driver: Any, *, seconds: float) -> None:
        self._driver = cast("psycopg.AsyncConnection[Any]", driver)
        self._seconds = seconds
        self.columns: list[str] = []

    async def begin(self) -> None:
        """Open the transaction: read-only, and timed by the server."""
        await self._driver.rollback()
        prelude = _PRELUDE.format(milliseconds=int(self._seconds * 1000), memory=WORK_MEMORY)
        await self._driver.execute(prelude.encode())

    async def weigh(self, sql: str, parameters: Mapping[str, object] | None) -> None:
        """Ask the planner first.

        Raises:
            QueryTooCostly: It expects minutes of work.
        """
        explained = await self._driver.execute(f"EXPLAIN (FORMAT JSON) {sql}".encode(), parameters)
        found = await explained.fetchone()
        cost = found[0][0]["Plan"]["Total Cost"] if found else 0
        if cost > MOST_COST:
            raise QueryTooCostly(cost=f"{cost:,.0f} pages where {MOST_COST:,} are allowed")

    async def rows(
        self, sql: str, parameters: Mapping[str, object] | None
    ) -> AsyncGenerator[list[Row], None]:
        """Give the rows as they come, in small lists.

        The extended protocol, which ``stream`` always speaks, takes one statement only.
        """
        cursor = self._driver.cursor()
        streamed = cast("AsyncGenerator[Any, None]", cursor.stream(sql.encode(), parameters))
        async with aclosing(streamed) as stream:
            async for row in stream:
                self.columns = [column.name for column in cursor.description or ()]
                yield [row]

    async def describe(self, sql: str, parameters: Mapping[str, object] | None) -> None:
        """Learn the columns of a query limited to no rows: an empty stream does not tell."""
        cursor = await self._driver.execute(sql.encode(), parameters)
        self.columns = [column.name for column in cursor.description or ()]

    async def end(self) -> None:
        """Leave the transaction; nothing was written."""
        await self._driver.rollback()

    async def stop(self) -> None:
        """Have the server stop what it is doing."""
        await self._driver.cancel_safe(timeout=2)

    def explain(self, error: Exception) -> Exception | None:
        """Word what the driver says; None when it is about the connection, not the query."""
        if isinstance(error, psycopg.errors.QueryCanceled):
            return QueryTimedOut(seconds=f"{self._seconds:g}")
        if isinstance(error, psycopg.errors.UndefinedColumn):
            return ColumnGone(reason=str(error).splitlines()[0].rstrip("."))
        if isinstance(error, psycopg.DataError):
            return QueryFailed(reason=str(error).splitlines()[0].rstrip("."))
        if isinstance(error, psycopg.Error) and error.sqlstate and error.sqlstate[:2] != "57":
            return QueryFailed(reason=str(error).splitlines()[0].rstrip("."))
        return None
