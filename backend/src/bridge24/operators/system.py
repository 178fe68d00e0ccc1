"""The operator's door to the job queue and to the log."""

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, status
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core import jobs, recent_log
from bridge24.core.auth import Role, needs
from bridge24.core.db import get_session
from bridge24.core.jobs import Job, State
from bridge24.core.web import ErrorOut, Number, ToldOut

router = APIRouter(prefix="/api/v1/system", tags=["system"])

SessionDep = Annotated[AsyncSession, Depends(get_session)]
REFUSED: dict[int | str, dict[str, object]] = {
    404: {"model": ErrorOut},
    409: {"model": ErrorOut},
}


class DepthOut(BaseModel):
    """How many jobs of one task are in one state."""

    task: str
    state: State
    jobs: int


class WorkerOut(BaseModel):
    """A worker that is alive."""

    id: str
    host: str
    pid: int
    concurrency: int
    running: int
    started_at: datetime


class DeadJobOut(BaseModel):
    """A job that failed as often as it may."""

    id: int
    task: str
    key: str | None
    attempts: int
    error: ToldOut | None
    where: str | None
    """The error as the program met it, for whoever looks after the installation."""
    finished_at: datetime | None


class QueueOut(BaseModel):
    """How the queue is doing."""

    depths: list[DepthOut]
    """Queued, running, dead and cancelled jobs."""
    oldest_waiting_seconds: float | None
    """For how long the first due job has been waiting."""
    workers: list[WorkerOut]
    dead: list[DeadJobOut]
    """The latest ones."""


class LogLineOut(BaseModel):
    """One line of the log; secrets are masked."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    """Grows by one with every line of this process."""
    at: datetime
    level: Literal["debug", "info", "warning", "error", "critical"]
    event: str
    trace_id: str | None
    """Of the request it was written for; answers carry it as ``X-Trace-Id``."""
    facts: dict[str, str]


class LogOut(BaseModel):
    """The last lines of the process that answers; other workers write their own."""

    lines: list[LogLineOut]
    """The latest first."""


@router.get("/log", openapi_extra=needs(Role.OPERATOR))
async def read_log(
    least: Literal["debug", "info", "warning", "error"] = "info",
    words: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> LogOut:
    """Show the last lines of the log of a level and above; ``words`` finds a trace id as well."""
    found = islice(recent_log.lines(least=least, words=words), limit)
    return LogOut(lines=[LogLineOut.model_validate(line) for line in found])


@router.get("/queue")
async def read_queue(
    session: SessionDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> QueueOut:
    """Say how the queue is doing, and list the jobs that failed for good."""
    figures = await jobs.figures(session)
    dead = select(Job).where(Job.state == State.DEAD).order_by(Job.id.desc()).limit(limit)
    waiting = figures.oldest_waiting
    return QueueOut(
        depths=[DepthOut(task=d.task, state=d.state, jobs=d.jobs) for d in figures.depths],
        oldest_waiting_seconds=waiting.total_seconds() if waiting is not None else None,
        workers=[
            WorkerOut(
                id=worker.id,
                host=worker.host,
                pid=worker.pid,
                concurrency=worker.concurrency,
                running=worker.running,
                started_at=worker.started_at,
            )
            for worker in figures.workers
        ],
        dead=[_dead_out(job) for job in await session.scalars(dead)],
    )


@router.post("/queue/{job_id}/revive", status_code=status.HTTP_204_NO_CONTENT, responses=REFUSED)
async def revive_job(session: SessionDep, job_id: Number) -> None:
    """Queue a dead or cancelled job again, with all its attempts before it."""
    await jobs.revive(session, job_id)


def _dead_out(job: Job) -> DeadJobOut:
    ended = job.finished_at
    return DeadJobOut(
        id=job.id,
        task=job.task,
        key=job.key,
        attempts=job.attempt,
        error=_told(job),
        where=job.error,
        finished_at=datetime.fromtimestamp(ended / 1000, UTC) if ended else None,
    )


def _told(job: Job) -> ToldOut | None:
    if job.error is None:
        return None
    line = job.error.partition("\n")[0]
    if job.error_code is None:
        return ToldOut(code="Unforeseen", message=line, facts={"reason": line})
    facts = json.loads(job.error_facts or "{}")
    return ToldOut(code=job.error_code, message=line.partition(": ")[2], facts=facts)
