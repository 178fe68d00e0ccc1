"""What a mirrored table looks like: columns, their sources and their types."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from bridge24.sync.sqltypes import Dialect, SqlType

OVERFLOW = "_overflow"
"""The column in which MySQL keeps the texts that have no room of their own."""


class Family(StrEnum):
    """How a value is read, whatever it is stored as."""

    KEY = "key"
    INTEGER = "integer"
    REFERENCE = "reference"
    """A link to another record: 0 means none."""
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"
    CHOICE = "choice"
    """An option of a list: 0 means none."""
    AMOUNT = "amount"
    CURRENCY = "currency"
    FILE = "file"
    MULTIFIELD = "multifield"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mirrored table."""

    name: str
    code: str
    """The key of its value in a CRM row."""
    family: Family
    type: SqlType
    comment: str = ""
    multiple: bool = False
    """The source gives a list, the column keeps it as JSON."""
    nullable: bool = True
    overflow: bool = False
    """Kept in the table's shared JSON column and only exposed under its name (MySQL)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A mirrored table; equal layouts mean nothing is to be altered."""

    dialect: Dialect
    table: str
    columns: tuple[Column, ...]
    child: str | None = None
    """The table of multi-values (phones, e-mails …), where the entity has any."""
    skipped: tuple[str, ...] = ()
    """Codes that are deliberately not kept."""
    version: int = field(default=0, compare=False)
    """The last change of the table it was made of: an older layout may name too narrow types."""

    @property
    def key(self) -> Column:
        """The primary key column."""
        return self.columns[0]

    def to_json(self) -> dict[str, object]:
        """Return plain lists, maps and scalars."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, object]) -> "Layout":
        """Rebuild what ``to_json`` gave, also after a round trip through JSON text."""
        columns = plain["columns"]
        skipped = plain["skipped"]
        child = plain["child"]
        if not isinstance(columns, list | tuple) or not isinstance(skipped, list | tuple):
            raise TypeError("not a layout")
        return cls(
            dialect="mysql" if plain["dialect"] == "mysql" else "postgresql",
            table=str(plain["table"]),
            columns=tuple(_column(column) for column in columns),
            child=None if child is None else str(child),
            skipped=tuple(str(code) for code in skipped),
        )


def _column(plain: dict[str, object]) -> Column:
    return Column(**{**plain, "family": Family(plain["family"]), "type": SqlType(**plain["type"])})  # type: ignore[arg-type]
