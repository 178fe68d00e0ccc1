"""What the tests of runs wait for and look at."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import select, text

from bridge24.core.db import connection, transaction
from bridge24.sync.models import SyncLog

PATIENCE_SECONDS = 120


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Wait until something has become true, patiently."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():
            await asyncio.sleep(0.05)


async def run_of(run_id: int) -> SyncLog:
    """Read a run."""
    async with transaction() as session:
        return (await session.scalars(select(SyncLog).where(SyncLog.id == run_id))).one()


async def ended(run_id: int, status: str) -> SyncLog:
    """Wait for a run's end."""

    async def there() -> bool:
        return (await run_of(run_id)).finished_at is not None

    await until(there)
    run = await run_of(run_id)
    assert run.status == status, run.error_message
    return run


async def stored() -> int:
    """Count the mirrored deals."""
    async with connection() as conn:
        return int(await conn.scalar(text("SELECT count(*) FROM crm_deals")) or 0)
