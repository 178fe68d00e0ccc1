"""Several workers: nothing twice at once, nothing lost, whatever dies."""

import asyncio
import signal
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bridge24.core.db import transaction
from bridge24.core.jobs import (
    Job,
    JobWorker,
    LeaseLost,
    State,
    current_job,
    enqueue,
    persist,
    task,
)

MANY = 300
UNHURRIED = timedelta(minutes=5)
"""A lease that the slowest machine keeps."""
PATIENCE_SECONDS = 120

began: list[asyncio.Event] = []
ends: list[str] = []


@task(name="workers.long")
async def long() -> None:
    """Run until it is told to stop; try to keep a result after that."""
    began[0].set()
    try:
        await asyncio.Event().wait()
    finally:
        ends.append("stopped")


@task(name="workers.stubborn")
async def stubborn() -> None:
    """Keep its result although it was told to stop."""
    began[0].set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        async with transaction() as session:
            await current_job().confirm(session)
            ends.append("kept")


@task(name="workers.confirms")
async def confirms() -> None:
    """Ask whether it is still ours when it is not."""
    job = current_job()
    async with transaction() as session:
        await session.execute(update(Job).where(Job.id == job.id).values(attempt=5))
    with pytest.raises(LeaseLost) as lost:
        async with transaction() as session:
            await job.confirm(session)
    ends.append(f"lost {lost.value.facts['job_id']}")


@pytest.fixture(autouse=True)
def _clean() -> None:
    began[:] = [asyncio.Event()]
    ends.clear()


async def test_many_small_jobs_are_done_once_each_by_workers_side_by_side(notes) -> None:
    async with transaction() as session:
        for number in range(MANY):
            key = f"key {number % 40}" if number % 3 else None
            await enqueue(session, "process.note", key=key, subject=str(number), seconds=0)
    lease = str(UNHURRIED.total_seconds())
    processes = [await notes.start_process("worker", lease) for _ in range(2)]
    async with notes.working(concurrency=20, lease=UNHURRIED):
        await asyncio.wait_for(_until_done(notes), 240)
    for process in processes:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    once = {str(number): 1 for number in range(MANY)}
    assert await notes.noted("begin") == once
    assert await notes.noted("end") == once


async def _until_done(jobs) -> None:
    while not await jobs.all_in(State.DONE):
        await asyncio.sleep(0.1)


async def test_the_jobs_of_a_killed_worker_are_begun_again_by_another(notes) -> None:
    job_id = await notes.add("process.note", key="a", subject="x", seconds=3600)
    process = await notes.start_process("worker")
    await asyncio.wait_for(_until_begun(notes, "x"), PATIENCE_SECONDS)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with transaction() as session:
        again = '{"subject": "x", "seconds": 0}'
        await session.execute(update(Job).where(Job.id == job_id).values(arguments=again))
    async with notes.working():
        job = await notes.becomes(job_id, State.DONE)
    assert job.attempt == 2
    assert await notes.noted("begin") == {"x": 2}
    assert await notes.noted("end") == {"x": 1}


async def _until_begun(notes, subject: str) -> None:
    while not (await notes.noted("begin"))[subject]:
        await asyncio.sleep(0.05)


async def test_a_job_whose_workers_keep_vanishing_is_not_tried_for_ever(notes) -> None:
    job_id = await notes.add("process.note", subject="x", seconds=0)
    async with transaction() as session:
        gone = {"state": State.RUNNING, "worker": "gone", "attempt": 8}
        await session.execute(update(Job).where(Job.id == job_id).values(gone))
    async with notes.working():
        job = await notes.becomes(job_id, State.DEAD)
    assert job.error.startswith("WorkersVanished: The worker vanished in each of 8 attempts")
    assert await notes.noted("begin") == {}


async def test_a_worker_that_has_lost_its_lease_stops_its_jobs_and_goes_on(notes) -> None:
    job_id = await notes.add("workers.long")
    async with notes.working(lease=timedelta(seconds=2)):
        await began[0].wait()
        before = await notes.job(job_id)
        await _expire()
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Before it notices, it may take the job over from itself: one more that is stopped.
            while (after := await notes.job(job_id)).worker in {before.worker, None}:
                await asyncio.sleep(0.05)
        assert after.state == State.RUNNING
        assert set(ends) == {"stopped"}


async def test_a_job_taken_over_keeps_nothing_of_the_lost_attempt(notes) -> None:
    job_id = await notes.add("workers.stubborn")
    async with notes.working(lease=timedelta(seconds=2), grace=timedelta(0)):
        await began[0].wait()
        async with transaction() as session:
            other = update(Job).where(Job.id == job_id).values(worker="another")
            await session.execute(other)
            await session.execute(
                text(
                    "INSERT INTO job_workers (id, host, pid, concurrency, running, started_at,"
                    " lease_until) SELECT 'another', host, pid, concurrency, running, started_at,"
                    " lease_until + 3600000 FROM job_workers"
                )
            )
    job = await notes.job(job_id)
    assert ends == []
    assert (job.state, job.worker, job.attempt) == (State.RUNNING, "another", 1)


async def test_a_job_still_ours_keeps_its_result(notes) -> None:
    await notes.add("workers.stubborn")
    async with notes.working(grace=timedelta(0)):
        await began[0].wait()
    assert ends == ["kept"]


async def test_confirming_fails_outside_of_our_attempt(notes) -> None:
    job_id = await notes.add("workers.confirms")
    await notes.work()
    assert ends == [f"lost {job_id}"]


async def _expire() -> None:
    async with transaction() as session:
        await session.execute(update(JobWorker).values(lease_until=0))


async def test_a_collision_of_two_transactions_is_repeated(notes) -> None:
    first, second = [await notes.add("workers.long", delay=timedelta(hours=1)) for _ in range(2)]
    meeting = asyncio.Barrier(2)
    tries: list[str] = []

    async def cross(name: str, *ids: int | None) -> None:
        tries.append(name)
        async with transaction() as session:
            for number, job_id in enumerate(ids):
                marked = update(Job).where(Job.id == job_id).values(absorbed=Job.absorbed + 1)
                await session.execute(marked)
                if number == 0 and tries.count(name) == 1:
                    await meeting.wait()

    await asyncio.gather(
        persist(lambda: cross("a", first, second)), persist(lambda: cross("b", second, first))
    )
    assert len(tries) > 2, "nothing collided"
    assert [(await notes.job(job_id)).absorbed for job_id in (first, second)] == [2, 2]
