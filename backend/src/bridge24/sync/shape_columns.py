"""Writing a whole column at a time; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from bridge24.sync.cells import Cell, cell_for, mysql, postgres
from bridge24.sync.cells.fit import Misfit, Unstorable, text_of
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.texts import to_json
from bridge24.sync.sqltypes import Dialect, SqlType, union

NULLS: dict[Dialect, bytes] = {"postgresql": postgres.NULL, "mysql": mysql.NULL}
_HARMLESS = {type(None), str}


@dataclass(slots=True)
class Trouble:
    """What went wrong with single values."""

    layout: Layout
    misfits: dict[str, SqlType] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    """Place of a row → why it cannot be stored as it is."""
    unknown: set[str] = field(default_factory=set)

    def note(self, index: int, column: Column, error: Misfit | Unstorable) -> None:
        """Remember that a value did not fit, and what would."""
        name = column.name
        if isinstance(error, Unstorable):
            self.failures[index] = f"column {name}: {error}"
            return
        widest = self.misfits.get(name, column.type)
        self.misfits[name] = union(widest, error.need, self.layout.dialect)
        self.failures[index] = f"column {name} is too narrow"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of a layout are taken apart, chosen once."""

    pick: Callable[[Mapping[str, object]], tuple[object, ...]]
    blank: dict[str, object]
    real: tuple[tuple[Column, Cell], ...]
    overflow: tuple[tuple[Column, Callable[[object], str | None]], ...]
    known: frozenset[str]


@lru_cache(maxsize=64)
def _plan(layout: Layout) -> _Plan:
    real = [column for column in layout.columns if not column.overflow]
    overflow = [column for column in layout.columns if column.overflow]
    codes = [column.code for column in (*real, *overflow)]
    return _Plan(
        # The key once more, so that a layout of one column gives tuples too.
        pick=itemgetter(*codes, codes[0]),
        blank={column.code: ABSENT if column.multiple else None for column in layout.columns},
        real=tuple((column, cell_for(column, layout.dialect)) for column in real),
        overflow=tuple((column, _spelling(reader_for(column))) for column in overflow),
        known=frozenset(codes) | frozenset(layout.skipped),
    )


def stored_names(layout: Layout) -> list[str]:
    """Name the columns a row body is written for, in its order."""
    real = [column.name for column in layout.columns if not column.overflow]
    return [*real, OVERFLOW] if len(real) < len(layout.columns) else real


def write_columns(
    rows: Sequence[Mapping[str, object]], layout: Layout, trouble: Trouble
) -> list[list[bytes]]:
    """Write the cells of all rows, one list a column, in the order of ``stored_names``."""
    plan = _plan(layout)
    values = list(zip(*_picked(rows, plan, trouble), strict=True))
    null = NULLS[layout.dialect]
    written = [
        _convert(raws, cell, null, _Noting(column, trouble))
        for raws, (column, cell) in zip(values, plan.real, strict=False)
    ]
    if plan.overflow:
        rest = values[len(plan.real) : -1]
        written.append(_overflow_cells(rest, plan, trouble))
    return written


def _picked(
    rows: Sequence[Mapping[str, object]], plan: _Plan, trouble: Trouble
) -> list[tuple[object, ...]]:
    """Take the values out of every row, and note codes the layout does not know."""
    pick, usual, picked = plan.pick, len(plan.blank), []
    for row in rows:
        try:
            picked.append(pick(row))
        except KeyError:
            picked.append(pick({**plan.blank, **row}))
        else:
            if len(row) == usual:
                continue
        trouble.unknown.update(row.keys() - plan.known)
    return picked


@dataclass(frozen=True, slots=True)
class _Noting:
    column: Column
    trouble: Trouble

    def note(self, index: int, error: Misfit | Unstorable) -> None:
        self.trouble.note(index, self.column, error)


T = TypeVar("T")


def _convert(
    raws: Sequence[object], convert: Callable[[object], T], null: T, noting: _Noting
) -> list[T]:
    """Convert one column; each distinct value only once."""
    try:
        distinct = set(raws)
    except TypeError:
        return _one_by_one(raws, convert, null, noting)
    # 1, 1.0 and True are one member of a set, but not one value.
    if (0 in distinct or 1 in distinct) and len(set(map(type, raws)) - _HARMLESS) > 1:
        return _one_by_one(raws, convert, null, noting)
    try:
        converted = dict(zip(distinct, map(convert, distinct), strict=True))
    except (Misfit, Unstorable):
        return _one_by_one(raws, convert, null, noting)
    return list(map(converted.__getitem__, raws))


def _one_by_one(
    raws: Sequence[object], convert: Callable[[object], T], null: T, noting: _Noting
) -> list[T]:
    converted = []
    for index, raw in enumerate(raws):
        try:
            converted.append(convert(raw))
        except (Misfit, Unstorable) as error:
            noting.note(index, error)
            converted.append(null)
    return converted


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
    columns = [
        _convert(raws, spell, None, _Noting(column, trouble))
        for raws, (column, spell) in zip(values, plan.overflow, strict=True)
    ]
    objects = [
        {name: text for name, text in zip(names, row, strict=True) if text is not None}
        for row in zip(*columns, strict=True)
    ]
    noting = _Noting(plan.overflow[0][0], trouble)
    return _one_by_one(objects, _json_cell, mysql.NULL, noting)


def _json_cell(value: object) -> bytes:
    return mysql.text(to_json(value)) if value else mysql.NULL
