"""An audit finds what went wrong, and only that, and puts it right."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync.audit.errors import RightsWithdrawn
from bridge24.sync.errors import NeverCopied, PortalError, TooManyMissing
from bridge24.sync.service import SyncService

HOUR = timedelta(hours=1).total_seconds()
pytestmark = pytest.mark.usefixtures("mirror")


async def _alive() -> Mapping[int, str]:
    async with connection() as conn:
        rows = await conn.execute(text("SELECT id, title FROM crm_deals WHERE _deleted_at IS NULL"))
        return {int(row.id): row.title for row in rows}


def _in_portal(portal: Portal) -> Mapping[int, str]:
    return {int(row["ID"]): row["TITLE"] for row in portal.rows("deal")}


async def _sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


def _http_calls(emulator: Emulator) -> int:
    return sum(emulator.gate("acme").log.statuses.values())


async def test_there_must_be_a_full_copy_first(service: SyncService) -> None:
    with pytest.raises(NeverCopied):
        await service.audit("deal")


async def test_every_kind_of_difference_is_found_and_mended(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    ids = list(_in_portal(portal))
    for row_id in ids[10:15]:
        portal.delete("deal", row_id)
    portal.update("deal", ids[20], {"TITLE": "changed, and nobody heard"})
    added = portal.add("deal", {"TITLE": "new"})
    lost, marked = ids[30], ids[40]
    await _sql(f"DELETE FROM crm_deals WHERE id = {lost}")
    await _sql(f"UPDATE crm_deals SET _deleted_at = '2026-01-01 00:00:00' WHERE id = {marked}")

    counts = await service.audit("deal")

    stored = await _alive()
    assert stored == _in_portal(portal)
    assert {lost, marked, added} <= stored.keys()
    assert (counts["deleted"], counts["inserted"], counts["updated"]) == (5, 2, 2)


async def test_an_equal_table_costs_ids_only(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    before = _http_calls(emulator)

    counts = await service.audit("deal")

    assert (counts["deleted"], counts["inserted"], counts["updated"]) == (0, 0, 0)
    assert _http_calls(emulator) - before <= 6
    assert await _alive() == _in_portal(portal)


async def test_many_vanished_rows_are_not_believed_without_a_word(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    ids = list(_in_portal(portal))
    portal.update("deal", ids[-1], {"TITLE": "changed"})
    portal.hide("deal", ids[:300])

    with pytest.raises(TooManyMissing, match="300 of 700"):
        await service.audit("deal")
    stored = await _alive()
    assert len(stored) == 700
    assert stored[ids[-1]] == "changed"
    before = _http_calls(emulator)

    await service.audit("deal", accept_deletions=True)

    assert await _alive() == _in_portal(portal)
    assert _http_calls(emulator) - before <= 9


async def test_rows_that_are_seen_again_are_not_deleted_after_the_guard(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal")
    portal.hide("deal", list(_in_portal(portal))[:300])
    with pytest.raises(TooManyMissing):
        await service.audit("deal")
    portal.show("deal")

    counts = await service.audit("deal")

    assert counts["deleted"] == 0
    assert len(await _alive()) == 700


async def test_accepting_deletions_later_deletes_only_what_is_still_gone(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal")
    ids = list(_in_portal(portal))
    portal.hide("deal", ids[:300])
    with pytest.raises(TooManyMissing):
        await service.audit("deal")
    portal.show("deal", ids[:295])

    counts = await service.audit("deal", accept_deletions=True)

    assert counts["deleted"] == 5
    assert await _alive() == _in_portal(portal)


async def test_whoever_is_no_administrator_any_more_deletes_nothing(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    await service.audit("deal")
    portal.hide("deal", list(_in_portal(portal))[:3])
    portal.add_webhook(2, "plain")
    url = emulator.webhook_url("acme").replace("/rest/1/", "/rest/2/")
    async with BitrixClient(Webhook(f"{url.rsplit('/', 2)[0]}/plain/")) as client:
        plain = SyncService(client, host="acme")
        with pytest.raises(RightsWithdrawn, match="not an administrator any more"):
            await plain.audit("deal")
    assert len(await _alive()) == 700


async def test_a_row_that_came_back_lives_again(service: SyncService, portal: Portal) -> None:
    await service.full_sync("deal")
    portal.hide("deal", [5])
    await service.audit("deal")
    assert 5 not in await _alive()
    portal.show("deal")

    await service.audit("deal")

    assert await _alive() == _in_portal(portal)


async def test_an_interrupted_audit_goes_on_where_it_was(
    client: BitrixClient, portal: Portal, emulator: Emulator
) -> None:
    service = SyncService(client, host="acme", pages_per_call=2)
    await service.full_sync("deal")
    ids = list(_in_portal(portal))
    for row_id in [*ids[5:10], *ids[600:605]]:
        portal.delete("deal", row_id)
    gate = emulator.gate("acme")
    gate.faults.add(Fault(Kind.EXPIRED, only=frozenset({"batch"}), after=6, times=1))
    with pytest.raises(PortalError):
        await service.audit("deal")
    before = _pages(emulator)

    counts = await service.audit("deal")

    assert counts["deleted"] == 10
    assert await _alive() == _in_portal(portal)
    assert 0 < _pages(emulator) - before < 14


def _pages(emulator: Emulator) -> int:
    log = emulator.gate("acme").log
    return sum(1 for call in log if call.method == "crm.deal.list")


@pytest.mark.parametrize("kind", [Kind.UNAVAILABLE, Kind.TRUNCATED, Kind.RESET])
async def test_passing_faults_change_nothing(
    service: SyncService, portal: Portal, emulator: Emulator, kind: Kind
) -> None:
    await service.full_sync("deal")
    for row_id in list(_in_portal(portal))[5:10]:
        portal.delete("deal", row_id)
    emulator.gate("acme").faults.add(Fault(kind, only=frozenset({"batch"}), after=2, times=2))

    counts = await service.audit("deal")

    assert counts["deleted"] == 5
    assert await _alive() == _in_portal(portal)


async def test_an_object_without_times_is_read_whole(service: SyncService, portal: Portal) -> None:
    await service.full_sync("user")
    await _sql("DELETE FROM crm_users WHERE id = 2")

    counts = await service.audit("user")

    assert counts["inserted"] == 1
