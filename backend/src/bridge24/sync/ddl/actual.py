"""What a database says of a column."""

from dataclasses import dataclass

from bridge24.sync.sqltypes import SqlType


@dataclass(frozen=True, slots=True)
class Actual:
    """A column as it stands in the database."""

    type: SqlType | None
    """None for a type we never use: somebody else altered it."""
    comment: str = ""
    overflow: bool = False


SERVICE_COLUMNS = ("_synced_at", "_deleted_at", "_raw_hash")
