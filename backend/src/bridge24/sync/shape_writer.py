"""Writing some columns of many rows; pure but for what it remembers of values it has met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bridge24.sync.cells.fit import Misfit, Unstorable
from bridge24.sync.cells.groups import Rows, Write
from bridge24.sync.cells.single import NULL, Cell, cell_for
from bridge24.sync.layout import Column, Layout
from bridge24.sync.sqltypes import Dialect, SqlType, union

REMEMBERED = 2_000
"""Values a column remembers. A column with more is taken for one of unique values."""
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


class GroupWriter:
    """Turns columns of one kind into cells, the fastest way that is certain to be right.

    First all of them at once, then one by one, and value by value where that is not
    certain either.
    """

    def __init__(self, columns: Sequence[Column], dialect: Dialect, write: Write | None) -> None:
        self.columns = columns
        self._write = write
        self._alone = [ColumnWriter(column, dialect) for column in columns]
        self.codes = [column.code for column in columns]

    def write(self, rows: Rows, trouble: Trouble) -> list[str]:
        """Write the cells of each row, joined with tabs."""
        written = self._write(rows) if self._write else None
        if written is not None:
            return written
        values = list(zip(*rows, strict=True))
        columns = [
            self._one(alone, raws, trouble) for alone, raws in zip(self._alone, values, strict=True)
        ]
        return list(map("\t".join, zip(*columns, strict=True)))

    def _one(self, alone: "ColumnWriter", raws: Sequence[object], trouble: Trouble) -> list[str]:
        if self._write and len(self.columns) > 1:
            written = self._write(list(zip(raws, strict=True)))
            if written is not None:
                return written
        return alone.write(raws, trouble)

    def write_singly(self, rows: Rows, trouble: Trouble) -> list[str]:
        """Write value by value, and note everything that is wrong."""
        values = list(zip(*rows, strict=True))
        columns = [
            one_by_one(raws, alone.cell, alone.column, trouble)
            for alone, raws in zip(self._alone, values, strict=True)
        ]
        return list(map("\t".join, zip(*columns, strict=True)))


class ColumnWriter:
    """Turns the values of one column into cells, each distinct value once."""

    def __init__(self, column: Column, dialect: Dialect) -> None:
        self.column = column
        self.cell = cell_for(column, dialect)
        # Only strings and None are keys: 1, 1.0 and True would be one and the same.
        self._known: dict[object, str] = {}
        self._mostly_new = False

    def write(self, raws: Sequence[object], trouble: Trouble) -> list[str]:
        """Write a column."""
        if not self._mostly_new:
            remembered = self._remembered(raws)
            if remembered is not None:
                return remembered
        return self._distinct(raws, trouble)

    def _remembered(self, raws: Sequence[object]) -> list[str] | None:
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
            self._known.update(zip(new, map(self.cell, new), strict=True))
        except (Misfit, Unstorable):
            return False
        return True

    def _distinct(self, raws: Sequence[object], trouble: Trouble) -> list[str]:
        """Convert each distinct value once."""
        try:
            distinct = set(raws)
            if len({type(raw) for raw in raws} - {str, type(None)}) > 1:
                return one_by_one(raws, self.cell, self.column, trouble)
            converted = dict(zip(distinct, map(self.cell, distinct), strict=True))
        except (TypeError, Misfit, Unstorable):
            return one_by_one(raws, self.cell, self.column, trouble)
        return list(map(converted.__getitem__, raws))


def one_by_one(raws: Iterable[object], cell: Cell, column: Column, trouble: Trouble) -> list[str]:
    """Convert value by value, and note those that do not fit."""
    written = []
    for index, raw in enumerate(raws):
        try:
            written.append(cell(raw))
        except (Misfit, Unstorable) as error:
            trouble.note(index, column, error)
            written.append(NULL)
    return written
