"""What a worker does for validations."""

from datetime import timedelta

from bridge24.core.jobs import Retry, task
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.validation import service

# A comparison that failed says so; whoever asked for it asks again.
RETRY = Retry(max_attempts=3, first=timedelta(seconds=10), never=(Exception,))


@task(name=service.CHECK, retry=RETRY)
async def check(validation_id: int) -> None:
    """Compare a table with the portal; after a crash another worker begins it again."""
    await service.carry_out(validation_id, portal_client(), host=portal_host())


@task(name=service.REPAIR, retry=RETRY)
async def repair(validation_id: int) -> None:
    """Put right what a comparison found; after a crash another worker goes on."""
    await service.carry_out(validation_id, portal_client(), host=portal_host())
