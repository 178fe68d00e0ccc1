"""Loading into MySQL and MariaDB: LOAD DATA LOCAL, straight into the table for new IDs.

A server that forbids LOCAL gets multi-row INSERTs of the same cells: slower, and said so.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pymysql
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import Layout
from bridge24.sync.leisure import Meanwhile
from bridge24.sync.load.memory_file import offered
from bridge24.sync.load.outcome import Loaded, Stored, refuse, some_of, sort_out
from bridge24.sync.mysql_driver import Rows, quoted, run
from bridge24.sync.shape import Shaped, subset
from bridge24.sync.shape_children import CHILD_COLUMNS
from bridge24.sync.shape_rows import stored_names

_SERVICE = ("_synced_at", "_raw_hash")
_POISON = (pymysql.err.DataError, pymysql.err.IntegrityError)
_POISON_CODES = {
    1118,  # ER_TOO_BIG_ROWSIZE
    1153,  # ER_NET_PACKET_TOO_LARGE
    1364,  # ER_NO_DEFAULT_FOR_FIELD
    1366,  # ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
    3140,  # ER_INVALID_JSON_TEXT
    3819,  # ER_CHECK_CONSTRAINT_VIOLATED
    4025,  # the same on MariaDB
}
_FORBIDDEN_CODES = {1148, 3948, 4166}
"""https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html"""
_INSERT_BYTES = 512 * 1024
_NULL = b"\\N"


class _Refused(Exception):
    """The server took a row only with a warning: some value would have been changed."""


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
    loading = _Loading(raw.driver_connection, layout, loaded, read_at, meanwhile)
    parts = sort_out(shaped, await loading.stored(shaped.ids), read_at=read_at)
    loaded.unchanged, loaded.late = parts.unchanged, parts.late
    if parts.new:
        await loading.insert(some_of(shaped, parts.new))
    if parts.changed:
        await loading.merge(some_of(shaped, parts.changed))
    return loaded


async def load_lines(driver: Any, table: str, names: Sequence[str], lines: list[bytes]) -> None:
    """Load lines of cells into a table that takes every one of them.

    Raises:
        pymysql.err.DataError: The server would have changed a value.
    """
    sending = _Loading(driver, Layout("mysql", table, ()), Loaded(), datetime.min)
    try:
        await sending.send(table, names, lines)
    except _Refused as error:
        raise pymysql.err.DataError(0, str(error)) from error


@dataclass(slots=True)
class _Loading:
    """One set of rows, read at one moment, on its way into one table."""

    driver: Any
    layout: Layout
    loaded: Loaded
    read_at: datetime
    meanwhile: Meanwhile = nullcontext

    async def stored(self, ids: Sequence[int]) -> Stored:
        """Look up what exists of these rows."""
        table = quoted(self.layout.table)
        # A first copy finds nothing: one look at the key's index says so.
        span = f"id BETWEEN {min(ids)} AND {max(ids)}"
        if not await self._run(f"SELECT 1 FROM {table} WHERE {span} LIMIT 1"):
            return {}
        with self.meanwhile():
            found = await self._run(
                "SELECT id, IF(_deleted_at IS NULL, _raw_hash, NULL), _synced_at "
                f"FROM {table} WHERE id IN ({_ids(ids)})"
            )
        return {int(row[0]): (row[1], row[2]) for row in found}

    async def insert(self, shaped: Shaped) -> None:
        """Load rows that were absent a moment ago straight into the table."""
        try:
            async with self._savepoint():
                await self._send_rows(self.layout.table, shaped)
                await self._send_children(shaped)
        except _Refused:
            # Somebody else stored one of them first, or a row is refused.
            await self.merge(shaped)
        else:
            self.loaded.inserted += len(shaped.ids)
            self.loaded.written += shaped.ids

    async def merge(self, shaped: Shaped) -> None:
        """Upsert through a temporary table; halves until only refused rows are left."""
        try:
            async with self._savepoint():
                known = await self.stored(shaped.ids)
                written = await self._upsert(shaped)
        except _Refused as error:
            if len(shaped.ids) == 1:
                refuse(self.loaded, self.layout, shaped, str(error))
                return
            half = len(shaped.ids) // 2
            await self.merge(subset(shaped, range(half)))
            await self.merge(subset(shaped, range(half, len(shaped.ids))))
        else:
            updated = len(written & known.keys())
            self.loaded.inserted += len(written) - updated
            self.loaded.updated += updated
            self.loaded.late += len(shaped.ids) - len(written)
            self.loaded.written += written

    async def _upsert(self, shaped: Shaped) -> set[int]:
        """Store what is not older than what is there, and name it."""
        table, staging = quoted(self.layout.table), quoted("_staging")
        names = [*stored_names(self.layout), *_SERVICE]
        columns = ", ".join(map(quoted, names))
        await self._run(f"DROP TEMPORARY TABLE IF EXISTS {staging}")
        await self._run(f"CREATE TEMPORARY TABLE {staging} LIKE {table}")
        await self._send_rows("_staging", shaped)
        chosen = ", ".join(f"s.{quoted(name)}" for name in names)
        newer = f"s._synced_at >= {table}._synced_at"
        assigned = ", ".join(
            f"{quoted(name)} = IF({newer}, s.{quoted(name)}, {table}.{quoted(name)})"
            for name in [*names[1:-2], "_raw_hash"]
        )
        # Assigned from left to right: the moment that all others are compared by comes last.
        with self.meanwhile():
            await self._run(
                f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {staging} s "
                f"ON DUPLICATE KEY UPDATE {assigned}, "
                f"_deleted_at = IF({newer}, NULL, {table}._deleted_at), "
                f"_synced_at = GREATEST(s._synced_at, {table}._synced_at)"
            )
        await self._run(f"DROP TEMPORARY TABLE {staging}")
        found = await self._run(
            f"SELECT id FROM {table} WHERE id IN ({_ids(shaped.ids)}) "
            f"AND _synced_at = '{self.read_at}'"
        )
        written = {int(row[0]) for row in found}
        if self.layout.child and written:
            await self._run(
                f"DELETE FROM {quoted(self.layout.child)} WHERE owner_id IN ({_ids(written)})"
            )
            await self._send_children(
                subset(shaped, [n for n, row_id in enumerate(shaped.ids) if row_id in written])
            )
        return written

    async def _send_rows(self, table: str, shaped: Shaped) -> None:
        tail = f"\t{self.read_at}\t".encode()
        lines = [
            body + tail + digest.encode()
            for body, digest in zip(shaped.bodies, shaped.hashes, strict=True)
        ]
        await self.send(table, [*stored_names(self.layout), *_SERVICE], lines)

    async def _send_children(self, shaped: Shaped) -> None:
        lines = [line for children in shaped.children for line in children]
        if self.layout.child and lines:
            await self.send(self.layout.child, CHILD_COLUMNS, lines)

    async def send(self, table: str, names: Sequence[str], lines: list[bytes]) -> None:
        """Load lines of cells into a table, the fastest way the server allows."""
        columns = ", ".join(map(quoted, names))
        if not self.loaded.slow:
            with offered(b"\n".join((*lines, b"")), meanwhile=self.meanwhile) as file:
                try:
                    return await self._load(f"'{file}' INTO TABLE {quoted(table)}", columns)
                except pymysql.err.MySQLError as error:
                    if _code(error) not in _FORBIDDEN_CODES:
                        raise
                    self.loaded.slow = True
        await self._insert_values(f"INSERT INTO {quoted(table)} ({columns}) VALUES ", lines)
        return None

    async def _load(self, target: str, columns: str) -> None:
        """Run LOAD DATA; with LOCAL a server skips and bends values, and only warns."""
        await self._run(
            f"LOAD DATA LOCAL INFILE {target} CHARACTER SET utf8mb4 "
            r"FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' "
            f"({columns})"
        )
        warnings = await self._run("SHOW WARNINGS LIMIT 1")
        if warnings:
            raise _Refused(str(warnings[0][2]))

    async def _insert_values(self, start: str, lines: Sequence[bytes]) -> None:
        pending, size = list[bytes](), 0
        for line in lines:
            values = b"(" + b",".join(map(_literal, line.split(b"\t"))) + b")"
            if pending and size + len(values) > _INSERT_BYTES:
                await self._run(start.encode() + b",".join(pending))
                pending, size = [], 0
            pending.append(values)
            size += len(values)
        await self._run(start.encode() + b",".join(pending))

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[None]:
        """Undo what failed, and tell a refused value from a lost connection."""
        await self._run("SAVEPOINT bridge24_load")
        try:
            yield
        except (_Refused, pymysql.err.MySQLError) as error:
            if not _is_poison(error):
                raise
            await self._run("ROLLBACK TO SAVEPOINT bridge24_load")
            raise _Refused(_reason(error)) from error
        await self._run("RELEASE SAVEPOINT bridge24_load")

    async def _run(self, statement: str | bytes) -> Rows:
        return await run(self.driver, statement)


def _literal(cell: bytes) -> bytes:
    """Turn a cell into an SQL literal: the escapes of both are the same, but for quotes."""
    return b"NULL" if cell == _NULL else b"'" + cell.replace(b"'", b"''") + b"'"


def _ids(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _code(error: BaseException) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _is_poison(error: BaseException) -> bool:
    return isinstance(error, (_Refused, *_POISON)) or _code(error) in _POISON_CODES


def _reason(error: BaseException) -> str:
    return str(error.args[-1]) if error.args else str(error)
