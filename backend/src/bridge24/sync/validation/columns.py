"""A report on every column of a table: type, share of NULLs, distribution. Computed in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    TableClause,
    and_,
    cast,
    column,
    distinct,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.names import snake_case
from bridge24.sync.policy import ColumnPolicy

MOST_ROWS = 20_000
"""Rows that are looked at; of larger tables so many, in blocks spread over all ids."""
BLOCKS = 20

COLUMNS_AT_ONCE = 40
"""Columns of one statement: wide tables are read in several passes."""

FEW_VALUES = 20
"""A column with no more different values is shown with each of them."""

TOLD_APART = 64
"""Long texts that begin alike count as one value."""

LONGEST_SHOWN = 200

# Fields about people, as the portal names them:
# https://apidocs.bitrix24.com/api-reference/crm/contacts/crm-contact-fields.html
_PERSONAL = (
    *("name", "last_name", "second_name", "full_name", "honorific", "post", "photo", "personal"),
    *("phone", "email", "web", "im", "work_phone", "uf_phone", "address", "birthdate"),
    *("birthday", "comments", "inn", "passport"),
)


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What one column holds, in the rows looked at."""

    name: str
    label: str
    type: str
    personal: bool
    """It may tell of people: only shares are shown."""
    null_share: float
    """0 to 1; 0 for an empty table."""
    distinct: int
    """Different values among the rows looked at."""
    lowest: str | None = None
    highest: str | None = None
    top: Sequence[tuple[str, int]] = ()
    """The values of a column that has few, the most frequent first."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """The columns of a table."""

    rows: int
    """Rows that are not deleted."""
    looked_at: int
    columns: Sequence[ColumnReport]


async def report(
    session: AsyncSession, layout: Layout, policy: ColumnPolicy, *, rows: int
) -> TableReport:
    """Look at every column, in a bounded number of rows.

    Args:
        session: A transaction to read in.
        layout: The columns.
        policy: Columns that are hashed or masked count as personal.
        rows: How many there are.
    """
    source = _table(layout)
    looked_at = await _blocks(session, source, rows=rows)
    told: list[ColumnReport] = []
    number = 0
    for start in range(0, len(layout.columns), COLUMNS_AT_ONCE):
        some = layout.columns[start : start + COLUMNS_AT_ONCE]
        figures = [figure for each in some for figure in _figures(_comparable(source, each))]
        counted = (await session.execute(select(func.count(), *figures).where(looked_at))).one()
        number = int(counted[0])
        for at, each in enumerate(some):
            told.append(_told(each, counted[1 + 4 * at : 5 + 4 * at], number, policy))
    full = [
        await _with_top(session, _comparable(source, each), shown, looked_at)
        for each, shown in zip(layout.columns, told, strict=True)
    ]
    return TableReport(rows=rows, looked_at=number, columns=full)


def is_personal(each: Column, policy: ColumnPolicy) -> bool:
    """Whether a column may tell of a person, so that its values are not shown."""
    name = snake_case(each.code)
    is_named = any(name == word or name.startswith(f"{word}_") for word in _PERSONAL)
    return is_named or policy.of(each.code) is not None or each.family is Family.MULTIFIELD


async def _blocks(session: AsyncSession, source: TableClause, *, rows: int) -> ColumnElement[bool]:
    """Say which rows are looked at, by ranges of the key: nothing else is read."""
    alive = source.c._deleted_at.is_(None)
    if rows <= MOST_ROWS:
        return alive
    low, high = (await session.execute(select(func.min(source.c.id), func.max(source.c.id)))).one()
    width = int((high - low) * MOST_ROWS / BLOCKS / rows)
    starts = [int(low) + (int(high) - int(low)) * block // BLOCKS for block in range(BLOCKS)]
    return and_(alive, or_(*(source.c.id.between(start, start + width) for start in starts)))


def _figures(value: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Rows with a value, different values, the lowest and the highest."""
    return [func.count(value), func.count(distinct(value)), func.min(value), func.max(value)]


def _told(each: Column, figures: Sequence[Any], rows: int, policy: ColumnPolicy) -> ColumnReport:
    filled, different, low, high = figures
    personal = is_personal(each, policy)
    return ColumnReport(
        name=each.name,
        label=each.comment,
        type=each.type.name.lower(),
        personal=personal,
        null_share=round(1 - int(filled) / rows, 6) if rows else 0.0,
        distinct=int(different),
        lowest=None if personal else _shown(low),
        highest=None if personal else _shown(high),
    )


async def _with_top(
    session: AsyncSession,
    value: ColumnElement[Any],
    told: ColumnReport,
    looked_at: ColumnElement[bool],
) -> ColumnReport:
    if told.personal or not 0 < told.distinct <= FEW_VALUES:
        return told
    number = func.count()
    found = await session.execute(
        select(value, number)
        .where(looked_at, value.is_not(None))
        .group_by(value)
        .order_by(number.desc(), value)
    )
    return replace(told, top=[(_shown(each) or "", int(count)) for each, count in found])


def _shown(value: object) -> str | None:
    return None if value is None else str(value)[:LONGEST_SHOWN]


def _table(layout: Layout) -> TableClause:
    names = [*(each.name for each in layout.columns), "_deleted_at"]
    return table(layout.table, *(column(name) for name in names))


def _comparable(source: TableClause, each: Column) -> ColumnElement[Any]:
    """A column as both databases can sort it: booleans as numbers, long texts by their start."""
    value: ColumnElement[Any] = source.c[each.name]
    if each.type.name == "BOOLEAN":
        return cast(value, Integer)
    return func.substr(value, 1, TOLD_APART) if each.type.name in {"TEXT", "LONGTEXT"} else value
