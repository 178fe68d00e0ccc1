"""Two worker processes on one database: each slot and each run once, and one takes over."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text, update

from bridge24 import worker
from bridge24.core.db import connection, transaction
from bridge24.core.jobs import Job, JobWorker
from bridge24.core.schedule import ScheduleSlot
from bridge24.core.settings import get_settings
from bridge24.emulator import Emulator, Fault, Kind, PortalSpec
from bridge24.sync.models import SyncLog, SyncState
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening
from bridge24.sync.runs.due import AUDIT, LOOK, schedules
from bridge24.sync.runs.models import SyncRunEvent

PATIENCE_SECONDS = 120
assert worker.CONCURRENCY  # importing it declares every task
ENTITIES = ("deal", "contact", "lead", "status")


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal with the limits of a real one."""
    spec = PortalSpec(name="acme", deals=1_500, contacts=60, leads=60, companies=60)
    async with Emulator([spec], seed=7, limits="documented") as running:
        yield running


@pytest.fixture
async def environment(
    mirror: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[dict[str, str]]:
    """What the processes are told; this process knows it as well."""
    ours = {
        "DATABASE_URL": mirror,
        "BITRIX_WEBHOOK_URL": emulator.webhook_url("acme"),
        "SYNC_START_BY_ITSELF": "false",
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield {**os.environ, **ours}
    get_settings.cache_clear()


@asynccontextmanager
async def _workers(environment: dict[str, str], count: int) -> AsyncIterator[list[Process]]:
    """Start workers at the same moment; they are told to end, and do."""
    program = "from bridge24.cli import main; main()"
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, "worker"), env=environment, stdout=PIPE, stdin=DEVNULL
        )
        for _ in range(count)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert (await process.stdout.readline()).startswith(b"Working")
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        codes = [await process.wait() for process in processes]
    assert set(codes) <= {0, -signal.SIGKILL}


async def _until(query: str, wanted: object) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with connection() as conn:
                if await conn.scalar(text(query)) == wanted:
                    return
            await asyncio.sleep(0.1)


async def test_each_slot_and_each_run_happens_once(
    environment: dict[str, str], emulator: Emulator
) -> None:
    planned = [one for one in await schedules() if one.task in {LOOK, AUDIT}]
    async with transaction() as session:
        # As if all had been due before: the slots of now are not their first ones.
        session.add_all(ScheduleSlot(name=one.name, slot=0) for one in planned)
    for entity in ENTITIES:
        await opening.open_run(entity, mode=SyncMode.FULL, asked_by="ann")

    async with _workers(environment, 2):
        done = "SELECT count(*) FROM sync_log WHERE mode = 'full' AND status = 'succeeded'"
        await _until(done, len(ENTITIES))
        await _until("SELECT count(*) FROM jobs WHERE state NOT IN ('done')", 0)

    async with transaction() as session:
        runs = (await session.scalars(select(SyncLog).where(SyncLog.mode == "full"))).all()
        ends = await session.scalars(select(SyncRunEvent.run_id).where(SyncRunEvent.kind == "note"))
        told = Counter(ends)
        jobs = (await session.scalars(select(Job).where(Job.task.in_([LOOK, AUDIT])))).all()
        # A new slot may have come meanwhile: one more job, and one only.
        slots = (await session.scalars(select(ScheduleSlot).where(ScheduleSlot.slot > 0))).all()
    assert {run.attempts for run in runs} == {1}
    assert {told[run.id] for run in runs} == {1}
    ours = [slot for slot in slots if slot.name in {one.name for one in planned}]
    assert {slot.name for slot in ours} == {one.name for one in planned}
    assert sorted(slot.job_id for slot in ours if slot.job_id) == sorted(job.id for job in jobs)
    assert sum(job.absorbed for job in jobs) == sum(slot.job_id is None for slot in ours)
    assert {job.attempt for job in jobs} == {1}
    # Together they kept within what the portal allows.
    assert emulator.gate("acme").log.statuses[503] == 0


async def test_a_killed_workers_run_goes_on_elsewhere(
    environment: dict[str, str], emulator: Emulator
) -> None:
    slow = emulator.gate("acme").faults.add(
        Fault(Kind.SLOW, only=frozenset({"batch"}), after=2, seconds=4)
    )
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    async with _workers(environment, 2) as processes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await _stored_rows() == 0:
                await asyncio.sleep(0.1)
        holder = await _holder(run.job_id)
        (killed,) = [one for one in processes if one.pid == holder]
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
        emulator.gate("acme").faults.remove(slow)
        # What was lent to the dead may be taken over now; waiting for it tests nothing more.
        async with transaction() as session:
            await session.execute(
                update(JobWorker).where(JobWorker.pid == holder).values(lease_until=0)
            )
        await _until(f"SELECT status FROM sync_log WHERE id = {run.id}", "succeeded")

    async with transaction() as session:
        after = await session.get_one(SyncLog, run.id)
        stored = await session.scalar(text("SELECT count(*) FROM crm_deals"))
    assert after.attempts == 2
    assert stored == 1_500
    assert after.rows_read < 1_500, "it began anew instead of going on"


async def _stored_rows() -> int:
    async with transaction() as session:
        state = await session.get(SyncState, "deal")
        return state.rows_stored if state else 0


async def _holder(job_id: int | None) -> int:
    async with transaction() as session:
        holder = select(JobWorker.pid).join(Job, Job.worker == JobWorker.id)
        return (await session.scalars(holder.where(Job.id == job_id))).one()
