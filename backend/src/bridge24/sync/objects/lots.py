"""What the sources of this room hand out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge24.bitrix.checkpoint import Checkpoint, Span
from bridge24.bitrix.listing import Row


@dataclass(frozen=True, slots=True)
class Lot:
    """Rows read together, and of which owners they are all there is."""

    rows: Sequence[Row]
    read_at: datetime
    """By the portal's clock, in UTC: nothing of it was read before this moment."""
    owners: Collection[int] = ()
    """These owners have no other rows."""
    spans: Sequence[Span] = ()
    """Neither has any owner whose id lies here."""
    kept: Collection[int] = ()
    """Except these, which were not asked: their rows stay as they are stored."""
    checkpoint: Checkpoint | None = None
    """Where to go on once the rows are stored."""
