"""One row after the other, value by value: what every faster way has to equal; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bridge24.sync.cells import single
from bridge24.sync.cells.fit import INT64, Misfit, Unstorable, text_of
from bridge24.sync.cells.single import NULL, NULLS, Cell, cell_for
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.numbers import read_integer
from bridge24.sync.readers.texts import to_json
from bridge24.sync.reasons import Reason
from bridge24.sync.sqltypes import SqlType, union

Row = Mapping[str, object]
_Spell = Callable[[object], str | None]


@dataclass(slots=True)
class Trouble:
    """What went wrong with single values."""

    layout: Layout
    misfits: dict[str, SqlType] = field(default_factory=dict)
    failures: dict[int, Reason] = field(default_factory=dict)
    """Place of a row → why it cannot be stored as it is."""
    unknown: set[str] = field(default_factory=set)

    def note(self, index: int, column: Column, error: Misfit | Unstorable) -> None:
        """Remember that a value did not fit, and what would."""
        name = column.name
        if isinstance(error, Unstorable):
            self.failures[index] = Reason.of("brokenText", column=name)
            return
        widest = self.misfits.get(name, column.type)
        self.misfits[name] = union(widest, error.need, self.layout.dialect)
        self.failures[index] = Reason.of("narrow", column=name)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a layout are taken apart, chosen once."""

    columns: tuple[Column, ...]
    """Those with room of their own, in the layout's order."""
    cells: tuple[tuple[str, object, Cell], ...]
    """Of each: its code, what stands for a value the row does not mention, who writes it."""
    overflow: tuple[tuple[Column, object, _Spell], ...]
    known: frozenset[str]


@lru_cache(maxsize=16)
def plan_of(layout: Layout) -> Plan:
    """Choose how rows are written."""
    own = tuple(column for column in layout.columns if not column.overflow)
    return Plan(
        columns=own,
        cells=tuple((each.code, _blank(each), cell_for(each, layout.dialect)) for each in own),
        overflow=tuple(
            (each, _blank(each), _spelling(reader_for(each)))
            for each in layout.columns
            if each.overflow
        ),
        known=frozenset(column.code for column in layout.columns) | frozenset(layout.skipped),
    )


def _blank(column: Column) -> object:
    """What a row does not mention is empty; a list it does not mention is unknown."""
    return ABSENT if column.multiple else None


@lru_cache(maxsize=16)
def stored_names(layout: Layout) -> list[str]:
    """Name the columns a row body is written for, in its order; the key comes first."""
    names = [column.name for column in layout.columns if not column.overflow]
    return names if len(names) == len(layout.columns) else [*names, OVERFLOW]


def id_of(row: Row, layout: Layout) -> int | None:
    """Read the key of a row; None when no column holds it."""
    key = read_integer(row.get(layout.key.code))
    return key if isinstance(key, int) and key in INT64 else None


def body_of(row: Row, index: int, plan: Plan, trouble: Trouble) -> bytes:
    """Write a row: its cells in the order of ``stored_names``, with tabs between them.

    Args:
        row: As the portal sent it.
        index: Its place among all rows; what is wrong with it is noted there.
        plan: How.
        trouble: Takes the notes.
    """
    if not plan.known.issuperset(row):
        trouble.unknown.update(row.keys() - plan.known)
    null = NULLS[trouble.layout.dialect]
    try:
        cells = [cell(row.get(code, blank)) or null for code, blank, cell in plan.cells]
    except (Misfit, Unstorable):
        cells = [
            cell_of(row.get(code, blank), index, place, plan, trouble) or null
            for place, (code, blank, _) in enumerate(plan.cells)
        ]
    if plan.overflow:
        cells.append(overflow_of(row, index, plan, trouble))
    return "\t".join(cells).encode()


def cell_of(raw: object, index: int, place: int, plan: Plan, trouble: Trouble) -> str:
    """Write one value for the column at a place; one that does not fit is noted, and empty."""
    try:
        return plan.cells[place][2](raw)
    except (Misfit, Unstorable) as error:
        trouble.note(index, plan.columns[place], error)
        return NULL


def _spelling(read: Callable[[object], Value]) -> _Spell:
    def spell(raw: object) -> str | None:
        value = read(raw)
        return None if value is None else text_of(value)

    return spell


def overflow_of(row: Row, index: int, plan: Plan, trouble: Trouble) -> str:
    """Join the columns without room of their own to one JSON object."""
    spelled = (
        (column.name, spell(row.get(column.code, blank))) for column, blank, spell in plan.overflow
    )
    told = {name: text for name, text in spelled if text is not None}
    try:
        return single.text(to_json(told), "mysql") if told else NULLS["mysql"]
    except Unstorable as error:
        trouble.note(index, plan.overflow[0][0], error)
        return NULLS["mysql"]
