"""What changed since the last pass arrives, and nothing costs more than it must."""

import time
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection
from bridge24.emulator import Clock, Emulator, Portal, PortalSpec
from bridge24.sync.errors import NeverCopied
from bridge24.sync.service import SyncService

HOUR = timedelta(hours=1).total_seconds()


async def _titles() -> Mapping[int, str]:
    async with connection() as conn:
        rows = await conn.execute(text("SELECT id, title FROM crm_deals"))
        return {int(row.id): row.title for row in rows}


def _http_calls(emulator: Emulator) -> int:
    return sum(emulator.gate("acme").log.statuses.values())


async def test_there_must_be_a_full_copy_first(service: SyncService) -> None:
    with pytest.raises(NeverCopied, match='"deal" has not been copied in full'):
        await service.incremental_sync("deal")


async def test_edits_and_additions_arrive(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    portal.update("deal", 5, {"TITLE": "edited"})
    added = portal.add("deal", {"TITLE": "added"})

    counts = await service.incremental_sync("deal")

    titles = await _titles()
    assert (titles[5], titles[added]) == ("edited", "added")
    assert (counts["inserted"], counts["updated"], counts["rows_read"]) == (1, 1, 2)


async def test_a_quiet_portal_costs_one_call(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    portal.update("deal", 5, {"TITLE": "edited"})
    emulator.clock.move(60)
    await service.incremental_sync("deal")
    emulator.clock.move(60)
    before = _http_calls(emulator)

    counts = await service.incremental_sync("deal")

    assert _http_calls(emulator) - before == 1
    assert (counts["rows_read"], counts["updated"]) == (0, 0)


async def test_two_edits_within_one_second_both_arrive(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    portal.update("deal", 5, {"TITLE": "first"})
    await service.incremental_sync("deal")
    portal.update("deal", 5, {"TITLE": "second"})

    await service.incremental_sync("deal")

    assert (await _titles())[5] == "second"


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_our_own_clock_does_not_matter(mirror: str, minutes: int) -> None:
    """The portal's clock runs ahead of ours, or behind it."""
    clock = Clock(start=time.time() + minutes * 60)
    spec = PortalSpec(name="acme", deals=60)
    async with (
        Emulator([spec], clock=clock) as emulator,
        BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
    ):
        service = SyncService(client, host="acme")
        await service.full_sync("deal")
        for title in ("first", "second"):
            emulator.portal("acme").update("deal", 5, {"TITLE": title})
            await service.incremental_sync("deal")
            assert (await _titles())[5] == title
            clock.move(HOUR)


async def test_many_changes_arrive_whole(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    ids = [int(row["ID"]) for row in portal.rows("deal")][:180]
    for row_id in ids:
        portal.update("deal", row_id, {"TITLE": f"mass edit of {row_id}"})

    counts = await service.incremental_sync("deal")

    titles = await _titles()
    assert {row_id: titles[row_id] for row_id in ids} == {
        row_id: f"mass edit of {row_id}" for row_id in ids
    }
    assert counts["updated"] == 180


async def test_a_field_that_appeared_meanwhile_gets_its_column(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    portal.add_field("deal", "UF_CRM_LATE", "string", label="Late")
    portal.update("deal", 5, {"UF_CRM_LATE": "here"})

    await service.incremental_sync("deal")

    async with connection() as conn:
        late = await conn.scalar(text("SELECT uf_crm_late FROM crm_deals WHERE id = 5"))
    assert late == "here"
