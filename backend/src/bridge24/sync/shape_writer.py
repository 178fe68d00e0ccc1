"""Writing one column of many rows; pure but for what it remembers of values it has met."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bridge24.sync.cells import mysql, mysql_bulk, postgres, postgres_bulk
from bridge24.sync.cells.fit import Misfit, Unstorable
from bridge24.sync.layout import Column, Layout
from bridge24.sync.sqltypes import Dialect, SqlType, union

REMEMBERED = 2_000
"""Values a column remembers: stages, people, options, days. A column with more is unique."""
LONGEST_REMEMBERED = 64


@dataclass(slots=True)
class Trouble:
    """What went wrong with single values."""

    layout: Layout
    misfits: dict[str, SqlType] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    """Place of a row → why it cannot be stored as it is."""
    unknown: set[str] = field(default_factory=set)
    start: int = 0
    """Place of the first of the rows being written."""

    def note(self, index: int, column: Column, error: Misfit | Unstorable) -> None:
        """Remember that a value did not fit, and what would."""
        name = column.name
        index += self.start
        if isinstance(error, Unstorable):
            self.failures[index] = f"column {name}: {error}"
            return
        widest = self.misfits.get(name, column.type)
        self.misfits[name] = union(widest, error.need, self.layout.dialect)
        self.failures[index] = f"column {name} is too narrow"


_Bulk = Callable[[Sequence[object]], Sequence[list[bytes]] | None]


class ColumnWriter:
    """Turns the values of a column into cells, the fastest way that is certain to be right.

    Values that repeat are looked up among those met before; columns where most values
    are new go through the dialect's short cut; whatever is left goes value by value.
    """

    def __init__(self, column: Column, dialect: Dialect) -> None:
        self.column = column
        if dialect == "postgresql":
            self._cell = postgres.cell_for(column)
            self._bulk: _Bulk | None = postgres_bulk.bulk_for(column)
            self._null = postgres.NULL
        else:
            self._cell = mysql.cell_for(column)
            self._bulk = _alone(mysql_bulk.bulk_for(column))
            self._null = mysql.NULL
        # Only strings and None are keys: 1, 1.0 and True would be one and the same.
        self._known: dict[object, bytes] = {}
        self._mostly_new = False

    def write(self, raws: Sequence[object], trouble: Trouble) -> Sequence[list[bytes]]:
        """Write a column as one list of cells, or as two that go side by side."""
        if not self._mostly_new:
            remembered = self._remembered(raws)
            if remembered is not None:
                return [remembered]
        if self._bulk is not None:
            written = self._bulk(raws)
            if written is not None:
                return written
        return [self._distinct(raws, trouble)]

    def _remembered(self, raws: Sequence[object]) -> list[bytes] | None:
        known = self._known
        try:
            try:
                return list(map(known.__getitem__, raws))
            except KeyError:
                new = set(raws).difference(known)
        except TypeError:
            # Lists and maps cannot be looked up.
            self._mostly_new = True
            return None
        if len(known) + len(new) > REMEMBERED:
            known.clear()
            self._mostly_new = True
            return None
        return list(map(known.__getitem__, raws)) if self._learn(new) else None

    def _learn(self, new: set[object]) -> bool:
        if not set(map(type, new)) <= {str, type(None)}:
            return False
        if any(raw is not None and len(str(raw)) > LONGEST_REMEMBERED for raw in new):
            return False
        try:
            self._known.update(zip(new, map(self._cell, new), strict=True))
        except (Misfit, Unstorable):
            return False
        return True

    def _distinct(self, raws: Sequence[object], trouble: Trouble) -> list[bytes]:
        """Convert each distinct value once."""
        try:
            distinct = set(raws)
            if len({type(raw) for raw in raws} - {str, type(None)}) > 1:
                return one_by_one(raws, self._cell, self._null, self.column, trouble)
            converted = dict(zip(distinct, map(self._cell, distinct), strict=True))
        except (TypeError, Misfit, Unstorable):
            return one_by_one(raws, self._cell, self._null, self.column, trouble)
        return list(map(converted.__getitem__, raws))


def _alone(bulk: mysql_bulk.Bulk | None) -> _Bulk | None:
    if bulk is None:
        return None

    def alone(raws: Sequence[object]) -> Sequence[list[bytes]] | None:
        written = bulk(raws)
        return None if written is None else [written]

    return alone


def one_by_one(
    raws: Iterable[object],
    cell: Callable[[object], bytes],
    null: bytes,
    column: Column,
    trouble: Trouble,
) -> list[bytes]:
    """Convert value by value, and note those that do not fit."""
    written = []
    for index, raw in enumerate(raws):
        try:
            written.append(cell(raw))
        except (Misfit, Unstorable) as error:
            trouble.note(index, column, error)
            written.append(null)
    return written
