"""Rows that could not be stored, as the quarantine keeps them."""

import hashlib

from bridge24.core.clock import utc_naive
from bridge24.sync.models import SyncQuarantine
from bridge24.sync.shape import Rejected

LONGEST_ID = 20


def held(entity: str, row: Rejected) -> SyncQuarantine:
    """Make the quarantine's entry of a row."""
    return SyncQuarantine(
        entity=entity, row_id=_key(row), reason=row.reason, raw=row.raw, seen_at=utc_naive()
    )


def _key(row: Rejected) -> str:
    """Name a row; those without a usable ID are told apart by what they hold."""
    if row.id.isdecimal() and len(row.id) <= LONGEST_ID:
        return row.id
    return f"sha256:{hashlib.sha256(row.raw.encode()).hexdigest()[:48]}"
