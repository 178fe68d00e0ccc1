"""Writing a whole column at a time; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from bridge24.sync.cells import mysql
from bridge24.sync.cells.fit import text_of
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.texts import to_json
from bridge24.sync.shape_writer import ColumnWriter, Trouble, one_by_one
from bridge24.sync.sqltypes import Dialect

_JOINTS: dict[Dialect, bytes] = {"postgresql": b"", "mysql": b"\t"}
CHUNK = 128
"""Rows written at a time: about what a processor keeps at hand."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of a layout are taken apart, chosen once."""

    pick: Callable[[Mapping[str, object]], tuple[object, ...]]
    blank: dict[str, object]
    writers: tuple[ColumnWriter, ...]
    overflow: tuple[tuple[Column, Callable[[object], str | None]], ...]
    known: frozenset[str]


@lru_cache(maxsize=16)
def _plan(layout: Layout) -> _Plan:
    real = [column for column in layout.columns if not column.overflow]
    overflow = [column for column in layout.columns if column.overflow]
    codes = [column.code for column in (*real, *overflow)]
    return _Plan(
        # The key once more, so that a layout of one column gives tuples too.
        pick=itemgetter(*codes, codes[0]),
        blank={column.code: ABSENT if column.multiple else None for column in layout.columns},
        writers=tuple(ColumnWriter(column, layout.dialect) for column in real),
        overflow=tuple((column, _spelling(reader_for(column))) for column in overflow),
        known=frozenset(codes) | frozenset(layout.skipped),
    )


def stored_names(layout: Layout) -> list[str]:
    """Name the columns a row body is written for, in its order."""
    real = [column.name for column in layout.columns if not column.overflow]
    return [*real, OVERFLOW] if len(real) < len(layout.columns) else real


def write_rows(
    rows: Sequence[Mapping[str, object]], layout: Layout, trouble: Trouble
) -> list[bytes]:
    """Write the body of every row: its cells in the order of ``stored_names``, joined."""
    plan = _plan(layout)
    join = _JOINTS[layout.dialect].join
    bodies: list[bytes] = []
    for start in range(0, len(rows), CHUNK):
        trouble.start = start
        columns = _columns(rows[start : start + CHUNK], plan, trouble)
        bodies += map(join, zip(*columns, strict=True))
    return bodies


def _columns(
    rows: Sequence[Mapping[str, object]], plan: _Plan, trouble: Trouble
) -> list[list[bytes]]:
    """Write all columns of some rows; one may come as two lists that go side by side."""
    values = list(zip(*_picked(rows, plan, trouble), strict=True))
    written: list[list[bytes]] = []
    for raws, writer in zip(values, plan.writers, strict=False):
        written += writer.write(raws, trouble)
    if plan.overflow:
        rest = values[len(plan.writers) : -1]
        written.append(_overflow_cells(rest, plan, trouble))
    return written


def _picked(
    rows: Sequence[Mapping[str, object]], plan: _Plan, trouble: Trouble
) -> list[tuple[object, ...]]:
    """Take the values out of every row, and note codes the layout does not know.

    What a row does not mention is empty; a list it does not mention is unknown.
    """
    try:
        picked = list(map(plan.pick, rows))
    except KeyError:
        picked = [plan.pick({**plan.blank, **row}) for row in rows]
    if set(map(len, rows)) != {len(plan.blank)} or rows[0].keys() != plan.blank.keys():
        trouble.unknown.update(set[str]().union(*rows) - plan.known)
    return picked


def _spelling(read: Callable[[object], Value]) -> Callable[[object], str | None]:
    def spell(raw: object) -> str | None:
        value = read(raw)
        return None if value is None else text_of(value)

    return spell


def _overflow_cells(
    values: Sequence[Sequence[object]], plan: _Plan, trouble: Trouble
) -> list[bytes]:
    """Join the columns without room of their own to one JSON object a row."""
    names = [column.name for column, _ in plan.overflow]
    columns = [map(spell, raws) for raws, (_, spell) in zip(values, plan.overflow, strict=True)]
    objects = (
        {name: text for name, text in zip(names, row, strict=True) if text is not None}
        for row in zip(*columns, strict=True)
    )
    return one_by_one(objects, _json_cell, mysql.NULL, plan.overflow[0][0], trouble)


def _json_cell(value: object) -> bytes:
    return mysql.text(to_json(value)) if value else mysql.NULL
