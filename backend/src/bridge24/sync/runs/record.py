"""Keeps the row of a run up to date while it goes on, so that any process can show it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import orjson
import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixError
from bridge24.core.database_clock import database_moment, database_now
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.jobs import persist
from bridge24.core.logging import mask_facts, mask_text
from bridge24.sync.errors import RunCancelled
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import Note, Phase, RunProgress
from bridge24.sync.runs import tally
from bridge24.sync.runs.meter import HttpMeter, metered
from bridge24.sync.runs.models import STOPPING, RunEventKind, Status, SyncRunEvent
from bridge24.sync.runs.opening import begin
from bridge24.sync.runs.timeline import Timeline
from bridge24.sync.runs.told import explained, passes, told_of

FLUSH_SECONDS = 1.0
COUNTED = ("inserted", "updated", "unchanged", "deleted", "quarantined")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A queued run that is carried out now."""

    run_id: int
    again: Callable[[AppError], bool]
    """Whether the job is tried again after this failure: the run then stays open."""


@asynccontextmanager
async def recorded(
    progress: RunProgress, *, ticket: Ticket | None, host: str, scope: str
) -> AsyncIterator[None]:
    """Write down how the block goes: each second, and how it ended.

    Args:
        progress: Changed by the block.
        ticket: The queued run the block carries out; None: a run of its own.
        host: The portal's name for messages.
        scope: The permission the object needs, for messages.

    Raises:
        RunCancelled: Somebody cancelled a run that has no job.
        AppError: What the block raised, in the user's words.
    """
    run_id = await begin(progress, ticket.run_id if ticket else None)
    recorder = _Recorder(progress, metered(), run_id)
    flushing = asyncio.create_task(recorder.flush())
    try:
        yield
    except asyncio.CancelledError:
        await _end(recorder, flushing)
        if await recorder.stopped():
            raise RunCancelled(entity=progress.entity) from None
        raise
    except Exception as error:
        await _end(recorder, flushing)
        told = explained(error, host=host, scope=scope)
        if told is not error:
            told.__cause__ = error
        # A database that failed may not take the note; the next run makes up for it.
        with suppress(DatabaseError):
            await recorder.failed(told, again=ticket is not None and ticket.again(told))
        if isinstance(error, BitrixError):
            raise told from error
        raise
    await _end(recorder, flushing)
    await recorder.succeeded()


async def _end(recorder: "_Recorder", flushing: asyncio.Task[None]) -> None:
    recorder.over.set()
    await asyncio.wait([flushing])


def counts_of(progress: RunProgress) -> dict[str, int]:
    """The counts of a run as ``sync_log`` keeps them."""
    counted: dict[str, int] = {name: getattr(progress, name) for name in COUNTED}
    return {"rows_read": progress.read, "http_calls": progress.calls, **counted}


class _Recorder:
    """Writes what is new about one run."""

    def __init__(self, progress: RunProgress, meter: HttpMeter, run_id: int) -> None:
        self.over = asyncio.Event()
        self._progress = progress
        self._meter = meter
        self._run_id = run_id
        self._timeline = Timeline()
        self._owner = asyncio.current_task()
        self._has_job = True
        self._cancelled_here = False

    async def flush(self) -> None:
        """Write each second until it is over; a database that is away is tried again."""
        while not self.over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self.over.wait()
                    return
            try:
                await persist(self._beat)
            except DatabaseError as error:
                log.warning("run.progress_not_kept", run_id=self._run_id, reason=str(error))

    async def _beat(self) -> None:
        notes = self._news()
        values = {**self._live(), "beat_at": database_now()}
        async with transaction() as session:
            await _add_lines(session, self._run_id, self._progress.entity, notes)
            await session.execute(update(SyncLog).where(SyncLog.id == self._run_id).values(values))
            row = await session.get_one(SyncLog, self._run_id)
            asked, has_job = row.status in STOPPING, row.job_id is not None
        # The worker of a job hears of it through the queue; a command has to look itself.
        if asked and not has_job and self._owner is not None and not self._cancelled_here:
            self._cancelled_here = True
            self._owner.cancel()

    def _news(self, *, last: bool = False) -> list[Note]:
        self._progress.http_calls = self._meter.calls
        return self._timeline.news(self._progress, self._meter, last=last)

    def _live(self, error: AppError | None = None) -> dict[str, object]:
        told = live(self._progress, self._meter)
        if error is not None:
            told["passes"] = passes(error)
        progress = orjson.dumps(told).decode()
        return {**counts_of(self._progress), "phase": self._progress.phase, "progress": progress}

    async def succeeded(self) -> None:
        """Close the run; all is well."""
        self._progress.phase = Phase.DONE
        await self._close(Status.SUCCEEDED, error=None)

    async def failed(self, error: AppError, *, again: bool) -> None:
        """Close the run with what went wrong, or leave it open for another attempt."""
        self._progress.phase = Phase.WAITING if again else Phase.FAILED
        await self._close(Status.QUEUED if again else Status.FAILED, error=error)

    async def stopped(self) -> bool:
        """Write down a cancellation: asked for by a person, or the process ends.

        Returns:
            Whether a person cancelled a run that no worker watches over.
        """
        async with transaction() as session:
            row = await session.get_one(SyncLog, self._run_id)
            asked, has_job = row.status in STOPPING, row.job_id is not None
            status = STOPPING.get(Status(row.status))
        if status is None:
            status = Status.QUEUED if has_job else Status.INTERRUPTED
        self._progress.phase = Phase.WAITING
        await self._close(status, error=None)
        return asked and not has_job

    async def _close(self, status: Status, *, error: AppError | None) -> None:
        self._progress.finished = time.monotonic()
        notes = self._news(last=True)
        if error is not None:
            told = told_of(error)
            facts = {"code": told.code, "origin": told.origin, "message": mask_text(told.message)}
            named = mask_facts(told.facts)
            notes.append(Note(RunEventKind.ERROR, {**facts, "remedy": told.remedy, "facts": named}))
        notes.append(Note(RunEventKind.NOTE, {"ended": status}))
        here = await tally.rows_after(self._progress, status=status)
        await persist(lambda: self._write_end(status, error=error, notes=notes, rows_here=here))

    async def _write_end(
        self,
        status: Status,
        *,
        error: AppError | None,
        notes: Sequence[Note],
        rows_here: int | None,
    ) -> None:
        values: dict[str, object] = {**self._live(error), **_error_values(error)}
        values["status"] = status
        values["beat_at"] = database_now()
        if status is not Status.QUEUED:
            values |= {"finished_at": database_now(), "open_for": None}
        async with transaction() as session:
            await _add_lines(session, self._run_id, self._progress.entity, notes)
            await session.execute(update(SyncLog).where(SyncLog.id == self._run_id).values(values))
            await tally.add(session, self._progress, status=status, rows_here=rows_here)


def live(progress: RunProgress, meter: HttpMeter) -> dict[str, object]:
    """What is shown of a run beside its counts."""
    walked = progress.walked
    return {
        "rows_per_second": round(progress.rows_per_second, 1),
        "seconds": round(progress.seconds, 1),
        "resumed_rows": progress.resumed_rows,
        "expected_rows": walked.expected_rows if walked else None,
        "finish_in_seconds": walked.finish_in_seconds if walked else None,
        "operating_seconds": round(walked.operating_seconds, 2) if walked else 0.0,
        "waiting_for": str(walked.waiting_for) if walked and walked.waiting_for else None,
        "waited_seconds": {str(why): round(s, 1) for why, s in walked.waited_seconds.items()}
        if walked
        else {},
        "troubles": dict(meter.troubles),
    }


def _error_values(error: AppError | None) -> dict[str, object]:
    told = told_of(error) if error else None
    return {
        "error_code": told.code if told else None,
        "error_origin": told.origin if told else None,
        "error_message": mask_text(told.message) if told else None,
        "error_remedy": mask_text(told.remedy) if told and told.remedy else None,
        "error_facts": orjson.dumps(mask_facts(told.facts)).decode() if told else None,
    }


async def _add_lines(
    session: AsyncSession, run_id: int, entity: str, notes: Sequence[Note]
) -> None:
    if notes:
        at = await database_moment(session)
        session.add_all(line(run_id, entity, note, at=at) for note in notes)
        await session.flush()


def line(run_id: int, entity: str, note: Note, *, at: datetime) -> SyncRunEvent:
    """Make a row of the timeline."""
    facts = orjson.dumps(note.facts).decode()
    return SyncRunEvent(run_id=run_id, entity=entity, at=at, kind=note.kind, facts=facts)
