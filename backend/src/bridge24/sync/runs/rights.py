"""What the webhook may read, as the portal said last."""

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import BadConfiguration
from bridge24.core.jobs import persist
from bridge24.sync.entities import granted_scopes
from bridge24.sync.portal import portal_host
from bridge24.sync.runs.models import SyncPortal


async def ask(client: BitrixClient) -> frozenset[str]:
    """Ask the portal and keep what it says.

    Raises:
        BitrixError: The portal does not tell.
    """
    scopes = await granted_scopes(client)
    await persist(lambda: _keep(scopes))
    return scopes


async def kept(session: AsyncSession) -> frozenset[str] | None:
    """Read what the portal said last; None: it has never been asked."""
    row = await session.get(SyncPortal, portal_host())
    return frozenset(orjson.loads(row.scopes)) if row is not None else None


async def _keep(scopes: frozenset[str]) -> None:
    told = orjson.dumps(sorted(scopes)).decode()
    async with transaction() as session:
        await session.merge(SyncPortal(host=portal_host(), scopes=told, asked_at=utc_naive()))


async def kept_or_none(session: AsyncSession) -> frozenset[str] | None:
    """Read what the portal said last, or None, also when no portal is configured."""
    try:
        return await kept(session)
    except BadConfiguration:
        return None
