"""Tables in PostgreSQL: what is there, and the statements that change it."""

from collections.abc import Mapping, Sequence
from typing import cast

from psycopg import AsyncConnection as Driver
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.ddl.actual import Actual
from bridge24.sync.layout import Column, Layout
from bridge24.sync.sqltypes import SqlType, parse
from bridge24.sync.views.postgres import PostgresViews

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 24))"
_COLUMNS = """
SELECT
    a.attname,
    format_type(a.atttypid, a.atttypmod),
    coalesce(col_description(c.oid, a.attnum), '')
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass(%s)
ORDER BY a.attnum
"""


class PostgresTables:
    """Alters tables inside the connection's transaction."""

    def __init__(self, driver: "Driver[tuple[object, ...]]") -> None:
        self._driver = driver

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "PostgresTables":
        """Reach the driver under a connection."""
        raw = await connection.get_raw_connection()
        return cls(cast("Driver[tuple[object, ...]]", raw.driver_connection))

    async def lock(self, table: str) -> None:
        """Let one process at a time alter a table; the end of the transaction unlocks it."""
        await self._driver.execute(_LOCK, (f"bridge24:{table}",))

    async def unlock(self, table: str) -> None:
        """Nothing to do: the lock ends with the transaction."""

    async def read(self, table: str) -> dict[str, Actual]:
        """List the columns of a table in order; none when there is no table."""
        name = sql.Identifier(table).as_string(self._driver)
        cursor = await self._driver.execute(_COLUMNS, (name,))
        found = await cursor.fetchall()
        return {str(row[0]): Actual(parse(str(row[1])), str(row[2])) for row in found}

    def fit(self, layout: Layout, _actual: Mapping[str, Actual]) -> Layout:
        """Every layout fits: PostgreSQL moves long values out of the row by itself."""
        return layout

    async def create(self, layout: Layout) -> None:
        """Create a table with its comments.

        Our own columns follow the key: whoever looks at one after a hundred others has the
        server take all of them apart, which is a twentieth of what merging a row costs.
        """
        key, *columns = [_definition(column) for column in layout.columns]
        ours = sql.SQL(
            "_synced_at TIMESTAMP NOT NULL, _deleted_at TIMESTAMP, _raw_hash VARCHAR(32) NOT NULL"
        )
        await self._run(
            sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY (id))").format(
                sql.Identifier(layout.table), sql.SQL(", ").join([key, ours, *columns])
            ),
            *_comments(layout.table, [column for column in layout.columns if column.comment]),
        )

    async def create_child(self, layout: Layout) -> None:
        """Create the table of multi-values unless it is there."""
        await self._run(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {} (owner_id BIGINT NOT NULL, id BIGINT NOT NULL, "
                "type_id VARCHAR(255) NOT NULL, value_type VARCHAR(255) NOT NULL, "
                "value TEXT NOT NULL, PRIMARY KEY (owner_id, id))"
            ).format(sql.Identifier(layout.child or ""))
        )

    async def create_history(self, name: str, *, like: str, there: Mapping[str, Actual]) -> None:
        """Create the table of versions of a table's rows unless it is there."""
        if not there:
            await self._run(
                sql.SQL(
                    "CREATE TABLE {0} (LIKE {1}, valid_from TIMESTAMP NOT NULL, "
                    "valid_to TIMESTAMP, PRIMARY KEY (id, valid_from))"
                ).format(sql.Identifier(name), sql.Identifier(like))
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
        actions = [sql.SQL("ADD COLUMN {}").format(_definition(column)) for column in added]
        actions += [_widen(column, was.type) for column, was in widened]
        statements = []
        if actions:
            statements.append(
                sql.SQL("ALTER TABLE {} {}").format(
                    sql.Identifier(table), sql.SQL(", ").join(actions)
                )
            )
        statements += _comments(table, [*[c for c in added if c.comment], *commented])
        if not widened:
            return await self._run(*statements)
        views = PostgresViews(self._driver)
        async with views.out_of_the_way(table, [column.name for column, _ in widened]):
            await self._run(*statements)
        return None

    async def sharpen(self, table: str, actual: Mapping[str, Actual]) -> None:
        """Nothing to do: a TIMESTAMP has microseconds."""

    async def _run(self, *statements: sql.Composed) -> None:
        if statements:
            await self._driver.execute(sql.SQL("; ").join(statements))


def _definition(column: Column) -> sql.Composed:
    return sql.SQL("{} {}{}").format(
        sql.Identifier(column.name),
        _type(column.type),
        sql.SQL("" if column.nullable else " NOT NULL"),
    )


def _type(type_: SqlType) -> sql.SQL:
    return sql.SQL(type_.sql("postgresql"))


def _widen(column: Column, old: SqlType | None) -> sql.Composed:
    return sql.SQL("ALTER COLUMN {name} TYPE {type} USING {using}").format(
        name=sql.Identifier(column.name),
        type=_type(column.type),
        using=_conversion(column, old),
    )


def _conversion(column: Column, old: SqlType | None) -> sql.Composed:
    """Convert what is stored without changing it."""
    name, type_ = sql.Identifier(column.name), _type(column.type)
    if old is not None and old.name == "BOOLEAN":
        return sql.SQL("CASE WHEN {0} THEN 'Y' WHEN NOT {0} THEN 'N' END").format(name)
    if old is not None and old.name == "DOUBLE":
        # Straight from double to numeric PostgreSQL keeps 15 digits only.
        return sql.SQL("{}::text::numeric::{}").format(name, type_)
    return sql.SQL("{}::{}").format(name, type_)


def _comments(table: str, columns: Sequence[Column]) -> list[sql.Composed]:
    return [
        sql.SQL("COMMENT ON COLUMN {} IS {}").format(
            sql.Identifier(table, column.name), sql.Literal(column.comment)
        )
        for column in columns
    ]
