"""Failing, trying again, giving up, being revived, being cancelled."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.core.db import transaction
from bridge24.core.jobs import (
    AlreadyQueued,
    NoSuchJob,
    Postpone,
    Retry,
    State,
    cancel,
    current_job,
    revive,
    task,
)

SOON = Retry(max_attempts=3, first=timedelta(milliseconds=20), never=(LookupError,))

attempts: list[int] = []
began: list[asyncio.Event] = []
scene: list[Callable[[], Awaitable[None]]] = []
ends: list[str] = []


@task(name="failures.fail", retry=SOON)
async def fail(times: int, text: str = "") -> None:
    """Fail the first times."""
    attempts.append(current_job().attempt)
    if len(attempts) <= times:
        raise OSError(text)


@task(name="failures.hopeless", retry=SOON)
async def hopeless() -> None:
    """Fail in a way that no retry mends."""
    attempts.append(current_job().attempt)
    raise KeyError("gone")


@task(name="failures.later")
async def later(times: int) -> None:
    """Ask to be called later, the first times."""
    attempts.append(current_job().attempt)
    if len(attempts) <= times:
        raise Postpone(by=timedelta(milliseconds=10), reason="the portal rests")


@task(name="failures.stuck", timeout=timedelta(seconds=0.1), retry=Retry(max_attempts=1))
async def stuck() -> None:
    """Never end."""
    await asyncio.Event().wait()


@task(name="failures.renews", timeout=timedelta(seconds=3), retry=Retry(max_attempts=1))
async def renews() -> None:
    """Take longer than the timeout, and get somewhere meanwhile."""
    first = current_job().deadline
    assert first is not None
    while datetime.now(UTC) <= first + timedelta(seconds=0.2):
        await asyncio.sleep(0.05)
        current_job().renew()
    assert current_job().deadline > first


@task(name="failures.long")
async def long() -> None:
    """Go on until it is told to stop, and clean up then."""
    began[0].set()
    try:
        await asyncio.Event().wait()
    finally:
        ends.append("cleaned up" if current_job().cancelled else "by itself")


@task(name="failures.play", retry=SOON)
async def play() -> None:
    """Do what the test says."""
    await scene[0]()


@task(name="failures.suicide", retry=Retry(max_attempts=1))
async def suicide() -> None:
    """Cancel itself."""
    raise asyncio.CancelledError


@pytest.fixture(autouse=True)
def _clean() -> None:
    attempts.clear()
    ends.clear()
    scene.clear()
    began[:] = [asyncio.Event()]


async def test_a_failed_job_is_tried_again(jobs) -> None:
    job_id = await jobs.add("failures.fail", times=2)
    await jobs.work()
    assert attempts == [1, 2, 3]
    assert (await jobs.job(job_id)).state == State.DONE


async def test_a_job_that_keeps_failing_is_dead_and_says_why_without_secrets(jobs) -> None:
    secret = "https://acme.bitrix24.ru/rest/1/abcdef123456/crm.deal.list\0 \ud800 failed"
    job_id = await jobs.add("failures.fail", times=9, text=secret.replace("\ud800", ""))
    await jobs.work()
    assert attempts == [1, 2, 3]
    job = await jobs.job(job_id)
    assert (job.state, job.worker, job.slot) == (State.DEAD, None, None)
    assert job.error.startswith("OSError: https://acme.bitrix24.ru/rest/1/***/crm.deal.list")
    assert "abcdef123456" not in job.error
    assert "test_jobs_failures.py" in job.error
    assert job.error_code is None


async def test_an_error_that_no_retry_mends_kills_the_job_at_once(jobs) -> None:
    job_id = await jobs.add("failures.hopeless")
    await jobs.work()
    assert attempts == [1]
    assert (await jobs.job(job_id)).state == State.DEAD


async def test_postponing_does_not_count_as_an_attempt(jobs) -> None:
    job_id = await jobs.add("failures.later", times=12)
    await jobs.work()
    assert attempts == [1] * 13
    assert (await jobs.job(job_id)).state == State.DONE


async def test_a_job_that_takes_too_long_fails(jobs) -> None:
    job_id = await jobs.add("failures.stuck")
    await jobs.work()
    job = await jobs.job(job_id)
    assert job.state == State.DEAD
    assert job.error.startswith("JobTimedOut: The job did not end in time.")
    assert (job.error_code, job.error_facts) == ("JobTimedOut", "{}")


async def test_a_job_that_gets_somewhere_may_renew_its_time(jobs) -> None:
    job_id = await jobs.add("failures.renews")
    await jobs.work()
    assert (await jobs.job(job_id)).state == State.DONE


async def test_a_job_that_cancels_itself_has_failed(jobs) -> None:
    job_id = await jobs.add("failures.suicide")
    await jobs.work()
    assert (await jobs.job(job_id)).state == State.DEAD


async def test_a_dead_job_can_be_revived_with_all_its_attempts(jobs) -> None:
    job_id = await jobs.add("failures.fail", times=4)
    await jobs.work()
    async with transaction() as session:
        await revive(session, job_id)
    await jobs.work()
    assert attempts == [1, 2, 3, 1, 2]
    assert (await jobs.job(job_id)).state == State.DONE


async def test_only_a_dead_or_cancelled_job_can_be_revived(jobs) -> None:
    job_id = await jobs.add("failures.fail", times=0)
    with pytest.raises(NoSuchJob):
        async with transaction() as session:
            await revive(session, job_id)


async def test_a_dead_job_is_not_revived_beside_an_equal_one(jobs) -> None:
    dead = await jobs.add("failures.hopeless", dedup="x")
    await jobs.work()
    await jobs.add("failures.hopeless", dedup="x")
    with pytest.raises(AlreadyQueued):
        async with transaction() as session:
            await revive(session, dead)


async def test_a_queued_job_that_is_cancelled_never_runs_and_frees_its_word(jobs) -> None:
    job_id = await jobs.add("failures.fail", times=0, dedup="x")
    async with transaction() as session:
        await cancel(session, job_id)
    assert await jobs.add("failures.later", times=0, dedup="x") is not None
    await jobs.work()
    assert attempts == [1]
    assert (await jobs.job(job_id)).state == State.CANCELLED


async def test_a_running_job_that_is_cancelled_stops_and_is_not_tried_again(jobs) -> None:
    job_id = await jobs.add("failures.long", key="a")
    after = await jobs.add("failures.fail", times=0, key="a")
    async with jobs.working():
        await began[0].wait()
        async with transaction() as session:
            await cancel(session, job_id)
        await jobs.becomes(after, State.DONE)
    assert ends == ["cleaned up"]
    assert (await jobs.job(job_id)).state == State.CANCELLED
    with pytest.raises(NoSuchJob):
        async with transaction() as session:
            await cancel(session, job_id)


async def test_a_failed_job_leaves_its_retry_to_an_equal_job_queued_meanwhile(jobs) -> None:
    seconds: list[int | None] = []

    async def twin() -> None:
        attempts.append(current_job().attempt)
        if len(attempts) == 1:
            later = timedelta(hours=1)
            seconds.append(await jobs.add("failures.play", dedup="x", delay=later))
            raise OSError

    scene.append(twin)
    first = await jobs.add("failures.play", dedup="x")
    async with jobs.working():
        await jobs.becomes(first, State.CANCELLED)
        await jobs.hurry(seconds[0])
        await jobs.becomes(seconds[0], State.DONE)
    assert attempts == [1, 2], "the second counts on where the first was"


async def test_equal_jobs_asked_for_meanwhile_do_not_bring_a_retry_forward(jobs) -> None:
    async def postponed() -> None:
        attempts.append(current_job().attempt)
        if len(attempts) == 1:
            assert await jobs.add("failures.play", dedup="x", key="x") is not None
        raise Postpone(by=timedelta(hours=1), reason="the portal rests")

    scene.append(postponed)
    first = await jobs.add("failures.play", dedup="x", key="x")
    async with jobs.working():
        await jobs.becomes(first, State.CANCELLED)
        assert await jobs.add("failures.play", dedup="x", key="x") is None
        await jobs.becomes(await jobs.add("failures.fail", times=0), State.DONE)
    assert attempts == [1, 1], "the first, and the job queued last"


async def test_a_stopping_worker_gives_back_what_does_not_end_in_time(jobs) -> None:
    job_id = await jobs.add("failures.long")
    async with jobs.working(grace=timedelta(seconds=0.1)):
        await began[0].wait()
    job = await jobs.job(job_id)
    assert ends == ["cleaned up"]
    assert (job.state, job.attempt, job.worker) == (State.QUEUED, 0, None)


async def test_a_stopping_worker_lets_running_jobs_end(jobs) -> None:
    async def nearly() -> None:
        began[0].set()
        await asyncio.sleep(0.3)

    scene.append(nearly)
    job_id = await jobs.add("failures.play")
    async with jobs.working():
        await began[0].wait()
    assert (await jobs.job(job_id)).state == State.DONE


@given(st.integers(1, 1_000), st.integers(0, 2**32))
def test_waits_double_up_to_the_longest_and_spread(attempt: int, seed: int) -> None:
    retry = Retry()
    wait = retry.wait(attempt, random.Random(seed))
    full = min(2.0 * 2 ** (attempt - 1), 600.0) if attempt < 30 else 600.0
    assert full / 2 <= wait.total_seconds() <= full


@task(name="failures.deaf")
async def deaf() -> None:
    """Miss the first cancellation, as a driver may make it."""
    began[0].set()
    for _ in range(2):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("told")
    raise asyncio.CancelledError


async def test_a_job_that_missed_its_cancellation_is_told_again(jobs) -> None:
    job_id = await jobs.add("failures.deaf")
    async with jobs.working():
        await began[0].wait()
        async with transaction() as session:
            await cancel(session, job_id)
        await jobs.becomes(job_id, State.CANCELLED)
    assert ends == ["told", "told"]
