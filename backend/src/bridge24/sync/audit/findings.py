"""How stored rows differ from what the portal has; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a row."""

    GONE = "gone"
    """Stored, and the portal did not send it."""
    MISSING = "missing"
    """In the portal, and not stored."""
    STALE = "stale"
    """Changed in the portal at another moment than the stored row."""
    REVIVED = "revived"
    """Marked as deleted, and in the portal."""
    ABSENT = "absent"
    """Gone, and the portal was asked for it once more."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a stored row; moments are the portal's, in UTC without a zone."""

    modified: datetime | None
    synced_at: datetime
    deleted: bool


def differing(
    portal: Mapping[int, datetime | None], stored: Mapping[int, Stored], *, read_at: datetime
) -> dict[int, Kind]:
    """Compare the rows of one id range.

    A stored row that the portal was asked for later than ``read_at`` knows better: it was
    made, changed or deleted while the range was read.

    Args:
        portal: Every row the portal has in the range, with its time of modification.
        stored: Every row stored in the range, those marked as deleted included.
        read_at: When the portal was asked.
    """
    found: dict[int, Kind] = {}
    for row_id, modified in portal.items():
        kind = _wrong(modified, stored.get(row_id), read_at=read_at)
        if kind is not None:
            found[row_id] = kind
    for row_id, row in stored.items():
        if row_id not in portal and not row.deleted and row.synced_at <= read_at:
            found[row_id] = Kind.GONE
    return found


def _wrong(modified: datetime | None, row: Stored | None, *, read_at: datetime) -> Kind | None:
    if row is None:
        return Kind.MISSING
    if row.synced_at > read_at:
        return None
    if row.deleted:
        return Kind.REVIVED
    return Kind.STALE if row.modified != modified else None


def moment(told: object) -> datetime | None:
    """Read a moment of the portal as UTC without a zone; None when there is none."""
    try:
        read = datetime.fromisoformat(str(told or ""))
    except ValueError:
        return None
    return naive(read)


def naive(aware: datetime) -> datetime:
    """Write a moment as the databases keep it; one without a zone is taken as UTC."""
    return aware.astimezone(UTC).replace(tzinfo=None) if aware.tzinfo else aware
