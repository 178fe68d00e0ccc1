"""A table's columns as the database has them, without asking the portal."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.db import dialect_of, get_engine
from bridge24.sync.ddl.actual import SERVICE_COLUMNS, Actual
from bridge24.sync.ddl.mysql import MysqlTables
from bridge24.sync.ddl.postgres import PostgresTables
from bridge24.sync.layout import OVERFLOW, Column, Family, Layout
from bridge24.sync.models import SyncColumn
from bridge24.sync.sqltypes import TEXT


async def stored_layout(session: AsyncSession, table: str) -> Layout:
    """Read the columns of a table, with the fields they were made for."""
    connection = await session.connection()
    dialect = dialect_of(get_engine())
    kind = PostgresTables if dialect == "postgresql" else MysqlTables
    actual = await (await kind.of(connection)).read(table)
    codes = {
        row.column_name: row.code
        for row in await session.scalars(select(SyncColumn).where(SyncColumn.table_name == table))
    }
    hidden = {*SERVICE_COLUMNS, OVERFLOW}
    columns = tuple(
        _column(name, codes.get(name, name), found)
        for name, found in actual.items()
        if name not in hidden
    )
    return Layout(dialect=dialect, table=table, columns=columns)


def _column(name: str, code: str, found: Actual) -> Column:
    return Column(
        name=name,
        code=code,
        family=Family.KEY if name == "id" else Family.TEXT,
        type=found.type or TEXT,
        comment=found.comment,
        overflow=found.overflow,
    )
