"""Carries out a queued run: what its job does."""

import asyncio
from datetime import timedelta

from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.core.jobs import Postpone, Retry, current_job
from bridge24.core.settings import get_settings
from bridge24.sync.errors import AlreadyRunning, RunOver
from bridge24.sync.models import SyncLog
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.runs import budget
from bridge24.sync.runs.models import OPEN
from bridge24.sync.runs.record import Ticket, recorded
from bridge24.sync.runs.told import passes
from bridge24.sync.service import SyncService

RETRY = Retry(max_attempts=8, first=timedelta(seconds=5), longest=timedelta(minutes=5))
LOCKED = timedelta(seconds=3)
CROWDED = timedelta(seconds=2)
WALKS_AT_ONCE = 4
"""Of one process: each holds pages in memory."""

_walks = asyncio.BoundedSemaphore(WALKS_AT_ONCE)


async def perform(run_id: int, *, accept_deletions: bool = False) -> None:
    """Do what a queued run asks for; one that is over, or cancelled, is left alone.

    A run that a killed worker had begun goes on from its checkpoint. A failure that may
    pass queues the run again, any other one closes it.

    Raises:
        Postpone: Another process copies the object, or this one has its hands full.
        AppError: The failure, when the run is to be tried again.
    """
    async with transaction() as session:
        run = await session.get(SyncLog, run_id)
    if run is None or run.status not in OPEN:
        return
    mode = SyncMode(run.mode)
    if mode is SyncMode.INCREMENTAL:
        await _attempt(run, mode, accept_deletions=accept_deletions)
        return
    if _walks.locked():
        raise Postpone(by=CROWDED, reason="this worker walks over as many objects as it may")
    async with _walks:
        await _attempt(run, mode, accept_deletions=accept_deletions)


async def _attempt(run: SyncLog, mode: SyncMode, *, accept_deletions: bool) -> None:
    try:
        service = await _service(run)
        if mode is SyncMode.INCREMENTAL:
            await service.incremental_sync(run.entity)
        elif mode is SyncMode.AUDIT:
            await service.audit(run.entity, accept_deletions=accept_deletions)
        else:
            await service.full_sync(run.entity, accept_deletions=accept_deletions)
    except AlreadyRunning as busy:
        raise Postpone(by=LOCKED, reason=str(busy)) from busy
    except RunOver:
        return
    except AppError as error:
        if _again(error):
            raise


def _again(error: AppError) -> bool:
    """Whether the queue tries once more: the failure may pass, and attempts are left."""
    return passes(error) and current_job().attempt < RETRY.max_attempts


async def _service(run: SyncLog) -> SyncService:
    """Make the service; without a usable webhook the run has failed."""
    progress = RunProgress(entity=run.entity, mode=SyncMode(run.mode))
    ticket = Ticket(run.id, _again)
    try:
        client, host = portal_client(), portal_host()
    except AppError:
        async with recorded(progress, ticket=ticket, host="", scope=""):
            raise
    await budget.share(client)
    return SyncService(
        client,
        host=host,
        pages_per_call=get_settings().sync_batch_size,
        walks_beside=WALKS_AT_ONCE - 1,
        ticket=ticket,
    )
