"""Writing rows, columns of one kind at a time; pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import cast

from bridge24.sync.cells import single
from bridge24.sync.cells.fit import text_of
from bridge24.sync.cells.groups import Kind, kind_of, writer_for
from bridge24.sync.cells.groups import Rows as Values
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.texts import to_json
from bridge24.sync.shape_writer import GroupWriter, Trouble, one_by_one
from bridge24.sync.sqltypes import Dialect

CHUNK = 128
"""Rows written at a time: about what a processor keeps at hand."""

Row = Mapping[str, object]
_Spell = Callable[[object], str | None]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of a layout are taken apart, chosen once."""

    groups: tuple[GroupWriter, ...]
    overflow: tuple[tuple[Column, _Spell], ...]
    blank: dict[str, object]
    known: frozenset[str]


@lru_cache(maxsize=16)
def _plan(layout: Layout) -> _Plan:
    overflow = [column for column in layout.columns if column.overflow]
    blank = {column.code: ABSENT if column.multiple else None for column in layout.columns}
    return _Plan(
        groups=tuple(_writer(columns, layout.dialect) for columns in _grouped(layout)),
        overflow=tuple((column, _spelling(reader_for(column))) for column in overflow),
        blank=blank,
        known=frozenset(blank) | frozenset(layout.skipped),
    )


def _grouped(layout: Layout) -> list[list[Column]]:
    """Put columns that are written alike together; the key stays the first of all."""
    groups: dict[object, list[Column]] = {}
    for column in layout.columns:
        if not column.overflow:
            groups.setdefault(_alike(column), []).append(column)
    return list(groups.values())


def _alike(column: Column) -> object:
    kind = kind_of(column)
    if kind is None:
        return column
    # A portal sends null for an empty field of its own and "" for an empty custom one.
    custom = kind is Kind.TEXT and column.code.upper().startswith("UF_")
    return kind, column.type, custom, column.multiple and column.family


def _writer(columns: Sequence[Column], dialect: Dialect) -> GroupWriter:
    kind = kind_of(columns[0])
    write = None if kind is None else writer_for(kind, columns[0], dialect)
    return GroupWriter(columns, dialect, write)


@lru_cache(maxsize=16)
def stored_names(layout: Layout) -> list[str]:
    """Name the columns a row body is written for, in its order; the key comes first."""
    names = [column.name for group in _grouped(layout) for column in group]
    has_overflow = any(column.overflow for column in layout.columns)
    return [*names, OVERFLOW] if has_overflow else names


def write_rows(rows: Sequence[Row], layout: Layout, trouble: Trouble) -> list[bytes]:
    """Write the body of every row: its cells in the order of ``stored_names``, with tabs."""
    plan = _plan(layout)
    finish = _with_nulls if layout.dialect == "mysql" else bytes
    bodies: list[bytes] = []
    for start in range(0, len(rows), CHUNK):
        trouble.start = start
        written = _encoded(rows[start : start + CHUNK], plan, trouble)
        bodies += finish(written).split(b"\n")
    return bodies


_EMPTY = re.compile(rb"\t(?=[\t\n]|\Z)")


def _with_nulls(bodies: bytes) -> bytes:
    r"""Write empty cells as ``\N``: unlike COPY, LOAD DATA cannot be told that they are NULL.

    The key, the first of a row, is never empty.
    """
    return _EMPTY.sub(rb"\t\\N", bodies)


def _encoded(rows: Sequence[Row], plan: _Plan, trouble: Trouble) -> bytes:
    """Write some rows, each a line."""
    rows, picked = _picked(rows, plan, trouble)
    sides = list(zip(plan.groups, picked, strict=True))
    overflow = [_overflow_cells(rows, plan, trouble)] if plan.overflow else []
    try:
        return _lines([*(group.write(raws, trouble) for group, raws in sides), *overflow])
    except UnicodeEncodeError:
        # Half of a surrogate pair came through: it is somewhere in the texts.
        singly = (group.write_singly(raws, trouble) for group, raws in sides)
        return _lines([*singly, *overflow])


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(map("\t".join, zip(*columns, strict=True))).encode()


def _picked(
    rows: Sequence[Row], plan: _Plan, trouble: Trouble
) -> tuple[Sequence[Row], list[Values]]:
    """Take the values out of every row, and note codes the layout does not know.

    What a row does not mention is empty; a list it does not mention is unknown.
    """
    orders = set(map(tuple, rows))
    codes = set[str]().union(*orders)
    if not codes <= plan.known:
        trouble.unknown.update(codes - plan.known)
    if len(orders) > 1 or not plan.blank.keys() <= codes:
        rows = [{**plan.blank, **row} for row in rows]
        return rows, [_tuples(map(itemgetter(*group.codes), rows)) for group in plan.groups]
    # In the order they lie in memory: the processor reads ahead.
    values = [tuple(row.values()) for row in rows]
    takes = _takes(plan.groups, orders.pop())
    return rows, [_tuples(map(take, values)) for take in takes]


@lru_cache(maxsize=16)
def _takes(
    groups: tuple[GroupWriter, ...], order: tuple[str, ...]
) -> list[Callable[[tuple[object, ...]], object]]:
    return [itemgetter(*map(order.index, group.codes)) for group in groups]


def _tuples(picked: Iterable[object]) -> list[tuple[object, ...]]:
    """Wrap what was taken out of one column; of several it comes as tuples already."""
    values = list(picked)
    return cast("list[tuple[object, ...]]", values if type(values[0]) is tuple else [*zip(values)])


def _spelling(read: Callable[[object], Value]) -> _Spell:
    def spell(raw: object) -> str | None:
        value = read(raw)
        return None if value is None else text_of(value)

    return spell


def _overflow_cells(rows: Sequence[Row], plan: _Plan, trouble: Trouble) -> list[str]:
    """Join the columns without room of their own to one JSON object a row."""
    names = [column.name for column, _ in plan.overflow]
    columns = [map(spell, map(itemgetter(column.code), rows)) for column, spell in plan.overflow]
    objects = (
        {name: text for name, text in zip(names, row, strict=True) if text is not None}
        for row in zip(*columns, strict=True)
    )
    return one_by_one(objects, _json_cell, plan.overflow[0][0], trouble)


def _json_cell(value: object) -> str:
    return single.text(to_json(value), "mysql") if value else single.NULL
