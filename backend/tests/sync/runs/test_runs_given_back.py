"""Runs whose process ends in an orderly way, and runs of the command line."""

import asyncio
from datetime import timedelta

import pytest
from runs_bench import ended, run_of, stored, until
from sqlalchemy import select, update

from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.jobs import run_worker
from bridge24.core.jobs.models import Job, State
from bridge24.emulator import Emulator, Fault, Kind
from bridge24.sync.errors import AlreadyRunning, RunCancelled, RunInProgress
from bridge24.sync.models import SyncLog
from bridge24.sync.portal import portal_client
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening, rounds, stopping
from bridge24.sync.runs.models import Status
from bridge24.sync.service import SyncService


@pytest.fixture
def slow(emulator: Emulator) -> None:
    """A portal that leaves time to interfere."""
    emulator.gate("acme").faults.add(Fault(Kind.SLOW, only=frozenset({"batch"}), seconds=3.0))


async def _first_run() -> SyncLog:
    async def begun() -> bool:
        async with transaction() as session:
            return await session.scalar(select(SyncLog.status)) == Status.RUNNING

    await until(begun)
    async with transaction() as session:
        return (await session.scalars(select(SyncLog))).one()


async def test_a_worker_that_ends_hands_its_run_to_the_next(
    connected: None, emulator: Emulator, slow: None
) -> None:
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    for attempt in (1, 2):
        stop = asyncio.Event()
        worker = asyncio.create_task(run_worker(stop=stop, grace=timedelta(0)))
        if attempt == 1:
            await _first_run()
            stop.set()
            await worker
            given_back = await run_of(run.id)
            assert (given_back.status, given_back.open_for) == (Status.QUEUED, "deal")
            emulator.gate("acme").faults.clear()
            continue
        await ended(run.id, Status.SUCCEEDED)
        stop.set()
        await worker
    assert (await run_of(run.id)).attempts == 2
    assert await stored() == 400


async def test_a_run_of_the_command_line_is_seen_and_cancelled_from_elsewhere(
    connected: None, slow: None
) -> None:
    service = SyncService(portal_client(), host="acme")
    command = asyncio.create_task(service.full_sync("deal"))
    run = await _first_run()
    assert (run.asked_by, run.job_id) == ("command line", None)
    with pytest.raises(RunInProgress):
        await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")

    await stopping.cancel_run(run.id)

    with pytest.raises(RunCancelled):
        await command
    assert (await run_of(run.id)).status == Status.CANCELLED


async def test_a_command_that_was_killed_is_in_nobodys_way(connected: None) -> None:
    async with transaction() as session:
        run = SyncLog(
            entity="deal",
            mode="full",
            status=Status.RUNNING,
            open_for="deal",
            started_at=utc_naive(),
        )
        session.add(run)

    following = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")

    assert (await run_of(run.id)).status == Status.INTERRUPTED
    assert following.status == Status.QUEUED


async def test_a_command_leaves_a_queued_run_its_turn(connected: None) -> None:
    await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    with pytest.raises(AlreadyRunning):
        await SyncService(portal_client(), host="acme").full_sync("deal")


async def test_a_run_cancelled_as_its_worker_dies_ends_without_waiting_for_the_schedule(
    connected: None, slow: None
) -> None:
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    lost = f"elsewhere:1:{run.id}"
    async with transaction() as session:
        values = {"state": State.RUNNING, "worker": lost, "attempt": 1}
        await session.execute(update(Job).where(Job.id == run.job_id).values(values))
        (await session.get_one(SyncLog, run.id)).status = Status.RUNNING
    await stopping.cancel_run(run.id)
    assert (await run_of(run.id)).status == Status.CANCELLING

    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(stop=stop, lease=timedelta(seconds=3)))
    await ended(run.id, Status.CANCELLED)
    stop.set()
    await worker


async def test_a_stop_whose_process_died_is_closed(connected: None) -> None:
    async with transaction() as session:
        run = SyncLog(
            entity="deal",
            mode="full",
            status=Status.PAUSING,
            started_at=utc_naive(),
        )
        session.add(run)

    await rounds.tend()

    assert (await run_of(run.id)).status == Status.PAUSED
