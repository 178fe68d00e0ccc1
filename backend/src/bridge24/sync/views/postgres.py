"""Labelled views in PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import psycopg
from psycopg import AsyncConnection as Driver
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.core.settings import get_settings
from bridge24.sync.sqltypes import parse
from bridge24.sync.views.compose import Tables, View, compose, view_name
from bridge24.sync.views.recipe import Recipe
from bridge24.sync.views.standing import Remake, ViewInTheWay, set_aside

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('bridge24:views', 24))"
_TABLES = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND starts_with(c.relname, 'crm_') AND pg_table_is_visible(c.oid)
ORDER BY c.relname, a.attnum
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_RECIPES = "SELECT recipe FROM sync_view"
_TO_BE_RENEWED = "UPDATE sync_view SET digest = NULL WHERE entity = %s"
_PATIENCE = "SET LOCAL lock_timeout = '3s'"


class PostgresViews:
    """Makes and replaces views inside the connection's transaction."""

    def __init__(self, driver: "Driver[tuple[object, ...]]") -> None:
        self._driver = driver

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "PostgresViews":
        """Reach the driver under a connection."""
        raw = await connection.get_raw_connection()
        return cls(cast("Driver[tuple[object, ...]]", raw.driver_connection))

    async def lock(self) -> None:
        """Let one process at a time change views, and wait for nobody's query for long."""
        await self._driver.execute(_PATIENCE)
        await self._driver.execute(_LOCK)

    async def unlock(self) -> None:
        """Nothing to do: the lock ends with the transaction."""

    async def tables(self) -> Tables:
        """List the mirrored tables with their columns in order."""
        cursor = await self._driver.execute(_TABLES)
        tables: dict[str, dict[str, object]] = {}
        for table, column, spelling in await cursor.fetchall():
            tables.setdefault(str(table), {})[str(column)] = parse(str(spelling))
        return cast("Tables", tables)

    async def columns(self, view: str) -> Sequence[str]:
        """List the columns of a view; none when there is no view."""
        name = sql.Identifier(view).as_string(self._driver)
        cursor = await self._driver.execute(_COLUMNS, (name,))
        return [str(row[0]) for row in await cursor.fetchall()]

    async def put(self, view: View) -> None:
        """Make or replace a view; what stands on it stays, or nothing is changed."""
        async with self._driver.transaction():
            await self._put(view)

    async def _put(self, view: View) -> None:
        try:
            async with self._driver.transaction():
                await self._create(view, "CREATE OR REPLACE VIEW")
        except psycopg.errors.InvalidTableDefinition:
            # A column went or changed its type.
            async with set_aside(self._driver, view.name, columns=None, remake=_none_of_ours):
                await self._driver.execute(f"DROP VIEW {_quoted(view.name)}".encode())
                await self._create(view, "CREATE VIEW")

    async def _create(self, view: View, verb: str) -> None:
        name = _quoted(view.name)
        comments = [f"COMMENT ON VIEW {name} IS {_literal(view.comment)}"]
        comments += [
            f"COMMENT ON COLUMN {name}.{_quoted(column)} IS {_literal(comment)}"
            for column, comment in view.columns.items()
        ]
        await self._driver.execute(f"{verb} {name} AS {view.select}".encode())
        await self._driver.execute("; ".join(comments).encode())

    async def drop(self, *tables: str) -> None:
        """Drop tables with the views of ours on them; a view of the owner's keeps its table.

        Raises:
            ViewInTheWay: The owner's view would be lost; roll back.
        """
        for table in tables:
            remake = self._without(table)
            async with set_aside(self._driver, table, columns=None, remake=remake):
                await self._driver.execute(f"DROP TABLE IF EXISTS {_quoted(table)}".encode())

    def _without(self, table: str) -> Remake:
        async def remake(name: str) -> bool | None:
            if name == view_name(table):
                return None
            if await self._remake(name):
                return True
            raise ViewInTheWay(view=name, relation=table, reason="the table is to be dropped")

        return remake

    @asynccontextmanager
    async def out_of_the_way(self, table: str, columns: Sequence[str]) -> AsyncIterator[None]:
        """Change the types of columns inside: views on them are dropped and made again.

        Raises:
            ViewInTheWay: A view of the owner's cannot be made again; roll back.
        """
        await self._driver.execute(_LOCK)
        async with set_aside(self._driver, table, columns=columns, remake=self._remake):
            yield

    async def _remake(self, name: str) -> bool:
        """Write a view of ours anew, as its columns are now; the keeper looks at it again."""
        recipe = (await self._recipes()).get(name)
        if recipe is None:
            return False
        view = compose(
            recipe,
            await self.tables(),
            dialect="postgresql",
            language=get_settings().labels_language,
            order=(),
        )
        await self._create(view, "CREATE VIEW")
        await self._driver.execute(_TO_BE_RENEWED, (recipe.entity,))
        return True

    async def _recipes(self) -> dict[str, Recipe]:
        cursor = await self._driver.execute("SELECT to_regclass('sync_view') IS NOT NULL")
        if await cursor.fetchone() != (True,):
            return {}
        found = await self._driver.execute(_RECIPES)
        recipes = [Recipe.from_json(str(row[0])) for row in await found.fetchall()]
        return {view_name(recipe.table): recipe for recipe in recipes}


async def _none_of_ours(_name: str) -> bool:
    """Views on views are the owner's: ours stand on tables only."""
    return False


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
