"""Promising work: with the transaction, once, and visible to the job."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State, UnknownTask, enqueue, task
from bridge24.core.jobs.wakeup import Word, add_ear, remove_ear

seen: list[object] = []


@task(name="enqueue.see")
async def see(what: object) -> None:
    """Remember what it was given."""
    seen.append(what)


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


async def _count() -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(Job)) or 0


async def test_a_job_is_done_with_its_arguments(jobs) -> None:
    job_id = await jobs.add("enqueue.see", what={"deep": [1, None, "ё"]})
    await jobs.work()
    assert seen == [{"deep": [1, None, "ё"]}]
    job = await jobs.job(job_id)
    assert (job.state, job.attempt, job.worker, job.error) == (State.DONE, 1, None, None)


async def test_nothing_is_queued_when_the_transaction_rolls_back(jobs) -> None:
    with pytest.raises(RuntimeError):
        async with transaction() as session:
            assert await enqueue(session, "enqueue.see", what=1) is not None
            raise RuntimeError
    assert await _count() == 0


async def test_a_job_does_not_begin_before_its_transaction_commits(jobs) -> None:
    async with jobs.working():
        async with transaction() as session:
            await enqueue(session, "enqueue.see", what=1)
            await asyncio.sleep(0.3)
            assert seen == []
        await jobs.work()
    assert seen == [1]


async def test_a_task_nobody_declared_is_refused(jobs) -> None:
    with pytest.raises(UnknownTask, match=r"enqueue\.sea"):
        await jobs.add("enqueue.sea", what=1)


async def test_while_a_job_is_queued_no_second_one_is(jobs) -> None:
    first = await jobs.add("enqueue.see", dedup="Deal", what=1)
    assert await jobs.add("enqueue.see", dedup="Deal", what=2) is None
    other = await jobs.add("enqueue.see", dedup="deal", what=3)
    assert None not in (first, other)
    await jobs.work()
    assert seen == [1, 3]
    assert (await jobs.job(first)).absorbed == 1


async def test_after_a_job_is_done_the_next_of_its_kind_is_queued(jobs) -> None:
    await jobs.add("enqueue.see", dedup="deal", what=1)
    await jobs.work()
    assert await jobs.add("enqueue.see", dedup="deal", what=2) is not None
    await jobs.work()
    assert seen == [1, 2]


async def test_two_at_once_queue_one(jobs) -> None:
    ids = await asyncio.gather(*(jobs.add("enqueue.see", dedup="d", what=n) for n in range(10)))
    assert len([job_id for job_id in ids if job_id is not None]) == 1
    assert await _count() == 1


async def test_a_waiting_job_does_not_begin_before_who_counts_on_it_has_committed(jobs) -> None:
    await jobs.add("enqueue.see", dedup="deal", what=1)
    async with transaction() as session:
        assert await enqueue(session, "enqueue.see", dedup="deal", what=2) is None
        async with jobs.working():
            await jobs.becomes(await jobs.add("enqueue.see", what="other"), State.DONE)
            assert seen == ["other"]
    await jobs.work()
    assert seen == ["other", 1]


async def test_workers_are_told_of_news_only(jobs) -> None:
    words: list[Word] = []
    ear = words.append
    add_ear(ear)
    try:
        later = timedelta(hours=1)
        await jobs.add("enqueue.see", dedup="deal", delay=later, what=1)
        assert words == [Word.JOB]
        await jobs.add("enqueue.see", dedup="deal", what=2)  # it is due now
        assert words == [Word.JOB] * 2
        await asyncio.sleep(0.01)  # the database counts milliseconds
        await jobs.add("enqueue.see", dedup="deal", what=3)
        assert words == [Word.JOB] * 2
    finally:
        remove_ear(ear)
