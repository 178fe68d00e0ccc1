"""What is known of a table and its columns; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, whatever the database calls its type."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"
    JSON = "json"
    """A list kept as JSON text: the field takes several values."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Which column of another table a column points to."""

    table: str
    column: str
    condition: str = ""
    """What else must hold, where one table keeps the entries of many lists; ``{}``: the alias."""


@dataclass(slots=True)
class Column:
    """One column; the figures are of the rows looked at, None where they were not."""

    name: str
    type: str
    """As the database spells it."""
    kind: Kind
    label: str = ""
    personal: bool = False
    """Holds what belongs to a person: its values are never shown to anybody or any model."""
    reference: Reference | None = None
    words_of: str = ""
    """In a view: the column whose codes this one says in words."""
    null_share: float | None = None
    """0 to 1."""
    values: list[str] = field(default_factory=list)
    """The values of a column that has few, the commonest first."""
    said: dict[str, str] = field(default_factory=dict)
    """What these values are called, for codes whose words a view has."""
    least: str | None = None
    greatest: str | None = None

    @property
    def empty(self) -> bool:
        """Whether no row looked at has a value."""
        return self.null_share == 1.0


@dataclass(slots=True)
class Table:
    """One table or view."""

    name: str
    label: str = ""
    is_view: bool = False
    columns: list[Column] = field(default_factory=list)
    rows: int | None = None
    rows_exact: bool = False
    fresh_at: str | None = None
    """When a row was last brought up to date, UTC."""

    def column(self, name: str) -> Column | None:
        """Find a column."""
        return next((column for column in self.columns if column.name == name), None)

    def take_figures(self, other: "Table") -> None:
        """Take over what was seen in the rows of a table of the same columns."""
        self.rows, self.rows_exact, self.fresh_at = other.rows, other.rows_exact, other.fresh_at
        for mine, theirs in zip(self.columns, other.columns, strict=True):
            mine.kind, mine.null_share, mine.values = theirs.kind, theirs.null_share, theirs.values
            mine.least, mine.greatest = theirs.least, theirs.greatest
            mine.said = theirs.said


def lend_words(tables: Mapping[str, Table]) -> None:
    """Tell the tables what their codes are called, as their views do."""
    for view in tables.values():
        base = tables.get(view.name.removeprefix("v_")) if view.is_view else None
        for column in view.columns if base is not None else ():
            own = base.column(column.name) if base is not None and column.said else None
            if own is not None and not own.personal:
                own.said = {
                    value: column.said[value] for value in own.values if value in column.said
                }


Tables = Mapping[str, Table]
