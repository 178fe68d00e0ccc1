"""What became of a set of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bridge24.sync.layout import Layout
from bridge24.sync.reasons import Reason
from bridge24.sync.shape import Rejected, Shaped, reject, subset


@dataclass(slots=True)
class Loaded:
    """Counts of rows, and those that could not be stored."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    late: int = 0
    """Rows of which a newer read is stored already; they were left alone."""
    written: list[int] = field(default_factory=list)
    """The ids inserted and updated."""
    rejected: list[Rejected] = field(default_factory=list)
    slow: bool = False
    """The server forbids LOAD DATA LOCAL, so plain INSERTs were used (MySQL)."""


Stored = dict[int, tuple[str | None, datetime]]
"""The IDs that exist: their digests, None when deleted, and when the portal was read for them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Indexes of the rows by what is to be done with them."""

    new: list[int]
    changed: list[int]
    unchanged: int
    late: int


def sort_out(shaped: Shaped, stored: Stored, *, read_at: datetime) -> Parts:
    """Compare digests; a row that was read later than these ones is left alone."""
    new, changed, unchanged, late = [], [], 0, 0
    for index, (row_id, digest) in enumerate(zip(shaped.ids, shaped.hashes, strict=True)):
        known = stored.get(row_id)
        if known is None:
            new.append(index)
        elif known[1] > read_at:
            late += 1
        elif known[0] != digest:
            changed.append(index)
        else:
            unchanged += 1
    return Parts(new, changed, unchanged, late)


def some_of(shaped: Shaped, indexes: Sequence[int]) -> Shaped:
    """Take these rows, which are in their order; all of them are not copied."""
    return shaped if len(indexes) == len(shaped.ids) else subset(shaped, indexes)


def refuse(loaded: Loaded, layout: Layout, shaped: Shaped, said: str) -> None:
    """Set aside the only row of a set that the database refused, with what it said."""
    reason = Reason.of("refused", reason=said.strip().rstrip("."))
    loaded.rejected.append(reject(shaped.rows[0], layout, reason))
