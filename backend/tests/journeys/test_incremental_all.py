"""All objects are asked at once, in any zone and by the portal's clock alone."""

import itertools
import time

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection, transaction
from bridge24.emulator import Clock, Emulator, Portal, PortalSpec
from bridge24.sync.models import SyncConfig
from bridge24.sync.service import SyncService

NAMES = ("deal", "contact", "lead", "status", "deal_funnel", "user", "department")
OCTOBER_25 = 1_792_889_100
"""2026-10-25T00:45:00Z: in Berlin the hour from 2 to 3 o'clock is about to come twice."""


def _http_calls(emulator: Emulator) -> int:
    return sum(emulator.gate("acme").log.statuses.values())


async def _title(row_id: int) -> str:
    async with connection() as conn:
        title = await conn.scalar(text(f"SELECT title FROM crm_deals WHERE id = {row_id}"))
    return str(title)


async def _copied(service: SyncService, emulator: Emulator) -> None:
    for name in NAMES:
        await service.full_sync(name)
    emulator.clock.move(600)


async def test_nothing_changed_anywhere_costs_one_call(
    service: SyncService, emulator: Emulator
) -> None:
    await _copied(service, emulator)
    before = _http_calls(emulator)

    told = await service.incremental_all(NAMES)

    assert told == {}
    assert _http_calls(emulator) - before == 1


async def test_objects_with_changes_are_read(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await _copied(service, emulator)
    portal.update("deal", 5, {"TITLE": "edited"})
    added = portal.add("contact", {"NAME": "added"})

    told = await service.incremental_all(NAMES)

    assert set(told) == {"deal", "contact"}
    assert await _title(5) == "edited"
    async with connection() as conn:
        name = await conn.scalar(text(f"SELECT name FROM crm_contacts WHERE id = {added}"))
    assert name == "added"


async def test_a_short_list_that_changed_is_read_again(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await _copied(service, emulator)
    portal.users[0]["LAST_NAME"] = "Renamed"

    told = await service.incremental_all(NAMES)

    assert set(told) == {"user"}
    assert await service.incremental_all(NAMES) == {}


async def test_goods_are_asked_for_in_the_same_call_whatever_their_catalogue(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("product")
    emulator.clock.move(600)
    before = _http_calls(emulator)
    assert await service.incremental_all(["product"]) == {}
    assert _http_calls(emulator) - before == 1
    for number in (0, -1):  # one of each catalogue
        portal.products[number] |= {"name": "renamed", "timestampX": portal.now_text()}

        assert set(await service.incremental_all(["product"])) == {"product"}
        emulator.clock.move(600)

    renamed = "SELECT count(*) FROM crm_products WHERE name = 'renamed'"
    async with connection() as conn:
        assert await conn.scalar(text(renamed)) == 2


async def test_a_new_catalogue_of_goods_is_noticed(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("product")
    emulator.clock.move(600)
    portal.products.append(portal.products[0] | {"id": 99_001, "iblockId": 77})

    assert set(await service.incremental_all(["product"])) == {"product"}


async def test_the_lookback_is_the_objects_own(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await _copied(service, emulator)
    await service.incremental_sync("deal")
    async with transaction() as session:
        session.add(SyncConfig(entity="deal", lookback_minutes=60))
    async with connection() as conn:
        # As if the portal had shown the edit only later than it dated it.
        await conn.execute(text("UPDATE crm_deals SET title = 'stale', _raw_hash = ''"))
    portal.update("deal", 5, {"TITLE": "late"})
    emulator.clock.move(1800)
    async with connection() as conn:
        await conn.execute(
            text("UPDATE sync_state SET cursor_at = :at WHERE entity = 'deal'"),
            {"at": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(emulator.clock.now()))},
        )

    await service.incremental_all(["deal"])

    assert await _title(5) == "late"


ZONES = ("+03:00", "-05:00", "Europe/Berlin", "America/New_York")
NIGHTS = [
    *(
        pytest.param("migrated_pg_url", zone, minutes, marks=pytest.mark.postgresql)
        for zone, minutes in itertools.product(ZONES, (-10, 0, 10))
    ),
    # Each zone and each clock meets the other database as well.
    *(
        pytest.param("migrated_mysql_url", zone, minutes, marks=pytest.mark.mysql)
        for zone, minutes in zip(ZONES, (-10, 10, 0, 10), strict=True)
    ),
]


@pytest.mark.parametrize(("migrated", "zone", "minutes"), NIGHTS, indirect=["migrated"])
async def test_neither_zone_nor_clock_nor_summer_time_lose_a_change(
    mirror: str, zone: str, minutes: int
) -> None:
    """An edit every 20 minutes through the night in which the clocks go back."""
    clock = Clock(start=OCTOBER_25 + minutes * 60)
    spec = PortalSpec(name="acme", deals=60, zone=zone)
    async with (
        Emulator([spec], clock=clock, limits="none") as emulator,
        BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
    ):
        service = SyncService(client, host="acme")
        await service.full_sync("deal")
        for number in range(6):
            clock.move(1200)
            emulator.portal("acme").update("deal", 5 + number % 2, {"TITLE": f"edit {number}"})
            await service.incremental_all(["deal"])
            assert await _title(5 + number % 2) == f"edit {number}"
        clock.move(1200)
        await service.incremental_all(["deal"])
        assert await service.incremental_all(["deal"]) == {}
