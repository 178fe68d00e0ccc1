"""Writing columns of many rows; pure but for what it remembers of values it has met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bridge24.sync.cells.fit import Misfit, Unstorable
from bridge24.sync.cells.groups import Kind, Write, kind_of, writer_for
from bridge24.sync.cells.single import NULL, NULLS, Cell, cell_for
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.sqltypes import Dialect, SqlType, union

REMEMBERED = 1_000
"""Values that a column remembers. One with more is taken for one of unique values."""
_MANY = 5_000
_NEVER_MANY = {Kind.DAY, Kind.CHOICE}
"""Of these there are no more than that, and no other way to write them fast."""
LONGEST_REMEMBERED = 64

_TEXTS: frozenset[type] = frozenset({str, type(None)})
"""Types of the values that are remembered: 1, 1.0 and True would be one and the same."""
_TELLING: dict[Kind | None, frozenset[type]] = {
    # Whether yes comes as 1, 1.0 or true, which are one key, it is written alike.
    Kind.BOOLEAN: frozenset({str, type(None), bool, int, float}),
}
_NEVER_ALIKE = {Kind.MOMENT, Kind.LIST, None}

Raws = Sequence[object]


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


class _Unsure(Exception):
    """The value is not one to remember."""


class Known(dict[object, str]):
    """Cells of values met before; asking for a new one converts it.

    Raises (when asked):
        _Unsure: The value is of a type that is not remembered.
        _Full: The value is long, or there are too many different ones.
        Misfit, Unstorable: The value does not fit.
    """

    def __init__(self, cell: Cell, *, null: str, telling: frozenset[type], most: int) -> None:
        self._cell = cell
        self._null = null
        self._telling = telling
        self._most = most

    def __missing__(self, raw: object) -> str:
        if type(raw) not in self._telling:
            raise _Unsure
        if len(self) >= self._most or (isinstance(raw, str) and len(raw) > LONGEST_REMEMBERED):
            raise _Full
        self[raw] = cell = self._cell(raw) or self._null
        return cell


class _Full(Exception):
    """The columns hold too many different values for it to pay."""


class GroupWriter:
    """Turns columns of one kind into cells, the fastest way that is certain to be right.

    Columns in which values come again and again are looked up; the others are written all at
    once, then one by one, and value by value where that is not certain either. Texts with a
    NUL or half of a surrogate pair may come through: write those rows singly.
    """

    def __init__(self, columns: Sequence[Column], dialect: Dialect) -> None:
        self.columns = columns
        self._kind = kind = kind_of(columns[0])
        self._null = NULLS[dialect]
        # Columns of a kind and a type are written alike, whatever their names.
        self._cell = cell_for(columns[0], dialect)
        self._write: Write | None = writer_for(kind, columns[0], dialect) if kind else None
        unique = kind in _NEVER_ALIKE or columns[0].family is Family.KEY
        self._known = [None if unique else self._knowing() for _ in columns]

    def _knowing(self) -> Known:
        return Known(
            self._cell,
            null=self._null,
            telling=_TELLING.get(self._kind, _TEXTS),
            most=_MANY if self._kind in _NEVER_MANY else REMEMBERED,
        )

    def write(self, columns: Sequence[Raws], trouble: Trouble) -> list[Sequence[str]]:
        """Write the cells of each column."""
        cells: list[Sequence[str] | None] = [
            self._looked_up(place, raws) if self._known[place] is not None else None
            for place, raws in enumerate(columns)
        ]
        rest = [place for place, found in enumerate(cells) if found is None]
        written = iter(self._rest([columns[place] for place in rest], rest, trouble))
        return [next(written) if found is None else found for found in cells]

    def _looked_up(self, place: int, raws: Raws) -> list[str] | None:
        known = self._known[place]
        try:
            return list(map(known.__getitem__, raws)) if known is not None else None
        except _Full:
            self._known[place] = None
        except (_Unsure, TypeError, Misfit, Unstorable):
            # Lists and maps cannot be looked up.
            pass
        return None

    def _rest(
        self, columns: Sequence[Raws], places: Sequence[int], trouble: Trouble
    ) -> list[Sequence[str]]:
        """Write columns together, or else each alone."""
        if len(columns) > 1:
            cells = self._at_once(list(chain.from_iterable(columns)))
            if cells is not None:
                height = len(columns[0])
                return [cells[at : at + height] for at in range(0, len(cells), height)]
        pairs = zip(columns, places, strict=True)
        return [self._alone(raws, self.columns[place], trouble) for raws, place in pairs]

    def write_singly(self, columns: Sequence[Raws], trouble: Trouble) -> list[Sequence[str]]:
        """Write value by value, and note everything that is wrong."""
        pairs = zip(columns, self.columns, strict=True)
        return [
            self._with_nulls(one_by_one(raws, self._cell, column, trouble))
            for raws, column in pairs
        ]

    def _alone(self, raws: Raws, column: Column, trouble: Trouble) -> Sequence[str]:
        cells = self._at_once(raws)
        if cells is not None:
            return cells
        return self._with_nulls(self._distinct(raws, column, trouble))

    def _at_once(self, values: Raws) -> Sequence[str] | None:
        cells = self._write(values) if self._write else None
        return None if cells is None else self._with_nulls(cells)

    def _with_nulls(self, cells: Sequence[str]) -> Sequence[str]:
        return [cell or self._null for cell in cells] if self._null else cells

    def _distinct(self, raws: Raws, column: Column, trouble: Trouble) -> list[str]:
        """Convert each distinct value once."""
        try:
            distinct = set(raws)
            if len({type(raw) for raw in raws} - _TEXTS) > 1:
                return one_by_one(raws, self._cell, column, trouble)
            converted = dict(zip(distinct, map(self._cell, distinct), strict=True))
        except (TypeError, Misfit, Unstorable):
            return one_by_one(raws, self._cell, column, trouble)
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
