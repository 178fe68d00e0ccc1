"""The worker: runs jobs and keeps the schedules. Importing it declares every task."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import structlog

from bridge24.charts import tasks as charts
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.jobs import enqueue, run_worker
from bridge24.core.jobs.waiting import pause
from bridge24.core.schedule import Schedule, run_scheduler
from bridge24.core.settings import get_settings
from bridge24.sync import tasks  # noqa: F401  declares its tasks
from bridge24.sync.portal import close_portal
from bridge24.sync.realtime import tasks as realtime  # noqa: F401
from bridge24.sync.runs.budget import keep_sharing
from bridge24.sync.runs.due import DISCOVER, schedules
from bridge24.sync.validation import tasks as validation  # noqa: F401

CONCURRENCY = 50
AGAIN_SECONDS = 5.0
LONGEST_STOP_SECONDS = 40.0

log = structlog.get_logger(__name__)


async def work(*, concurrency: int, stop: asyncio.Event) -> None:
    """Run jobs, keep the schedules and share the portal's budget, until ``stop``.

    What fails begins again: a database that is away comes back.
    """
    await _look_at_once()
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "jobs": lambda: run_worker(concurrency=concurrency, stop=stop),
        "schedules": lambda: run_scheduler(_schedules, stop=stop),
        "budget": lambda: keep_sharing(stop),
    }
    await asyncio.gather(*(_lasting(name, part, stop) for name, part in parts.items()))
    await close_portal()


@asynccontextmanager
async def working_beside(*, concurrency: int = CONCURRENCY) -> AsyncIterator[None]:
    """Work in this process while the block runs, for small installations."""
    stop = asyncio.Event()
    working = asyncio.create_task(work(concurrency=concurrency, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([working], timeout=LONGEST_STOP_SECONDS)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def _schedules() -> Iterable[Schedule]:
    return [*await schedules(), *await charts.schedules()]


async def _look_at_once() -> None:
    """Learn what the webhook may read now, not with the first slot."""
    if get_settings().bitrix_webhook_url is None:
        return
    with suppress(DatabaseError):
        async with transaction() as session:
            await enqueue(session, DISCOVER, dedup="schedule:discover")


async def _lasting(name: str, part: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await part()
        except AppError as error:
            log.warning("worker.part_failed", part=name, reason=str(error))
        except Exception:
            log.exception("worker.part_broke", part=name)
        await pause(stop, AGAIN_SECONDS)
