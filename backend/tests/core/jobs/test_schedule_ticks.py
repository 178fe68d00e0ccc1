"""Each slot becomes one job, however many processes tick."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import BigInteger, func, literal, select, update

from bridge24.core import schedule
from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State, task
from bridge24.core.schedule import Schedule, ScheduleSlot, run_scheduler, tick

HOUR = timedelta(hours=1)


@task(name="ticks.note")
async def noted(number: int) -> None:
    """Do nothing."""


def hourly(**changes: object) -> Schedule:
    """Make a schedule that is due each hour."""
    given = {"name": "Hourly", "task": "ticks.note", "arguments": {"number": 7}, "every": HOUR}
    return Schedule(**(given | changes))


@pytest.fixture
def half_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock at half past twelve: no slot falls due while the test goes on."""
    moment = round(datetime(2026, 6, 1, 12, 30, tzinfo=UTC).timestamp() * 1000)
    monkeypatch.setattr(schedule, "now_ms", lambda: literal(moment, BigInteger))


async def _go_back(hours: int) -> None:
    """Make it as if the last tick was some hours ago."""
    async with transaction() as session:
        await session.execute(
            update(ScheduleSlot).values(slot=ScheduleSlot.slot - hours * 3_600_000)
        )


async def _count() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(Job)) or 0


async def test_a_new_schedule_waits_for_its_next_slot(jobs, half_past) -> None:
    assert await tick([hourly()]) == 0
    assert await _count() == 0


async def test_slots_missed_while_nothing_ran_are_made_up_for_once(jobs, half_past) -> None:
    await tick([hourly()])
    await _go_back(30)
    assert await tick([hourly()]) == 1
    assert await tick([hourly()]) == 0
    assert await _count() == 1
    async with transaction() as session:
        job = (await session.scalars(select(Job))).one()
        newest = select(ScheduleSlot.job_id).order_by(ScheduleSlot.slot.desc()).limit(1)
        assert await session.scalar(newest) == job.id
    assert (job.task, job.arguments, job.dedup) == ("ticks.note", '{"number":7}', "schedule:Hourly")


async def test_old_slots_are_forgotten(jobs, half_past) -> None:
    await tick([hourly()])
    for _ in range(3):
        await _go_back(2)
        await tick([hourly()])
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(ScheduleSlot)) == 1


async def test_many_ticks_at_once_queue_one_job(jobs, half_past) -> None:
    await tick([hourly()])
    await _go_back(1)
    queued = await asyncio.gather(*(tick([hourly(dedup=str(n))]) for n in range(8)))
    assert sorted(queued) == [0] * 7 + [1]
    assert await _count() == 1


async def test_a_paused_schedule_lets_its_slots_pass(jobs, half_past) -> None:
    await tick([hourly()])
    await _go_back(1)
    assert await tick([hourly(paused=True)]) == 0
    assert await tick([hourly()]) == 0
    assert await _count() == 0


async def test_a_slow_job_is_not_queued_twice(jobs, half_past) -> None:
    await tick([hourly()])
    for _ in range(2):
        await _go_back(3)
        await tick([hourly()])
    assert await _count() == 1


async def test_a_schedule_changed_to_a_longer_interval_does_not_repeat_a_slot(
    jobs, half_past
) -> None:
    await tick([hourly()])
    assert await tick([hourly(every=24 * HOUR)]) == 0
    assert await _count() == 0


async def test_the_scheduler_reads_the_schedules_at_each_tick(jobs) -> None:
    calls: list[int] = []
    stop = asyncio.Event()

    async def source() -> list[Schedule]:
        calls.append(1)
        if len(calls) == 3:
            stop.set()
        return [hourly()]

    await asyncio.wait_for(run_scheduler(source, stop=stop), 60)
    assert len(calls) == 3


async def test_two_processes_run_each_slot_once(notes) -> None:
    ticking = [await notes.start_process("scheduler") for _ in range(2)]
    async with notes.working():
        await asyncio.wait_for(_until_jobs(6), 120)
        for process in ticking:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    await notes.work()
    async with transaction() as session:
        taken = await session.scalars(select(ScheduleSlot.job_id).order_by(ScheduleSlot.slot))
        ids = taken.all()
    assert ids[0] is None
    queued = [job_id for job_id in ids if job_id is not None]
    assert len(queued) == len(set(queued)) == await _count()
    assert (await notes.noted("begin"))["slot"] == len(queued)


async def _until_jobs(count: int) -> None:
    while await _count() < count:
        await asyncio.sleep(0.1)


async def test_jobs_of_a_schedule_are_done(jobs, half_past) -> None:
    await tick([hourly(key="k", priority=3)])
    await _go_back(1)
    await tick([hourly(key="k", priority=3)])
    await jobs.work()
    async with transaction() as session:
        job = (await session.scalars(select(Job))).one()
    assert (job.state, job.key, job.priority) == (State.DONE, "k", 3)
