"""Rows in quarantine asked for again, and what the doctor finds."""

from collections.abc import Sequence

from sqlalchemy import select

from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.core.settings import get_settings
from bridge24.sync import doctor
from bridge24.sync.doctor import Finding
from bridge24.sync.entities import find_entity
from bridge24.sync.errors import NoReplay, NotInQuarantine
from bridge24.sync.models import SyncQuarantine
from bridge24.sync.portal import impatient_client_for, portal_client, portal_host, webhook_of
from bridge24.sync.realtime.single import sync_record
from bridge24.sync.reasons import Reason
from bridge24.sync.rejected import reason_of


async def replay(quarantine_id: int) -> Reason | None:
    """Ask the portal for a row in quarantine again and store its present state.

    Returns:
        Why it is in quarantine still, or None when it is not any more.

    Raises:
        NotInQuarantine: There is no such row.
        NoReplay: It has no id to ask by.
        PortalError: The portal could not be asked.
    """
    async with transaction() as session:
        row = await session.get(SyncQuarantine, quarantine_id)
    if row is None:
        raise NotInQuarantine(row=quarantine_id)
    if not row.row_id.isdecimal():
        raise NoReplay
    entity = await find_entity(row.entity)
    await sync_record(portal_client(), entity, int(row.row_id), host=portal_host())
    return await _reason(row)


async def _reason(row: SyncQuarantine) -> Reason | None:
    async with transaction() as session:
        found: SyncQuarantine | None = await session.scalar(
            select(SyncQuarantine).where(
                SyncQuarantine.entity == row.entity, SyncQuarantine.row_id == row.row_id
            )
        )
        return None if found is None else reason_of(found)


async def examine() -> Sequence[Finding]:
    """Look at the portal and the database and say what is missing."""
    settings = get_settings()
    try:
        host = webhook_of(settings).host
    except AppError as error:
        found = [doctor.trouble("webhook", error)]
    else:
        async with impatient_client_for(settings) as client:
            found = await doctor.examine_portal(client, host=host)
    return [*found, *await doctor.examine_database(), *doctor.examine_library()]
