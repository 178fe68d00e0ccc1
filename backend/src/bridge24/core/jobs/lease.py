"""The lease of a worker, which is the lease of every job it runs."""

import os
import secrets
import socket
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.models import Job, JobWorker, State, now_ms
from bridge24.core.jobs.origin import Origin, our_origin

FENCE = 0.8
"""The part of the lease after which an unrenewed worker stops its own jobs."""


class Lease:
    """Kept by heartbeats; when they stay away, others take the jobs over at its end."""

    def __init__(self, duration: timedelta) -> None:
        self.duration = duration
        self.worker = ""
        self._renewed = time.monotonic()

    @property
    def seconds_left(self) -> float:
        """How long the jobs may still go on without a heartbeat; not positive: not at all."""
        return self._renewed + FENCE * self.duration.total_seconds() - time.monotonic()

    async def begin(self, session: AsyncSession, *, concurrency: int) -> None:
        """Register under a new name: jobs claimed under the old one stay lost."""
        began = time.monotonic()
        worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"
        origin = our_origin()
        values = {
            "id": worker,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "place": origin and origin.place,
            "born": origin and origin.born,
            "concurrency": concurrency,
            "running": 0,
            "started_at": now_ms(),
            "lease_until": self._until(),
        }
        await session.execute(insert(JobWorker).values(values))
        self.worker, self._renewed = worker, began

    async def renew(self, session: AsyncSession, *, running: int) -> bool:
        """Prolong the lease; False when it has ended already, which nothing undoes."""
        began = time.monotonic()
        mine = (JobWorker.id == self.worker, JobWorker.lease_until > now_ms())
        done = await session.execute(
            update(JobWorker)
            .where(*mine)
            .values(lease_until=self._until(), running=running)
            .execution_options(synchronize_session=False)
        )
        if not done.rowcount:  # type: ignore[attr-defined]
            return False
        self._renewed = began
        return True

    async def cancellations(self, session: AsyncSession) -> Sequence[int]:
        """List our running jobs that somebody wants to stop."""
        asked = select(Job.id).where(
            Job.worker == self.worker, Job.state == State.RUNNING, Job.cancel_asked
        )
        return (await session.scalars(asked)).all()

    async def end(self, session: AsyncSession) -> None:
        """Sign off; what still runs under this name may be taken over at once."""
        await session.execute(delete(JobWorker).where(JobWorker.id == self.worker))

    def _until(self) -> object:
        return now_ms() + round(self.duration / timedelta(milliseconds=1))


async def sign_off_the_dead(session: AsyncSession) -> int:
    """End the leases of workers that died on this machine; says how many.

    A process that is surely gone renews nothing any more, so nobody need wait for the end of
    its lease. One that is stopped, or whose machine is not ours, is waited for.
    """
    here = our_origin()
    if here is None:
        return 0
    same_place = select(JobWorker.id, JobWorker.pid, JobWorker.born).where(
        JobWorker.place == here.place, JobWorker.lease_until > now_ms()
    )
    gone = [
        worker
        for worker, pid, born in await session.execute(same_place)
        if born is not None and Origin(here.place, pid, born).is_gone
    ]
    if gone:
        await session.execute(delete(JobWorker).where(JobWorker.id.in_(gone)))
    return len(gone)
