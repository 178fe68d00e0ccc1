"""Writing rows, columns of one kind at a time; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bridge24.sync.cells import single
from bridge24.sync.cells.fit import text_of
from bridge24.sync.cells.groups import Kind, kind_of
from bridge24.sync.layout import OVERFLOW, Column, Family, Layout
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.texts import to_json
from bridge24.sync.shape_writer import GroupWriter, Raws, Trouble, one_by_one

CHUNK = 100
"""Rows written at a time: about what a processor keeps at hand."""

_NUL = b"\0"

Row = Mapping[str, object]
_Spell = Callable[[object], str | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a layout are taken apart, chosen once."""

    codes: tuple[str, ...]
    """Of the columns with room of their own, then of the others, in the layout's order."""
    groups: tuple[tuple[GroupWriter, tuple[int, ...]], ...]
    """Writers with the places of their columns."""
    overflow: tuple[tuple[Column, int, _Spell], ...]
    blank: dict[str, object]
    known: frozenset[str]


@lru_cache(maxsize=16)
def plan_of(layout: Layout) -> Plan:
    """Choose how rows are written; the plan remembers values it has met."""
    columns = [column for column in layout.columns if not column.overflow]
    overflow = [column for column in layout.columns if column.overflow]
    alike: dict[object, list[int]] = {}
    for place, column in enumerate(columns):
        alike.setdefault(_alike(column), []).append(place)
    blank = {column.code: ABSENT if column.multiple else None for column in layout.columns}
    return Plan(
        codes=tuple(column.code for column in [*columns, *overflow]),
        groups=tuple(
            (GroupWriter([columns[place] for place in places], layout.dialect), tuple(places))
            for places in alike.values()
        ),
        overflow=tuple(
            (column, place, _spelling(reader_for(column)))
            for place, column in enumerate(overflow, start=len(columns))
        ),
        blank=blank,
        known=frozenset(blank) | frozenset(layout.skipped),
    )


def _alike(column: Column) -> object:
    kind = kind_of(column)
    if kind is None or column.family is Family.KEY:
        return column
    # A portal sends null for an empty field of its own and "" for an empty custom one.
    custom = kind is Kind.TEXT and column.code.upper().startswith("UF_")
    return kind, column.type, custom, column.multiple and column.family


@lru_cache(maxsize=16)
def stored_names(layout: Layout) -> list[str]:
    """Name the columns a row body is written for, in its order; the key comes first."""
    names = [column.name for column in layout.columns if not column.overflow]
    return names if len(names) == len(layout.columns) else [*names, OVERFLOW]


def columns_of(rows: Sequence[Row], plan: Plan, trouble: Trouble) -> list[Raws]:
    """Take the values of ``plan.codes`` out of rows, and note codes the layout does not know.

    What a row does not mention is empty; a list it does not mention is unknown.
    """
    order = list(rows[0])
    if not all(list(row) == order for row in rows) or not plan.blank.keys() <= set(order):
        codes = set[str]().union(*rows)
        trouble.unknown.update(codes - plan.known)
        rows = [{**plan.blank, **{k: v for k, v in row.items() if k in plan.blank}} for row in rows]
        order = list(plan.blank)
    elif not plan.known.issuperset(order):
        trouble.unknown.update(set(order) - plan.known)
    # In the order they lie in memory: the processor reads ahead.
    values = list(zip(*[row.values() for row in rows], strict=True))
    places = dict(zip(order, values, strict=True))
    return [places[code] for code in plan.codes]


def write_columns(columns: Sequence[Raws], plan: Plan, trouble: Trouble) -> list[bytes]:
    """Write the body of every row: its cells in the order of ``stored_names``, with tabs."""
    overflow = [_overflow_cells(columns, plan, trouble)] if plan.overflow else []
    try:
        written = _lines([*_cells(columns, plan, trouble, singly=False), *overflow])
    except UnicodeEncodeError:
        written = _NUL
    if _NUL in written:
        # Half of a surrogate pair or a NUL came through: it is somewhere in the texts.
        written = _lines([*_cells(columns, plan, trouble, singly=True), *overflow])
    return written.split(b"\n")


def _cells(
    columns: Sequence[Raws], plan: Plan, trouble: Trouble, *, singly: bool
) -> list[Sequence[str]]:
    cells: list[Sequence[str]] = [()] * (len(columns) - len(plan.overflow))
    for group, places in plan.groups:
        raws = [columns[place] for place in places]
        written = (group.write_singly if singly else group.write)(raws, trouble)
        for place, column in zip(places, written, strict=True):
            cells[place] = column
    return cells


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(map("\t".join, zip(*columns, strict=True))).encode()


def _spelling(read: Callable[[object], Value]) -> _Spell:
    def spell(raw: object) -> str | None:
        value = read(raw)
        return None if value is None else text_of(value)

    return spell


def _overflow_cells(columns: Sequence[Raws], plan: Plan, trouble: Trouble) -> list[str]:
    """Join the columns without room of their own to one JSON object a row."""
    names = [column.name for column, _, _ in plan.overflow]
    spelled = [map(spell, columns[place]) for _, place, spell in plan.overflow]
    objects = (
        {name: text for name, text in zip(names, row, strict=True) if text is not None}
        for row in zip(*spelled, strict=True)
    )
    return one_by_one(objects, _json_cell, plan.overflow[0][0], trouble)


def _json_cell(value: object) -> str:
    return single.text(to_json(value), "mysql") if value else single.NULLS["mysql"]
