"""Runs a checked query on MySQL or MariaDB: read-only, limited and stopped by the server."""

import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any

import aiomysql
import pymysql
from sqlalchemy import text
from sqlalchemy.engine import URL

from bridge24.charts.errors import ColumnGone, QueryFailed, QueryTimedOut, QueryTooCostly
from bridge24.charts.pool import lone_engine

MOST_COMBINATIONS = 2_000_000_000
"""Rows, or combinations of rows, that the server may expect to look at."""
MOST_COST = 200_000_000
"""In the unit of MySQL's planner, about ten rows looked at: some minutes of work."""
MOST_RECURSION = 10_000
ROWS_AT_ONCE = 500

# https://mariadb.com/kb/en/aborting-statements/ (seconds) and
# https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_execution_time
_MARIADB = "max_statement_time = {seconds}, SESSION max_recursive_iterations = {recursion}"
_MYSQL = "max_execution_time = {milliseconds}, SESSION cte_max_recursion_depth = {recursion}"
_BOTH = (
    "SESSION sql_big_selects = 0, SESSION max_join_size = {combinations}, "
    "SESSION group_concat_max_len = 65536, SESSION lock_wait_timeout = 2"
)
_TIMED_OUT = {1969, 3024, 1317}
_NO_COLUMN = 1054
_TOO_BIG = 1104
_MAY_NOT_EXPLAIN = 1345
_COSTS = frozenset({"estimated_total_cost", "query_cost"})
_LOST = {2006, 2013, 1927, 1053}

Row = Sequence[object]


class MysqlRun:
    """One query on one connection of the driver's."""

    def __init__(self, driver: Any, *, seconds: float, url: URL) -> None:
        self._driver = driver
        self._seconds = seconds
        self._url = url
        self._is_maria = "mariadb" in driver.get_server_info().lower()
        self.columns: list[str] = []

    async def begin(self) -> None:
        """Limit the session, then open a read-only transaction."""
        limits = f"SET SESSION {_MARIADB if self._is_maria else _MYSQL}, {_BOTH}"
        await self._execute(
            limits.format(
                seconds=self._seconds,
                milliseconds=int(self._seconds * 1000),
                recursion=MOST_RECURSION,
                combinations=MOST_COMBINATIONS,
            )
        )
        # A statement that commits by itself, such as RENAME TABLE, leaves a read-only
        # transaction on MariaDB and is then obeyed: only the session's own mode holds.
        await self._execute("SET SESSION TRANSACTION READ ONLY")
        await self._execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    async def weigh(self, sql: str, parameters: Mapping[str, object] | None) -> None:
        """Ask MySQL's planner first; MariaDB itself refuses by ``max_join_size``.

        MySQL counts towards that only the rows read from tables, and not how often its hash
        joins combine them. A login that may not explain a view runs it within its time.
        https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_join_size

        Raises:
            QueryTooCostly: It expects minutes of work.
        """
        if self._is_maria:
            return
        cursor = await self._driver.cursor()
        try:
            await cursor.execute(f"EXPLAIN FORMAT=JSON {sql}", parameters)
            ((told,),) = await cursor.fetchall()
        except pymysql.Error as error:
            if error.args and error.args[0] == _MAY_NOT_EXPLAIN:
                return
            raise
        finally:
            await cursor.close()
        cost = max(costs_in(json.loads(told)), default=0.0)
        if cost > MOST_COST:
            raise QueryTooCostly(
                cost=f"{cost:,.0f} units of MySQL's where {MOST_COST:,} are allowed"
            )

    async def rows(
        self, sql: str, parameters: Mapping[str, object] | None
    ) -> AsyncGenerator[list[Row], None]:
        """Give the rows as they come, in small lists."""
        cursor = await self._driver.cursor(aiomysql.SSCursor)
        await cursor.execute(sql, parameters)
        self.columns = [column[0] for column in cursor.description or ()]
        while found := await cursor.fetchmany(ROWS_AT_ONCE):
            yield found
        await cursor.close()

    async def end(self) -> None:
        """Leave the transaction; nothing was written."""
        await self._driver.rollback()

    async def stop(self) -> None:
        """Have the server stop what it is doing, through a connection beside the pool."""
        engine = lone_engine(self._url)
        try:
            async with engine.connect() as connection:
                await connection.execute(text(f"KILL QUERY {int(self._driver.thread_id())}"))
        finally:
            await engine.dispose()

    def explain(self, error: Exception) -> Exception | None:
        """Word what the driver says; None when it is about the connection, not the query."""
        if not isinstance(error, pymysql.Error) or not error.args:
            return None
        number = error.args[0]
        if number in _TIMED_OUT:
            return QueryTimedOut(seconds=f"{self._seconds:g}")
        if number == _TOO_BIG:
            return QueryTooCostly(cost=f"more than {MOST_COMBINATIONS:,} combinations of rows")
        if number == _NO_COLUMN:
            return ColumnGone(reason=str(error.args[-1]).rstrip("."))
        return None if number in _LOST else QueryFailed(reason=str(error.args[-1]).rstrip("."))

    async def _execute(self, statement: str) -> None:
        cursor = await self._driver.cursor()
        await cursor.execute(statement)
        await cursor.close()


def costs_in(plan: object) -> Iterator[float]:
    """Give every cost in a plan of ``EXPLAIN FORMAT=JSON``, in either version of it.

    The outermost step has none when it groups or sorts.
    """
    parts = plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ()
    for part in parts:
        yield from costs_in(part)
    if isinstance(plan, dict):
        yield from (float(plan[name]) for name in _COSTS & plan.keys())
