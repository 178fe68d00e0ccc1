"""Rows that could not be stored, as the quarantine keeps them."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.clock import utc_naive
from bridge24.sync import queries
from bridge24.sync.models import SyncQuarantine
from bridge24.sync.reasons import Reason
from bridge24.sync.shape import Rejected, Shaped

LONGEST_ID = 20


async def quarantine(
    session: AsyncSession,
    entity: str,
    shaped: Shaped,
    refused: Sequence[Rejected],
    *,
    is_used: bool,
) -> bool:
    """Take rows that could be stored out of quarantine, and put the others in.

    Args:
        session: In the transaction that stores the rows.
        entity: Whose rows.
        shaped: What was to be stored, with what could not be typed.
        refused: What the database refused.
        is_used: Whether anything of the object may be in quarantine.

    Returns:
        Whether anything may be there now.
    """
    if is_used:
        await queries.release(session, entity, [str(row_id) for row_id in shaped.ids])
    rows = [held(entity, row) for row in (*shaped.rejected, *refused)]
    if rows:
        await queries.quarantine(session, entity, rows)
    return is_used or bool(rows)


def held(entity: str, row: Rejected) -> SyncQuarantine:
    """Make the quarantine's entry of a row."""
    kept = SyncQuarantine(entity=entity, row_id=_key(row), raw=row.raw, seen_at=utc_naive())
    give_reason(kept, row.reason)
    return kept


def give_reason(row: SyncQuarantine, reason: Reason) -> None:
    """Write down why a row is there."""
    row.reason, row.code = str(reason), reason.code
    row.facts = json.dumps(dict(reason.facts), ensure_ascii=False)


def reason_of(row: SyncQuarantine) -> Reason:
    """Read why a row is there."""
    return Reason(row.code, json.loads(row.facts))


def _key(row: Rejected) -> str:
    """Name a row; those without a usable ID are told apart by what they hold."""
    if row.id.isdecimal() and len(row.id) <= LONGEST_ID:
        return row.id
    return f"sha256:{hashlib.sha256(row.raw.encode()).hexdigest()[:48]}"
