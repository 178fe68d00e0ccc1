"""What a worker does for the sync: runs, what is due, and looking after both."""

from datetime import timedelta

from bridge24.core.jobs import Retry, task
from bridge24.sync import policy_change
from bridge24.sync.runs import due, perform, rounds, stopping
from bridge24.sync.runs.opening import TASK
from bridge24.sync.validation import service as validation

ONCE = Retry(max_attempts=3, first=timedelta(seconds=5))
"""The next slot of the schedule is the better second try."""


@task(name=TASK, retry=perform.RETRY)
async def run(run_id: int, accept_deletions: bool = False) -> None:  # noqa: FBT001
    """Carry out a queued run; after a crash another worker goes on with it."""
    await perform.perform(run_id, accept_deletions=accept_deletions)


@task(name=stopping.SEE_STOPPED, retry=perform.RETRY)
async def see_stopped(run_id: int) -> None:
    """See to it that a run which was told to stop ends; made again, it changes nothing."""
    await stopping.see_stopped(run_id)


@task(name=due.LOOK, retry=ONCE)
async def look(entities: list[str]) -> None:
    """Look for changes in the objects of one rhythm; made again, it changes nothing."""
    await rounds.look(entities)


@task(name=due.AUDIT, retry=ONCE)
async def audit_all() -> None:
    """Audit every object; those under audit already are left alone."""
    await rounds.audit_all()


@task(name=due.DISCOVER, retry=ONCE)
async def discover() -> None:
    """Ask what the webhook may read, and which smart processes there are."""
    await rounds.discover_all()


@task(name=due.TEND, retry=ONCE)
async def tend() -> None:
    """Close what a crash left open, forget what is old."""
    await rounds.tend()
    await validation.close_abandoned()


@task(name=policy_change.TASK, retry=perform.RETRY)
async def columns(entity: str, before: str) -> None:
    """Change what is stored to the new treatment of columns; made again, it changes nothing."""
    await policy_change.put_in_order(entity, before=before)


@task(name=policy_change.READ_ANEW, retry=perform.RETRY)
async def read_anew(entity: str, columns: list[str]) -> None:
    """Open a run that brings back what only the portal has; a second one does no harm."""
    await policy_change.read_anew(entity, columns)
