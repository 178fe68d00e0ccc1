"""A worker killed on this machine is known to be dead, and nobody else is taken for it."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bridge24.core.db import transaction
from bridge24.core.jobs import Job, JobWorker, State
from bridge24.core.jobs.lease import sign_off_the_dead
from bridge24.core.jobs.origin import our_origin

LONG = timedelta(hours=1)
"""A lease that no test waits for."""


async def test_a_restarted_worker_takes_over_from_its_killed_predecessor_at_once(notes) -> None:
    job_id = await notes.add("process.note", key="a", subject="x", seconds=3600)
    process = await notes.start_process("worker", str(LONG.total_seconds()))
    async with asyncio.timeout(60):
        while not (await notes.noted("begin"))["x"]:
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with transaction() as session:
        again = '{"subject": "x", "seconds": 0}'
        await session.execute(update(Job).where(Job.id == job_id).values(arguments=again))
    async with notes.working(lease=LONG):
        job = await notes.becomes(job_id, State.DONE)
    assert job.attempt == 2


async def test_a_worker_that_is_only_stopped_is_not_dead(notes) -> None:
    process = await notes.start_process("worker", str(LONG.total_seconds()))
    async with asyncio.timeout(60):
        while await _registered() != {process.pid}:
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGSTOP)
    async with transaction() as session:
        assert await sign_off_the_dead(session) == 0
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with transaction() as session:
        assert await sign_off_the_dead(session) == 1
    assert await _registered() == set()


async def test_a_worker_elsewhere_is_not_judged(notes) -> None:
    process = await notes.start_process("worker", str(LONG.total_seconds()))
    async with asyncio.timeout(60):
        while await _registered() != {process.pid}:
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    for elsewhere in ("another host", None):
        async with transaction() as session:
            await session.execute(update(JobWorker).values(place=elsewhere))
            assert await sign_off_the_dead(session) == 0


async def _registered() -> set[int]:
    async with transaction() as session:
        return set(await session.scalars(select(JobWorker.pid)))


def test_a_number_used_again_is_another_process() -> None:
    ours = our_origin()
    assert ours is not None
    assert not ours.is_gone
    assert replace(ours, born=ours.born - 1).is_gone


def test_the_remains_of_a_process_are_no_process() -> None:
    ours = our_origin()
    assert ours is not None
    child = subprocess.Popen([sys.executable, "-c", ""])
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert replace(ours, pid=child.pid).is_gone
    finally:
        child.wait()
