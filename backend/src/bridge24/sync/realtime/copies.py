"""Which objects are mirrored, so that their events matter."""

from collections.abc import Collection

from sqlalchemy import or_, select

from bridge24.core.db import transaction
from bridge24.sync.models import SyncConfig, SyncState


async def copied(names: Collection[str]) -> set[str]:
    """Say which of these objects have a copy, or are being copied for the first time.

    For any other the first copy will read what an event tells of.
    """
    begun = or_(
        SyncState.checkpoint.is_not(None),
        SyncState.last_full_at.is_not(None),
        SyncState.cursor_at.is_not(None),
    )
    off = select(SyncConfig.entity).where(SyncConfig.enabled.is_(False))
    found = select(SyncState.entity).where(SyncState.entity.in_(names), begun)
    async with transaction() as session:
        return set(await session.scalars(found.where(SyncState.entity.not_in(off))))
