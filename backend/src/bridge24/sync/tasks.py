"""What a worker does for the sync: runs, what is due, and looking after both."""

from bridge24.core.jobs import task
from bridge24.sync.runs import perform
from bridge24.sync.runs.opening import TASK


@task(name=TASK, retry=perform.RETRY)
async def run(run_id: int, accept_deletions: bool = False) -> None:  # noqa: FBT001
    """Carry out a queued run; after a crash another worker goes on with it."""
    await perform.perform(run_id, accept_deletions=accept_deletions)
