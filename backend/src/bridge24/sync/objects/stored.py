"""What is stored of an object's owners, and the indexes that find it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    MetaData,
    Table,
    TextClause,
    exists,
    inspect,
    select,
    text,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bridge24.bitrix.checkpoint import Span
from bridge24.core.db import connection, dialect_of, get_engine, transaction
from bridge24.sync import marks, queries
from bridge24.sync.fields import table_name
from bridge24.sync.objects.children import Owned
from bridge24.sync.queries import CHUNK, mirrored


async def index(table: str, columns: Sequence[str]) -> None:
    """See that rows can be found by these columns."""
    if not columns:
        return
    async with connection() as conn:
        for column in [each for each in columns if each not in await _indexed(conn, table)]:
            await conn.execute(_create_index(conn, table, column))


async def _indexed(conn: AsyncConnection, table: str) -> set[str]:
    found = await conn.run_sync(lambda sync: inspect(sync).get_indexes(table))
    return {str(each["column_names"][0]) for each in found}


def _create_index(conn: AsyncConnection, table: str, column: str) -> TextClause:
    quote = conn.dialect.identifier_preparer.quote
    name = quote(f"ix_{table}_{column}"[:60])
    return text(f"CREATE INDEX {name} ON {quote(table)} ({quote(column)})")


async def of_owners(table: str, column: str, owners: Collection[int]) -> set[int]:
    """List the ids of the living rows of some owners."""
    listed = sorted(owners)
    found: set[int] = set()
    for start in range(0, len(listed), CHUNK):
        rows = _with_owner(table, column)
        part = listed[start : start + CHUNK]
        found |= await _alive(rows, rows.c[column].in_(part))
    return found


async def owners_of(table: str, column: str, ids: Collection[int]) -> set[int]:
    """List the owners of some rows, living or not."""
    listed = sorted(ids)
    found: set[int] = set()
    rows = _with_owner(table, column)
    for start in range(0, len(listed), CHUNK):
        wanted = select(rows.c[column]).where(rows.c.id.in_(listed[start : start + CHUNK]))
        async with transaction() as session:
            found |= {int(owner) for owner in await session.scalars(wanted)}
    return found


async def of_spans(table: str, column: str, spans: Sequence[Span]) -> dict[int, int]:
    """Map the ids of the living rows of all owners within ranges to their owners."""
    rows = _with_owner(table, column)
    owner = rows.c[column]
    found: dict[int, int] = {}
    for span in spans:
        below = owner <= span.until if span.until is not None else owner.is_not(None)
        wanted = select(rows.c.id, owner).where(
            (owner > span.after) & below, rows.c._deleted_at.is_(None)
        )
        async with transaction() as session:
            found |= {int(row[0]): int(row[1]) for row in await session.execute(wanted)}
    return found


async def members(
    table: str, column: str, other: str, *, owners: Sequence[int]
) -> dict[int, set[int]]:
    """Map owners to the other sides of their living links."""
    rows = _with_owner(table, column, other)
    told: dict[int, set[int]] = {}
    for start in range(0, len(owners), CHUNK):
        part = owners[start : start + CHUNK]
        wanted = select(rows.c[column], rows.c[other]).where(
            rows.c[column].in_(part), rows.c._deleted_at.is_(None)
        )
        async with transaction() as session:
            for owner, member in await session.execute(wanted):
                told.setdefault(owner, set()).add(member)
    return told


async def note(entity: str, ids: Collection[int], *, seen_at: datetime) -> None:
    """Keep ids that a pass did not meet, unless something newer is known of them.

    Args:
        entity: Whose rows.
        ids: What was not met.
        seen_at: When it was not there, by the portal's clock; aware.
    """
    if not ids:
        return
    moment = seen_at.astimezone(UTC).replace(tzinfo=None)
    async with transaction() as session:
        await queries.locked_state(session, entity)
        gone = set(ids) - await marks.outdated(session, entity, ids, read_at=moment)
        await marks.note_missing(session, entity, gone, seen_at=moment)


async def orphans(table: str, source: Owned) -> dict[datetime, list[int]]:
    """List the living rows of owners that are marked as deleted, by the moment they were gone."""
    owners_table = table_name(source.owners.name, dialect_of(get_engine()))
    async with connection() as conn:
        if not await conn.run_sync(lambda sync: inspect(sync).has_table(owners_table)):
            return {}
    rows, owners = _with_owner(table, source.owner), mirrored(owners_table)
    joined = rows.join(owners, owners.c.id == rows.c[source.owner])
    async with transaction() as session:
        found = await session.execute(
            select(owners.c._deleted_at, rows.c.id)
            .select_from(joined)
            .where(rows.c._deleted_at.is_(None), owners.c._deleted_at.is_not(None))
        )
        told: dict[datetime, list[int]] = {}
        for seen_at, row_id in found:
            told.setdefault(seen_at, []).append(row_id)
    return told


async def living(source: Owned, owners: Collection[int]) -> set[int]:
    """Choose the owners that their own table has, and not as deleted."""
    table = mirrored(table_name(source.owners.name, dialect_of(get_engine())))
    async with connection() as conn:
        if not await conn.run_sync(lambda sync: inspect(sync).has_table(table.name)):
            return set()
    known, listed = set[int](), sorted(owners)
    for start in range(0, len(listed), CHUNK):
        part = table.c.id.in_(listed[start : start + CHUNK])
        async with transaction() as session:
            wanted = select(table.c.id).where(part, table.c._deleted_at.is_(None))
            known |= set(await session.scalars(wanted))
    return known


async def childless(table: str, source: Owned, *, since: datetime) -> list[int]:
    """List living owners that were stored since a moment and have no living rows.

    Args:
        table: The table of the rows.
        source: Whose owners.
        since: By the portal's clock, in UTC without a zone.
    """
    owners_table = table_name(source.owners.name, dialect_of(get_engine()))
    async with connection() as conn:
        if not await conn.run_sync(lambda sync: inspect(sync).has_table(owners_table)):
            return []
    rows, owners = _with_owner(table, source.owner), mirrored(owners_table, "_synced_at")
    theirs = exists().where(rows.c[source.owner] == owners.c.id, rows.c._deleted_at.is_(None))
    async with transaction() as session:
        found = await session.scalars(
            select(owners.c.id)
            .where(owners.c._deleted_at.is_(None), owners.c._synced_at >= since, ~theirs)
            .order_by(owners.c.id)
        )
        return list(found)


async def _alive(rows: Table, of_owner: ColumnElement[bool]) -> set[int]:
    async with transaction() as session:
        found = await session.scalars(
            select(rows.c.id).where(of_owner, rows.c._deleted_at.is_(None))
        )
        return set(found)


def _with_owner(table: str, *columns: str) -> Table:
    return Table(
        table,
        MetaData(),
        SqlColumn("id", BigInteger),
        *(SqlColumn(column, BigInteger) for column in columns),
        SqlColumn("_deleted_at", DateTime),
    )
