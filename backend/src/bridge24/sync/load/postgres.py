"""Loading into PostgreSQL: COPY, straight into the table where IDs are new."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import psycopg
from psycopg import AsyncConnection as Driver
from psycopg import sql
from psycopg.copy import AsyncLibpqWriter
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import Layout
from bridge24.sync.leisure import Meanwhile
from bridge24.sync.load.outcome import Loaded, Stored, refuse, some_of, sort_out
from bridge24.sync.shape import Shaped, subset
from bridge24.sync.shape_children import CHILD_COLUMNS
from bridge24.sync.shape_rows import stored_names

_SERVICE = ("_synced_at", "_raw_hash")
_POISON = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What the server says of a value; anything else is about the connection or the table."""


async def load(
    connection: AsyncConnection,
    layout: Layout,
    shaped: Shaped,
    *,
    read_at: datetime,
    meanwhile: Meanwhile,
) -> Loaded:
    """Store rows; see ``bridge24.sync.load.load``."""
    loaded = Loaded()
    if not shaped.ids:
        return loaded
    raw = await connection.get_raw_connection()
    driver = cast("Driver[tuple[object, ...]]", raw.driver_connection)
    loading = _Loading(driver, layout, loaded, read_at, meanwhile)
    parts = sort_out(shaped, await loading.stored(shaped.ids), read_at=read_at)
    loaded.unchanged, loaded.late = parts.unchanged, parts.late
    if parts.new:
        await loading.insert(some_of(shaped, parts.new))
    if parts.changed:
        await loading.merge(some_of(shaped, parts.changed))
    return loaded


@dataclass(slots=True)
class _Loading:
    """One set of rows, read at one moment, on its way into one table."""

    driver: "Driver[tuple[object, ...]]"
    layout: Layout
    loaded: Loaded
    read_at: datetime
    meanwhile: Meanwhile

    async def stored(self, ids: Sequence[int]) -> Stored:
        """Look up what exists of these rows."""
        table = sql.Identifier(self.layout.table)
        # A first copy finds nothing: one look at the key's index says so.
        anything = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE id BETWEEN %s AND %s)")
        query = sql.SQL(
            "SELECT id, CASE WHEN _deleted_at IS NULL THEN _raw_hash END, _synced_at "
            "FROM {} WHERE id = ANY(%s)"
        )
        async with self.driver.cursor(binary=True) as cursor:
            await cursor.execute(anything.format(table), (min(ids), max(ids)))
            if await cursor.fetchone() == (False,):
                return {}
            with self.meanwhile():
                await cursor.execute(query.format(table), (list(ids),))
            found = cast("list[tuple[int, str | None, datetime]]", await cursor.fetchall())
            return {row_id: (digest, at) for row_id, digest, at in found}

    async def insert(self, shaped: Shaped) -> None:
        """Copy rows that were absent a moment ago straight into the table."""
        try:
            async with self.driver.transaction():
                await self._copy(self.layout.table, shaped)
                await self._copy_children(shaped)
        except _POISON:
            # Somebody else stored one of them first, or a row is refused.
            await self.merge(shaped)
        else:
            self.loaded.inserted += len(shaped.ids)
            self.loaded.written += shaped.ids

    async def merge(self, shaped: Shaped) -> None:
        """Upsert through a temporary table; halves the set until only refused rows are left."""
        try:
            async with self.driver.transaction():
                written = await self._upsert(shaped)
        except _POISON as error:
            if len(shaped.ids) == 1:
                refuse(self.loaded, self.layout, shaped, _reason(error))
                return
            half = len(shaped.ids) // 2
            await self.merge(subset(shaped, range(half)))
            await self.merge(subset(shaped, range(half, len(shaped.ids))))
        else:
            inserted = sum(written.values())
            self.loaded.inserted += inserted
            self.loaded.updated += len(written) - inserted
            self.loaded.unchanged += len(shaped.ids) - len(written)
            self.loaded.written += written

    async def _upsert(self, shaped: Shaped) -> dict[int, bool]:
        """Map the ids written to whether they are new."""
        staging = f"_staging_{self.layout.table}"[:63]
        names = _names(self.layout)
        async with self.driver.cursor() as cursor:
            await cursor.execute(_create_staging(staging, self.layout.table, names))
            await self._copy(staging, shaped)
            with self.meanwhile():
                await cursor.execute(_merge_statement(staging, self.layout.table, names))
            written = dict(cast("list[tuple[int, bool]]", await cursor.fetchall()))
            if self.layout.child:
                await cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE owner_id = ANY(%s)").format(
                        sql.Identifier(self.layout.child)
                    ),
                    (list(written),),
                )
                await self._copy_children(_only(shaped, written))
            await cursor.execute(
                sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", staging))
            )
        return written

    async def _copy(self, table: str, shaped: Shaped) -> None:
        tail = f"\t{self.read_at}\t".encode()
        lines = [
            body + tail + digest.encode()
            for body, digest in zip(shaped.bodies, shaped.hashes, strict=True)
        ]
        # The cells of rows know no empty text: it is how they spell NULL.
        await send(
            self.driver, table, _names(self.layout), lines, null="", meanwhile=self.meanwhile
        )

    async def _copy_children(self, shaped: Shaped) -> None:
        lines = [child for children in shaped.children for child in children]
        if self.layout.child and lines:
            await send(self.driver, self.layout.child, CHILD_COLUMNS, lines, null="\\N")


def _only(shaped: Shaped, written: Collection[int]) -> Shaped:
    return subset(shaped, [n for n, row_id in enumerate(shaped.ids) if row_id in written])


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
        "WHERE excluded._synced_at >= t._synced_at AND "
        "(t._raw_hash IS DISTINCT FROM excluded._raw_hash OR t._deleted_at IS NOT NULL) "
        "RETURNING t.id, xmax = 0"
    ).format(
        table=sql.Identifier(table),
        columns=columns,
        staging=sql.Identifier("pg_temp", staging),
        assigned=sql.SQL(", ").join(assigned),
    )


async def send(
    driver: "Driver[tuple[object, ...]]",
    table: str,
    names: Sequence[str],
    lines: list[bytes],
    *,
    null: str,
    meanwhile: Meanwhile = nullcontext,
) -> None:
    """Copy lines of cells into a table.

    Args:
        driver: With a transaction under way.
        table: Which.
        names: Its columns, in the order of the cells.
        lines: The rows.
        null: How they spell NULL.
        meanwhile: Entered while the server reads them.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT TEXT, ENCODING 'UTF8', NULL {})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)), sql.Literal(null)
    )
    content = b"\n".join((*lines, b""))
    async with driver.cursor() as cursor:
        # libpq keeps the whole set and sends it as the server reads: waiting for every
        # piece costs a turn of the event loop each time.
        writer = AsyncLibpqWriter(cursor, flush_threshold=len(content) + 1)
        with ExitStack() as stack:
            async with cursor.copy(statement, writer=writer) as copy:
                await copy.write(content)
                stack.enter_context(meanwhile())


def _reason(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
