"""Looks at the rows themselves: how many, how empty, between which values; bounded in cost."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, MetaData, func, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.charts.knowledge.facts import Column, Kind, Table
from bridge24.core.db import dialect_of

COUNTED_ROWS = 200_000
"""Larger tables are counted by the database's own estimate, and judged by their latest rows."""
SAMPLE_ROWS = 2_000
FEW_VALUES = 30
LONGEST_VALUE = 60
REPEATS = 5
_ORDERED = (Kind.DATE, Kind.DATETIME, Kind.NUMBER)
_LISTED = (Kind.TEXT, Kind.BOOLEAN, Kind.INTEGER)


async def look_at(connection: AsyncConnection, table: Table) -> None:
    """Note the figures of a table and its columns; values of personal columns are never read."""
    rows = _described(table)
    few = select(SqlColumn("id")).select_from(rows).limit(COUNTED_ROWS + 1).subquery()
    if "id" not in rows.c:
        few = select(text("1 AS one")).select_from(rows).limit(COUNTED_ROWS + 1).subquery()
    counted = await connection.scalar(select(func.count()).select_from(few)) or 0
    table.rows_exact = counted <= COUNTED_ROWS
    table.rows = counted if table.rows_exact else await _estimated(connection, table)
    sample = await _sample(connection, table, rows)
    # Hundreds of thousands of cells: nobody else would be answered meanwhile.
    await asyncio.to_thread(_judge_all, table.columns, sample)
    if table.rows_exact and counted:
        await _measure(connection, table, rows, counted)
    newest = table.column("_synced_at")
    table.fresh_at = newest.greatest if newest else None


def _described(table: Table) -> SqlTable:
    return SqlTable(table.name, MetaData(), *(SqlColumn(column.name) for column in table.columns))


async def _estimated(connection: AsyncConnection, table: Table) -> int:
    name = table.name.removeprefix("v_") if table.is_view else table.name
    if dialect_of(connection) == "postgresql":
        query = "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)"
    else:
        query = (
            "SELECT table_rows FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        )
    estimate = await connection.scalar(text(query), {"name": name})
    return max(int(estimate or 0), COUNTED_ROWS)


async def _sample(
    connection: AsyncConnection, table: Table, rows: SqlTable
) -> Sequence[dict[str, Any]]:
    asked = [rows.c[column.name] for column in table.columns if not column.personal]
    query = select(*asked).limit(SAMPLE_ROWS)
    if "id" in rows.c:
        query = query.order_by(rows.c.id.desc())
    found = await connection.execute(query)
    return [dict(row) for row in found.mappings()]


def _judge_all(columns: Sequence[Column], sample: Sequence[dict[str, Any]]) -> None:
    for column in columns:
        _judge(column, [row.get(column.name) for row in sample])
    for words in columns:
        code = next((each for each in columns if each.name == words.words_of), None)
        if code is not None and code.values and not words.personal:
            code.said = _said(code, words, sample)


def _said(code: Column, words: Column, sample: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Find what each value of a code is called, in the rows that have both."""
    pairs = {
        _spelled(row[code.name]): _spelled(row[words.name])
        for row in sample
        if row[code.name] is not None and row[words.name] is not None
    }
    return {value: pairs[value] for value in code.values if value in pairs}


def _judge(column: Column, values: Sequence[Any]) -> None:
    """Note what the sample tells of a column."""
    if column.personal:
        return
    there = [value for value in values if value is not None and value != ""]
    if values:
        column.null_share = round(1 - len(there) / len(values), 4)
    if column.kind is Kind.TEXT and there and all(_is_list(value) for value in there[:50]):
        column.kind = Kind.JSON
        there = [part for value in there for part in _parts(value)]
    if column.kind in (*_LISTED, Kind.JSON) and column.name != "id" and not _leads(column):
        column.values = _few(there)
    if column.kind in _ORDERED and there:
        column.least, column.greatest = str(min(there)), str(max(there))


def _is_list(value: object) -> bool:
    return isinstance(value, str) and value.startswith("[") and value.endswith("]")


def _parts(value: str) -> list[Any]:
    try:
        parts = json.loads(value)
    except ValueError:
        return []
    return parts if isinstance(parts, list) else []


def _leads(column: Column) -> bool:
    """Whether the values are ids of other records, which say nothing by themselves."""
    return column.reference is not None and column.reference.column == "id"


def _few(values: Sequence[Any]) -> list[str]:
    """List the values of a column that repeats few, the commonest first.

    Five times on average: what is rarer may be somebody's own text.
    """
    counts = Counter(_spelled(value) for value in values)
    if len(counts) > FEW_VALUES or len(values) < REPEATS * len(counts):
        return []
    if any(len(value) > LONGEST_VALUE or "://" in value or "@" in value for value in counts):
        return []
    return [value for value, _ in counts.most_common()]


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _measure(connection: AsyncConnection, table: Table, rows: SqlTable, counted: int) -> None:
    """Count the values of every column, and find the ends of dates and amounts, exactly."""
    asked: list[ColumnElement[Any]] = []
    for column in table.columns:
        asked.append(func.count(rows.c[column.name]))
        if _has_ends(column):
            asked += [func.min(rows.c[column.name]), func.max(rows.c[column.name])]
    told = iter((await connection.execute(select(*asked))).one())
    for column in table.columns:
        column.null_share = round(1 - next(told) / counted, 4)
        if _has_ends(column):
            least, greatest = next(told), next(told)
            column.least = None if least is None else str(least)
            column.greatest = None if greatest is None else str(greatest)


def _has_ends(column: Column) -> bool:
    return column.kind in _ORDERED and not column.personal
