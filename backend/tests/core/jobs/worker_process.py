"""A process of its own: works on the queue, or ticks, until it is told to stop."""

import asyncio
import signal
import sys
from datetime import timedelta

from sqlalchemy import text

from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.jobs import current_job, run_worker, task
from bridge24.core.schedule import Schedule, run_scheduler

NOTE = "INSERT INTO notes (subject, word, attempt) VALUES (:subject, :word, :attempt)"


@task(name="process.note")
async def note(subject: str, seconds: float) -> None:
    """Write down that it began, and after a while that it ended."""
    job = current_job()
    for word in ("begin", "end"):
        async with transaction() as session:
            if word == "end":
                await job.confirm(session)
            values = {"subject": subject, "word": word, "attempt": job.attempt}
            await session.execute(
                text(
                    "INSERT INTO notes (subject, word, attempt) VALUES (:subject, :word, :attempt)"
                ),
                values,
            )
        if word == "begin":
            await asyncio.sleep(seconds)


async def schedules() -> list[Schedule]:
    """One that is due each second, without end."""
    arguments = {"subject": "slot", "seconds": 0}
    every = timedelta(seconds=1)
    return [Schedule(name="each", task="process.note", arguments=arguments, every=every)]


async def main(role: str, lease_seconds: str = "3") -> None:
    """Play the role until the signal to end."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await init_db()
    if role == "scheduler":
        await run_scheduler(schedules, stop=stop)
    else:
        lease = timedelta(seconds=float(lease_seconds))
        await run_worker(stop=stop, lease=lease, grace=timedelta(0), concurrency=20)
    await close_db()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
