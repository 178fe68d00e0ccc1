"""One attempt at one job: what the handler may ask, and how its end is judged."""

import asyncio
import json
import random
import traceback
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.clock import utc_now
from bridge24.core.errors import AppError, told_facts
from bridge24.core.jobs.claim import Claimed
from bridge24.core.jobs.errors import (
    HandlerCancelled,
    JobTimedOut,
    LeaseLost,
    Postpone,
    WorkersVanished,
)
from bridge24.core.jobs.models import Job, State
from bridge24.core.jobs.outcomes import Ended, Failure
from bridge24.core.jobs.registry import Task
from bridge24.core.logging import mask_facts, mask_text

ERROR_LENGTH = 8_000
FRAMES = 6
CLEAN_UP_SECONDS = 3.0

log = structlog.get_logger(__name__)

_current: ContextVar["RunningJob"] = ContextVar("current_job")
_dice = random.Random()


def current_job() -> "RunningJob":
    """Return the job whose handler is running here."""
    return _current.get()


@dataclass(slots=True)
class RunningJob:
    """What a handler may know and ask about its own job."""

    claimed: Claimed
    task: Task
    cancelled: bool = False
    """Whether it was told to stop: for threads; a coroutine gets CancelledError by itself."""
    _verdict: State | None = field(default=None, init=False)
    _cancel_again_at: float = field(default=0.0, init=False)
    _limit: asyncio.Timeout | None = field(default=None, init=False)
    _handle: "asyncio.Task[Ended] | None" = field(default=None, init=False)

    @property
    def id(self) -> int:
        """The id that ``enqueue`` returned."""
        return self.claimed.id

    @property
    def attempt(self) -> int:
        """1 for the first attempt."""
        return self.claimed.attempt

    @property
    def deadline(self) -> datetime | None:
        """When the handler will be cancelled, if its task has a timeout."""
        when = self._limit.when() if self._limit else None
        if when is None:
            return None
        return utc_now() + timedelta(seconds=when - _loop_time())

    def renew(self) -> None:
        """Start the task's timeout anew: a long job that has got somewhere may go on."""
        if self._limit and self.task.timeout:
            self._limit.reschedule(_loop_time() + self.task.timeout.total_seconds())

    async def confirm(self, session: AsyncSession) -> None:
        """Make sure, until this transaction ends, that the job is still ours.

        Called in the transaction that keeps the results: nobody takes the job over before
        it has ended, and a job taken over already keeps nothing.

        Raises:
            LeaseLost: Another worker has it.
        """
        ours = select(Job.id).where(
            Job.id == self.id,
            Job.worker == self.claimed.worker,
            Job.attempt == self.attempt,
            Job.state == State.RUNNING,
        )
        if await session.scalar(ours.with_for_update()) is None:
            raise LeaseLost(job_id=self.id)

    def stop(self, verdict: State) -> None:
        """Cancel the handler; the job then counts as cancelled, or goes back to the queue.

        To be repeated until it has ended: a cancellation that meets the driver of MySQL at
        the wrong moment is lost. The handler has a while to clean up in between.
        """
        self.cancelled = True
        self._verdict = self._verdict or verdict
        if self._handle and _loop_time() >= self._cancel_again_at:
            self._cancel_again_at = _loop_time() + CLEAN_UP_SECONDS
            self._handle.cancel()

    def start(self) -> "asyncio.Task[Ended]":
        """Run the handler in a task of its own."""
        self._handle = asyncio.create_task(self._run(), name=f"job {self.id}")
        return self._handle

    async def _run(self) -> Ended:
        _current.set(self)
        structlog.contextvars.bind_contextvars(job_id=self.id, task=self.task.name)
        try:
            await self._attempt()
        except Postpone as later:
            reason = Failure(mask_text(str(later)))
            return self._stopped() or self._again(reason, wait=later.by, counts=False)
        except asyncio.CancelledError:
            return self._stopped() or self._failed(HandlerCancelled())
        except Exception as error:
            return self._stopped() or self._failed(error)
        return Ended(self.claimed, State.DONE)

    def given_up(self) -> Ended:
        """Judge a handler that was cancelled before its first step."""
        return Ended(self.claimed, self._verdict or State.QUEUED, counts=False)

    def _stopped(self) -> Ended | None:
        return self.given_up() if self._verdict else None

    async def _attempt(self) -> None:
        if self.attempt > self.task.retry.max_attempts:
            raise WorkersVanished(attempts=self.attempt - 1)
        limit = self.task.timeout.total_seconds() if self.task.timeout else None
        try:
            async with asyncio.timeout(limit) as self._limit:
                await self.task.run(**self.claimed.arguments)
        except TimeoutError as error:
            if self._limit and self._limit.expired():
                raise JobTimedOut from error
            raise

    def _again(self, reason: Failure, *, wait: timedelta, counts: bool) -> Ended:
        return Ended(self.claimed, State.QUEUED, reason, wait=wait, counts=counts)

    def _failed(self, error: Exception) -> Ended:
        retry = self.task.retry
        if not retry.allows(self.attempt, error):
            log.error("job.dead", attempt=self.attempt, error=mask_text(str(error)))
            return Ended(self.claimed, State.DEAD, _described(error))
        wait = retry.wait(self.attempt, _dice)
        log.warning("job.failed", attempt=self.attempt, error=mask_text(str(error)), again_in=wait)
        return self._again(_described(error), wait=wait, counts=True)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _described(error: Exception) -> Failure:
    """Say what happened in one line, then where; secrets masked."""
    lines = [
        f"{type(error).__name__}: {error}",
        *traceback.format_tb(error.__traceback__)[-FRAMES:],
    ]
    text = mask_text("\n".join(lines))[:ERROR_LENGTH]
    said = text.replace("\0", "").encode(errors="replace").decode()
    if not isinstance(error, AppError):
        return Failure(said)
    return Failure(said, error.code, json.dumps(mask_facts(told_facts(error)), ensure_ascii=False))
