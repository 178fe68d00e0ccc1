"""Who goes first, and how many of one key go at once."""

import asyncio
from datetime import timedelta

import pytest

from bridge24.core.db import transaction
from bridge24.core.jobs import Priority, Retry, State, enqueue, task

HOUR = timedelta(hours=1)
SOON = Retry(first=timedelta(milliseconds=50))

order: list[object] = []
at_once: dict[str, int] = {}
most: dict[str, int] = {}
meetings: list[asyncio.Barrier] = []


async def _stay(group: str, number: object) -> None:
    at_once[group] = at_once.get(group, 0) + 1
    most[group] = max(most.get(group, 0), at_once[group])
    await (meetings[0].wait() if meetings else asyncio.sleep(0.02))
    order.append(number)
    at_once[group] -= 1


@task(name="order.one")
async def one(number: object, group: str = "all") -> None:
    """One of a key at a time, in order."""
    await _stay(group, number)


@task(name="order.three", concurrency_per_key=3)
async def three(number: object, group: str = "all") -> None:
    """Three of a key at a time; when the test says so, they wait for each other."""
    await _stay(group, number)


@task(name="order.any", order="any", retry=Retry(first=HOUR))
async def whichever(number: object, failures: int = 0) -> None:
    """One of a key at a time, in any order; fails the first times."""
    order.append(number)
    if order.count(number) <= failures:
        raise OSError


@task(name="order.fails", retry=SOON)
async def fails(number: object, failures: int) -> None:
    """Fails the first times."""
    order.append(number)
    if order.count(number) <= failures:
        raise OSError


@task(name="order.meet")
async def meet() -> None:
    """End when everybody the test waits for is there."""
    await meetings[0].wait()
    order.append("met")


@pytest.fixture(autouse=True)
def _clean() -> None:
    meetings.clear()
    order.clear()
    at_once.clear()
    most.clear()


async def test_jobs_of_one_key_run_one_by_one_in_the_order_they_were_queued(jobs) -> None:
    for number in range(8):
        priority = Priority.URGENT if number == 7 else Priority.NORMAL
        await jobs.add("order.one", key="a", number=number, priority=priority)
    await jobs.work()
    assert order == list(range(8))
    assert most == {"all": 1}


async def test_different_keys_and_no_key_do_not_wait_for_each_other(jobs) -> None:
    meetings.append(asyncio.Barrier(3))
    for key in ("a", "b", None):
        await jobs.add("order.meet", key=key)
    await jobs.work()
    assert order == ["met"] * 3


async def test_as_many_jobs_of_one_key_run_as_the_task_allows(jobs) -> None:
    meetings.append(asyncio.Barrier(3))
    for number in range(12):
        await jobs.add("order.three", key="a", number=number)
    await jobs.work()
    assert sorted(order) == list(range(12))
    assert most == {"all": 3}


async def test_tasks_of_different_names_share_a_key(jobs) -> None:
    for number in range(6):
        await jobs.add(("order.one", "order.three")[number % 2], key="a", number=number)
    await jobs.work()
    assert order == list(range(6))


async def test_a_job_that_waits_for_its_retry_holds_up_its_key(jobs) -> None:
    await jobs.add("order.fails", key="a", number=1, failures=2)
    await jobs.add("order.fails", key="a", number=2, failures=0)
    await jobs.work()
    assert order == [1, 1, 1, 2]


async def test_in_any_order_nobody_waits_for_a_retry(jobs) -> None:
    first = await jobs.add("order.any", key="a", number=1, failures=1)
    second = await jobs.add("order.any", key="a", number=2)
    async with jobs.working():
        await jobs.becomes(second, State.DONE)
        await jobs.hurry(first)
        await jobs.becomes(first, State.DONE)
    assert order == [1, 2, 1]


async def test_in_any_order_the_more_urgent_of_a_key_goes_first(jobs) -> None:
    await jobs.add("order.any", key="a", number=1)
    await jobs.add("order.any", key="a", number=2, priority=Priority.URGENT)
    await jobs.work()
    assert order == [2, 1]


async def test_the_smaller_priority_goes_first(jobs) -> None:
    for priority in (Priority.BACKGROUND, Priority.NORMAL, Priority.URGENT):
        await jobs.add("order.fails", number=priority.name, failures=0, priority=priority)
    await jobs.work(concurrency=1)
    assert order == ["URGENT", "NORMAL", "BACKGROUND"]


async def test_a_delayed_job_begins_later_and_holds_up_nobody(jobs) -> None:
    delayed = await jobs.add("order.one", key="a", number=1, delay=HOUR)
    prompt = await jobs.add("order.one", key="a", number=2)
    soon = await jobs.add("order.one", key="b", number=3, delay=timedelta(seconds=1))
    async with jobs.working():
        await jobs.becomes(prompt, State.DONE)
        job = await jobs.becomes(soon, State.DONE)
    assert order == [2, 3]
    assert job.started_at is not None
    assert job.run_at - job.created_at >= 1000
    assert job.started_at >= job.run_at
    assert (await jobs.job(delayed)).state == State.QUEUED


async def test_asking_for_a_delayed_job_sooner_brings_it_forward(jobs) -> None:
    await jobs.add("order.fails", dedup="x", number=1, failures=0, delay=HOUR)
    assert await jobs.add("order.fails", dedup="x", number=1, failures=0) is None
    await jobs.work()
    assert order == [1]


async def test_no_more_jobs_run_than_the_worker_may(jobs) -> None:
    for number in range(30):
        await jobs.add("order.three", number=number)
    await jobs.work(concurrency=4)
    assert len(order) == 30
    assert most == {"all": 4}


async def test_two_hundred_jobs_run_at_once(jobs) -> None:
    meetings.append(asyncio.Barrier(200))
    async with transaction() as session:
        for _ in range(200):
            await enqueue(session, "order.meet")
    await jobs.work(concurrency=200)
    assert order == ["met"] * 200
