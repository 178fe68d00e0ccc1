"""What a worker does for validations."""

from datetime import timedelta

from bridge24.core.errors import AppError
from bridge24.core.jobs import Retry, current_job, task
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.runs.told import passes
from bridge24.sync.validation import service

RETRY = Retry(max_attempts=8, first=timedelta(seconds=5), longest=timedelta(minutes=5))


@task(name=service.CHECK, retry=RETRY)
async def check(validation_id: int) -> None:
    """Compare a table with the portal; after a crash another worker begins it again."""
    await _carry_out(validation_id)


@task(name=service.REPAIR, retry=RETRY)
async def repair(validation_id: int) -> None:
    """Put right what a comparison found; after a crash another worker goes on."""
    await _carry_out(validation_id)


async def _carry_out(validation_id: int) -> None:
    """Do it; a failure that may pass is tried again, any other one is told and ends it."""
    try:
        client, host = portal_client(), portal_host()
        await service.carry_out(validation_id, client, host=host, again=_again)
    except AppError as error:
        if _again(error):
            raise
        await service.give_up(validation_id, error)


def _again(error: AppError) -> bool:
    return passes(error) and current_job().attempt < RETRY.max_attempts
