"""Copies the rehearsal's portal into the connected database, with labelled views."""

from collections.abc import Iterable

from bridge24.bitrix import BitrixClient, Limits, Webhook
from bridge24.cli.rehearsal.portal import SEED, SPEC, widen
from bridge24.core.tables import migrate
from bridge24.emulator import Emulator, PortalSpec
from bridge24.sync.entities import discover
from bridge24.sync.service import SyncService

UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)


async def mirror(
    spec: PortalSpec = SPEC, *, wide: bool = True, without: Iterable[str] = ()
) -> None:
    """Make the system tables, and copy every object of a portal that is always the same.

    Args:
        spec: The size of the portal.
        wide: With custom fields and smart processes by the dozen.
        without: Objects to leave out.
    """
    await migrate()
    async with (
        Emulator([spec], seed=SEED, limits="none") as emulator,
        BitrixClient(Webhook(emulator.webhook_url(spec.name)), limits=UNHURRIED) as client,
    ):
        if wide:
            await widen(emulator.portal(spec.name), client)
        service = SyncService(client, host=spec.name)
        for entity in await discover(client):
            if entity.name not in without:
                await service.full_sync(entity.name)
