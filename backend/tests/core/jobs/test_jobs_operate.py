"""What an operator sees of the queue, and how it is kept small."""

import asyncio
from datetime import timedelta

from sqlalchemy import update

from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State, figures, prune, task

hold: list[asyncio.Event] = []


@task(name="operate.hold")
async def held() -> None:
    """Run until it is let go."""
    await hold[-1].wait()


@task(name="operate.nothing")
async def nothing() -> None:
    """Do nothing."""


async def test_figures_tell_depth_wait_and_workers(jobs) -> None:
    hold.append(asyncio.Event())
    running = await jobs.add("operate.hold")
    async with jobs.working(concurrency=1):
        await jobs.becomes(running, State.RUNNING)
        await jobs.add("operate.nothing")
        await jobs.add("operate.nothing", delay=timedelta(hours=1))
        async with transaction() as session:
            found = await figures(session)
        hold[-1].set()
    depths = {(depth.task, depth.state): depth.jobs for depth in found.depths}
    assert depths == {
        ("operate.hold", State.RUNNING): 1,
        ("operate.nothing", State.QUEUED): 2,
    }
    assert found.oldest_waiting is not None
    assert timedelta(0) <= found.oldest_waiting < timedelta(minutes=30)
    assert [worker.concurrency for worker in found.workers] == [1]


async def test_figures_of_an_empty_queue_are_empty(jobs) -> None:
    async with jobs.working():
        pass
    async with transaction() as session:
        found = await figures(session)
    assert (found.depths, found.oldest_waiting, found.workers) == ([], None, [])


async def test_jobs_that_ended_long_ago_are_forgotten(jobs) -> None:
    ids = [await jobs.add("operate.nothing") for _ in range(3)]
    await jobs.work()
    two_days = 2 * 24 * 3_600_000
    async with transaction() as session:
        old = update(Job).where(Job.id.in_(ids[:2]))
        await session.execute(old.values(finished_at=Job.finished_at - two_days))
        await session.execute(update(Job).where(Job.id == ids[1]).values(state=State.DEAD))
    async with transaction() as session:
        assert await prune(session) == 1
    assert (await jobs.job(ids[1])).state == State.DEAD
    assert (await jobs.job(ids[2])).state == State.DONE
