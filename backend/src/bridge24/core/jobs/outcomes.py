"""Writing down how jobs ended, and giving back those that did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.jobs.claim import Claimed
from bridge24.core.jobs.models import Job, JobWorker, State, now_ms

TAKEOVER_BATCH = 500
TWIN = "an equal job was queued meanwhile and stands for it"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong; secrets are masked."""

    text: str
    code: str | None = None
    """Names an error that has a sentence."""
    facts: str | None = None
    """JSON of what the sentence names."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job's attempt is over: ``DONE``, ``DEAD``, ``CANCELLED``, or ``QUEUED`` to come again."""

    job: Claimed
    state: State
    error: Failure | None = None
    wait: timedelta = timedelta(0)
    counts: bool = True
    """Whether the attempt counts; being given back or postponed does not."""


async def write_down(session: AsyncSession, ended: Sequence[Ended]) -> None:
    """Store how jobs ended. What another worker has taken over stays as it is.

    Doing it twice changes nothing, so it may be repeated when nobody knows whether the
    commit arrived.
    """
    done: dict[str, list[int]] = {}
    for one in ended:
        if one.state is State.DONE:
            done.setdefault(one.job.worker, []).append(one.job.id)
    for worker, ids in done.items():
        await session.execute(_over(State.DONE, None).where(*_ours(worker, sorted(ids))))
    for one in sorted(ended, key=lambda each: each.job.id):
        if one.state is State.QUEUED:
            await _put_back(session, one)
        elif one.state is not State.DONE:
            over = _over(one.state, one.error)
            await session.execute(over.where(*_ours(one.job.worker, [one.job.id])))


@dataclass(frozen=True, slots=True)
class Takeover:
    """What one look at the jobs of dead workers brought."""

    jobs: int
    """So many were queued again."""
    missed: bool
    """Some were locked, or too many for one look: look again soon."""


async def take_over(session: AsyncSession) -> Takeover:
    """Queue again what workers were running whose lease has ended.

    A row that its worker is confirming right now (see ``RunningJob.confirm``) is locked
    and left for the next time.
    """
    alive = select(JobWorker.id).where(JobWorker.lease_until > now_ms())
    orphans = select(Job.id).where(Job.state == State.RUNNING, Job.worker.not_in(alive))
    ids = (await session.scalars(orphans.limit(TAKEOVER_BATCH))).all()
    if not ids:
        return Takeover(0, missed=False)
    locked = select(Job).where(Job.id.in_(ids), Job.state == State.RUNNING)
    rows = await session.scalars(locked.with_for_update(skip_locked=True))
    taken = [row for row in rows.all() if row.worker is not None]
    for row in taken:
        claimed = Claimed(
            id=row.id,
            task=row.task,
            arguments={},
            attempt=row.attempt,
            worker=row.worker or "",
            keyed=row.key is not None,
        )
        state = State.CANCELLED if row.cancel_asked else State.QUEUED
        await write_down(session, [Ended(claimed, state, error=Failure("its worker vanished"))])
    return Takeover(len(taken), missed=len(taken) < len(ids) or len(ids) == TAKEOVER_BATCH)


def _ours(worker: str, ids: Sequence[int]) -> tuple[Any, ...]:
    return Job.id.in_(ids), Job.worker == worker, Job.state == State.RUNNING


def _changed() -> Update:
    return update(Job).execution_options(synchronize_session=False)


def _over(state: State, error: Failure | None) -> Update:
    over = {"state": state, "worker": None, "slot": None, "finished_at": now_ms()}
    return _changed().values(**over, **_failed(error))


def _failed(error: Failure | None) -> dict[str, str | None]:
    if error is None:
        return dict.fromkeys(("error", "error_code", "error_facts"))
    return {"error": error.text, "error_code": error.code, "error_facts": error.facts}


async def _put_back(session: AsyncSession, one: Ended) -> None:
    mine = _ours(one.job.worker, [one.job.id])
    found = await session.execute(select(Job.dedup).where(*mine).with_for_update())
    row = found.one_or_none()
    if row is None:
        return
    attempt = one.job.attempt if one.counts else one.job.attempt - 1
    run_at = now_ms() + round(one.wait / timedelta(milliseconds=1))
    if row.dedup is not None and await _left_to_twin(session, one, row.dedup, attempt, run_at):
        over = _over(State.CANCELLED, Failure(TWIN))
        await session.execute(over.where(*mine))
        return
    again = {"state": State.QUEUED, "worker": None, "slot": None, "dedup_held": row.dedup}
    kept = _failed(one.error) if one.error else {}
    await session.execute(
        _changed().where(*mine).values(**again, **kept, attempt=attempt, run_at=run_at)
    )


async def _left_to_twin(
    session: AsyncSession, one: Ended, dedup: str, attempt: int, run_at: Any
) -> bool:
    """Let an equal job that was queued meanwhile stand for this one, failures and all.

    It counts as begun: those that it absorbs from now on do not make it come sooner.
    """
    twin = _changed().where(Job.dedup_held == dedup, Job.id != one.job.id)
    left = await session.execute(
        twin.values(
            attempt=func.greatest(Job.attempt, attempt),
            run_at=func.greatest(Job.run_at, run_at),
            started_at=func.coalesce(Job.started_at, now_ms()),
            **_failed(one.error),
        )
    )
    return bool(left.rowcount)  # type: ignore[attr-defined]
