"""What became of a set of rows."""

from dataclasses import dataclass, field

from bridge24.sync.layout import Layout
from bridge24.sync.shape import Rejected, Shaped, reject


@dataclass(slots=True)
class Loaded:
    """Counts of rows, and those that could not be stored."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    slow: bool = False
    """The server forbids LOAD DATA LOCAL, so plain INSERTs were used (MySQL)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Indexes of the rows by what is to be done with them."""

    new: list[int]
    changed: list[int]
    unchanged: int


def sort_out(shaped: Shaped, stored: dict[int, str | None]) -> Parts:
    """Compare digests: ``stored`` maps the IDs that exist to theirs, None when deleted."""
    new, changed, unchanged = [], [], 0
    for index, (row_id, digest) in enumerate(zip(shaped.ids, shaped.hashes, strict=True)):
        if row_id not in stored:
            new.append(index)
        elif stored[row_id] != digest:
            changed.append(index)
        else:
            unchanged += 1
    return Parts(new, changed, unchanged)


def refuse(loaded: Loaded, layout: Layout, shaped: Shaped, reason: str) -> None:
    """Set aside the only row of a set that the database refused."""
    loaded.rejected.append(reject(shaped.rows[0], layout, reason))
