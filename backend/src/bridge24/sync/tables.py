"""Creates and widens the mirrored tables; never drops a column, never narrows one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.core.errors import Conflict
from bridge24.sync.ddl.actual import SERVICE_COLUMNS, Actual
from bridge24.sync.ddl.mysql import MysqlTables
from bridge24.sync.ddl.postgres import PostgresTables
from bridge24.sync.layout import Column, Layout
from bridge24.sync.sqltypes import LONGTEXT, TEXT, Dialect, SqlType, union


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is about to happen to a table."""

    kind: str
    column: str
    """Empty for the table as a whole."""
    before: str | None = None
    after: str | None = None
    code: str = ""
    """The field, for a column that is added."""


Note = Callable[[Sequence[Change]], Awaitable[None]]


class DynamicTableBuilder:
    """Makes tables fit their layouts, whatever is there already.

    On MySQL every statement here ends the transaction it runs in, as all DDL does: give
    the builder a connection with nothing pending, not the one that is loading.

    Args:
        connection: With a transaction under way.
        note: Told what is about to change, before it does; what it writes is committed
            with the change, or on MySQL just before.
    """

    def __init__(self, connection: AsyncConnection, *, note: Note | None = None) -> None:
        self._connection = connection
        self._note = note

    async def ensure(self, layout: Layout) -> Layout:
        """Create or widen a table, and say what it really is.

        Columns that are wider already stay so, columns the layout does not know are left
        alone, and a column whose field was retyped becomes a type that keeps both. The
        columns come back in the table's own order. Doing it twice, or in two processes at
        once, changes nothing.
        """
        async with self._locked(layout) as tables:
            actual = await tables.read(layout.table)
            if not actual:
                fitted = tables.fit(layout, {})
                await self._tell([Change("created", "", after=f"{len(fitted.columns)} columns")])
                await tables.create(fitted)
            else:
                fitted = await self._extend(tables, layout, actual)
            if fitted.child:
                await tables.create_child(fitted)
        return fitted

    async def widen(self, layout: Layout, needs: Mapping[str, SqlType]) -> Layout:
        """Widen columns for values that did not fit: column name → a type that holds them."""
        columns = tuple(
            replace(column, type=union(column.type, needs[column.name], layout.dialect))
            if column.name in needs
            else column
            for column in layout.columns
        )
        return await self.ensure(replace(layout, columns=columns))

    async def _extend(
        self, tables: "PostgresTables | MysqlTables", layout: Layout, actual: Mapping[str, Actual]
    ) -> Layout:
        _check_ours(layout.table, actual)
        fitted = tables.fit(_merged(layout, actual), actual)
        added = [column for column in fitted.columns if column.name not in actual]
        known = [(each, actual[each.name]) for each in fitted.columns if each.name in actual]
        widened = [(column, was) for column, was in known if _is_wider(column, was)]
        commented = [
            (column, was)
            for column, was in known
            if column.comment != was.comment and not _is_wider(column, was)
        ]
        await self._tell(_changes(layout.dialect, added, widened, commented))
        await tables.alter(
            layout.table,
            added=added,
            widened=widened,
            commented=[column for column, _ in commented],
        )
        await tables.sharpen(layout.table, actual)
        return fitted

    async def _tell(self, changes: Sequence[Change]) -> None:
        if self._note is not None:
            await self._note(changes)

    @asynccontextmanager
    async def _locked(self, layout: Layout) -> AsyncIterator["PostgresTables | MysqlTables"]:
        if layout.dialect == "postgresql":
            tables: PostgresTables | MysqlTables = await PostgresTables.of(self._connection)
        else:
            tables = await MysqlTables.of(self._connection)
        await tables.lock(layout.table)
        try:
            yield tables
        finally:
            await tables.unlock(layout.table)


class NotOurTable(Conflict):
    """The table {table} exists, but this program did not make it ({missing} is missing):
    rename it, or use another database."""


def _merged(layout: Layout, actual: Mapping[str, Actual]) -> Layout:
    """Combine what the columns should be with what they are, in the table's own order."""
    merged = [_merge(column, actual.get(column.name), layout.dialect) for column in layout.columns]
    order = {name: place for place, name in enumerate(actual)}
    merged.sort(key=lambda column: order.get(column.name, len(order)))
    return replace(layout, columns=tuple(merged))


def _changes(
    dialect: Dialect,
    added: Sequence[Column],
    widened: Sequence[tuple[Column, Actual]],
    commented: Sequence[tuple[Column, Actual]],
) -> list[Change]:
    told = [
        Change("added", column.name, after=column.comment or column.code, code=column.code)
        for column in added
    ]
    told += [
        Change(
            "widened",
            column.name,
            before=was.type.sql(dialect) if was.type else None,
            after=column.type.sql(dialect),
        )
        for column, was in widened
    ]
    told += [
        Change("relabelled", column.name, before=was.comment, after=column.comment)
        for column, was in commented
    ]
    return told


def _check_ours(table: str, actual: Mapping[str, Actual]) -> None:
    for name in ("id", *SERVICE_COLUMNS):
        if name not in actual:
            raise NotOurTable(table=table, missing=name)


def _merge(column: Column, was: Actual | None, dialect: Dialect) -> Column:
    """Combine what a column should be with what it is; the wider type wins."""
    if was is None:
        return column
    if was.overflow:
        return replace(column, type=LONGTEXT, overflow=True)
    # A type of somebody else's making becomes a text, which keeps every value.
    return replace(column, type=union(was.type or TEXT, column.type, dialect))


def _is_wider(column: Column, was: Actual) -> bool:
    return column.type != was.type or column.overflow != was.overflow
