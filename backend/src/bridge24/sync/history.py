"""Every version of a row, with the time it was valid: ``crm_deals_history`` beside ``crm_deals``.

A version is valid from the moment the portal was read for it up to, and without, the moment
the next one was read: both by the portal's clock. The version that is valid now has no end;
a row that is alive has exactly one of those, a deleted one has none. Versions are copied from
the mirrored table in the transaction that changes it, so the portal is never asked for them.
Multi-values (phones, e-mails …) have no versions of their own: the first of them stands in
the row and is kept with it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.sync.ddl.actual import SERVICE_COLUMNS, Actual
from bridge24.sync.ddl.mysql import MysqlTables
from bridge24.sync.ddl.postgres import PostgresTables
from bridge24.sync.layout import Column, Layout
from bridge24.sync.queries import CHUNK
from bridge24.sync.sqltypes import LONGTEXT, TEXT, Dialect, union


@dataclass(frozen=True, slots=True)
class History:
    """The table of versions, made for one state of the mirrored table."""

    table: str
    of: str
    columns: tuple[str, ...]
    """Those both tables have and keep values in, the key first."""
    version: int
    """Of the layout it was made for."""


def table_of(table: str) -> str:
    """Name the table that keeps the versions of another one's rows."""
    return f"{table}_history"


async def prepare(layout: Layout) -> History:
    """Make the table of versions, or bring it up to date with the mirrored table."""
    name = table_of(layout.table)
    async with transaction() as session:
        connection = await session.connection()
        tables = await _tables(connection)
        await tables.lock(name)
        try:
            main = await tables.read(layout.table)
            await tables.create_history(name, like=layout.table, there=await tables.read(name))
            kept = await tables.read(name)
            await _align(tables, layout, name, main=main, kept=kept)
            kept = await tables.read(name)
        finally:
            await tables.unlock(name)
    both = [each for each, was in main.items() if each in kept and not was.overflow]
    return History(name, layout.table, tuple(both), layout.version)


async def _tables(connection: AsyncConnection) -> PostgresTables | MysqlTables:
    if dialect_of(connection) == "postgresql":
        return await PostgresTables.of(connection)
    return await MysqlTables.of(connection)


async def _align(
    tables: PostgresTables | MysqlTables,
    layout: Layout,
    name: str,
    *,
    main: Mapping[str, Actual],
    kept: Mapping[str, Actual],
) -> None:
    """Make the columns of the versions as wide as those of the rows; never narrower.

    The layout may be older than both tables: others widen them, and it only says what the
    columns are called.
    """
    there = [
        _as_it_is(column, main[column.name]) for column in layout.columns if column.name in main
    ]
    fitted = [
        (_keeping_both(column, kept[column.name], layout.dialect), kept[column.name])
        for column in there
        if column.name in kept
    ]
    await tables.alter(
        name,
        added=[column for column in there if column.name not in kept],
        widened=[
            (column, was)
            for column, was in fitted
            if column.type != was.type or column.overflow != was.overflow
        ],
        commented=[],
    )


def _as_it_is(column: Column, actual: Actual) -> Column:
    return replace(column, type=actual.type or TEXT, overflow=actual.overflow)


def _keeping_both(column: Column, was: Actual, dialect: Dialect) -> Column:
    if column.overflow or was.overflow:
        return replace(column, type=LONGTEXT, overflow=True)
    return replace(column, type=union(was.type or TEXT, column.type, dialect))


async def begin(session: AsyncSession, history: History) -> None:
    """Open a version for every row that is alive, as it was last read."""
    await session.execute(text(_opening(history, where="t._deleted_at IS NULL")))


async def record(session: AsyncSession, history: History, ids: Iterable[int]) -> None:
    """Open a new version of the rows just written, where they differ from the last one."""
    for part in _chunks(ids):
        changed = await _changed(session, history, part)
        await close(session, history, changed, at=None)
        if changed:
            where = f"t._deleted_at IS NULL AND t.id IN ({_listed(changed)})"
            await session.execute(text(_opening(history, where=where)))


async def close(
    session: AsyncSession, history: History, ids: Collection[int], *, at: datetime | None
) -> None:
    """End the versions of rows: at a moment, or when the row was read as it is now."""
    table, of = _quote(history.table), _quote(history.of)
    moment = ":at" if at else f"(SELECT t._synced_at FROM {of} t WHERE t.id = h.id)"
    values = {"at": at} if at else {}
    # MySQL wants the alias named once more where it deletes.
    target = f"DELETE h FROM {table} h" if _is_mysql() else f"DELETE FROM {table} h"
    for part in _chunks(ids):
        open_ = f"h.valid_to IS NULL AND h.id IN ({_listed(part)})"
        # One that would have lasted no time is as if it never was.
        await session.execute(text(f"{target} WHERE {open_} AND h.valid_from >= {moment}"), values)
        await session.execute(
            text(f"UPDATE {table} h SET valid_to = {moment} WHERE {open_}"), values
        )


async def end(session: AsyncSession, table: str, *, at: datetime) -> None:
    """End every version of a table's rows: no more of them are kept from now on."""
    latest = await session.scalar(text(f"SELECT MAX(_synced_at) FROM {_quote(table)}"))
    # What was read last was valid for a moment at least.
    after = max(at, latest + timedelta(microseconds=1)) if latest else at
    kept = _quote(table_of(table))
    for statement in (
        f"DELETE FROM {kept} WHERE valid_to IS NULL AND valid_from >= :at",
        f"UPDATE {kept} SET valid_to = :at WHERE valid_to IS NULL",
    ):
        await session.execute(text(statement), {"at": after})


async def follow_columns(
    session: AsyncSession, history: History, ids: Iterable[int], columns: Collection[str]
) -> None:
    """Fill new columns of the open versions: that a column appears is no change of a row."""
    table, of = _quote(history.table), _quote(history.of)
    names = [name for name in columns if name in history.columns and name != "id"]
    for part in _chunks(ids if names else ()):
        join = f"h.id = t.id AND h.valid_to IS NULL AND t.id IN ({_listed(part)})"
        if _is_mysql():
            cells = ", ".join(f"h.{_quote(name)} = t.{_quote(name)}" for name in names)
            statement = f"UPDATE {table} h JOIN {of} t ON {join} SET {cells}"
        else:
            cells = ", ".join(f"{_quote(name)} = t.{_quote(name)}" for name in names)
            statement = f"UPDATE {table} h SET {cells} FROM {of} t WHERE {join}"
        await session.execute(text(statement))


async def _changed(session: AsyncSession, history: History, ids: Collection[int]) -> set[int]:
    """Which rows differ from their open version, or have none."""
    same = "<=>" if _is_mysql() else "IS NOT DISTINCT FROM"
    names = [_quote(name) for name in history.columns if name not in SERVICE_COLUMNS]
    equal = " AND ".join(f"t.{name} {same} h.{name}" for name in names)
    found = await session.scalars(
        text(
            f"SELECT t.id FROM {_quote(history.of)} t LEFT JOIN {_quote(history.table)} h "
            f"ON h.id = t.id AND h.valid_to IS NULL "
            f"WHERE t.id IN ({_listed(ids)}) AND (h.id IS NULL OR NOT ({equal}))"
        )
    )
    return set(found)


def _opening(history: History, *, where: str) -> str:
    names = ", ".join(map(_quote, history.columns))
    chosen = ", ".join(f"t.{_quote(name)}" for name in history.columns)
    # Versions were not always kept: a new one begins no earlier than the last one ended.
    last = f"(SELECT MAX(c.valid_to) FROM {_quote(history.table)} c WHERE c.id = t.id)"
    return (
        f"INSERT INTO {_quote(history.table)} ({names}, valid_from) "
        f"SELECT {chosen}, GREATEST(t._synced_at, COALESCE({last}, t._synced_at)) "
        f"FROM {_quote(history.of)} t WHERE {where}"
    )


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    listed = sorted(ids)
    return [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]


def _listed(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _is_mysql() -> bool:
    return dialect_of(get_engine()) == "mysql"


def _quote(name: str) -> str:
    return get_engine().dialect.identifier_preparer.quote_identifier(name)
