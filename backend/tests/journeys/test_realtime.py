"""What somebody does in the portal is a committed row within seconds, whatever befalls."""

import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.crm import Entity
from bridge24.core.errors import AppError
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.realtime import drain
from bridge24.sync.realtime.errors import StillThere
from bridge24.sync.realtime.reading import Seen
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import Live, query, serving, set_up, until, working


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=200, contacts=20, leads=20, companies=10)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
async def settings(
    mirror: str, emulator: Emulator, client: BitrixClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Settings]:
    """The settings of this process."""
    yield set_up(monkeypatch, mirror, client, emulator)
    get_settings.cache_clear()


@pytest.fixture
async def live(
    settings: Settings, emulator: Emulator, portal: Portal, service: SyncService
) -> AsyncIterator[Live]:
    """Deals copied once; from now on only events keep them equal."""
    await service.full_sync("deal")
    async with serving() as url, working():
        yield Live(emulator, portal, url)


async def test_an_edit_an_addition_and_a_deletion_arrive(live: Live) -> None:
    live.subscribe()
    live.portal.update("deal", 5, {"TITLE": "edited"})
    added = live.portal.add("deal", {"TITLE": "added"})
    live.portal.delete("deal", 6)

    await live.becomes(5, "edited")
    await live.becomes(added, "added")
    await live.becomes(6, None)
    await live.settled()
    assert await live.equal()
    outcomes = await query("SELECT name, outcome FROM sync_events ORDER BY id")
    assert [(row["name"], row["outcome"]) for row in outcomes] == [
        ("ONCRMDEALUPDATE", "stored"),
        ("ONCRMDEALADD", "stored"),
        ("ONCRMDEALDELETE", "deleted"),
    ]


async def test_doubled_and_reordered_events_end_in_the_same_state(live: Live) -> None:
    live.subscribe()
    faults = live.emulator.gate("acme").faults
    faults.add(Fault(Kind.DOUBLED, rate=0.4))
    faults.add(Fault(Kind.REORDERED, rate=0.4))
    _disturb(live.portal, random.Random(5), times=60)

    await live.settled()

    assert await live.equal()


async def test_lost_events_are_made_up_for_by_the_next_pass(
    live: Live, service: SyncService
) -> None:
    live.subscribe()
    live.emulator.gate("acme").faults.add(Fault(Kind.LOST, rate=0.5))
    live.emulator.clock.move(60)
    for row_id in range(1, 40):
        if live.portal.get("deal", row_id):
            live.portal.update("deal", row_id, {"TITLE": f"edited {row_id}"})
    await live.settled()
    assert not await live.equal()

    await service.incremental_sync("deal")

    assert await live.equal()


async def test_a_mass_change_is_read_in_few_calls(live: Live) -> None:
    live.subscribe()
    before = live.emulator.gate("acme").log.requests
    for row in live.portal.rows("deal"):
        live.portal.update("deal", int(row["ID"]), {"TITLE": f"mass edit of {row['ID']}"})

    await live.settled()

    assert await live.equal()
    assert live.emulator.gate("acme").log.requests - before < 30


async def test_a_record_that_is_only_hidden_is_not_taken_for_deleted(live: Live) -> None:
    """Somebody edits many records, and the right to see them is withdrawn."""
    live.subscribe()
    ids = [int(row["ID"]) for row in live.portal.rows("deal")][:60]
    for row_id in ids:
        live.portal.update("deal", row_id, {"TITLE": "out of sight"})
    live.portal.hide("deal", ids)

    await live.settled()

    alive = await query("SELECT id FROM crm_deals WHERE _deleted_at IS NULL")
    assert set(ids) <= {row["id"] for row in alive}
    outcomes = await query("SELECT DISTINCT outcome FROM sync_events")
    assert [row["outcome"] for row in outcomes] == ["hidden"]


async def test_a_deletion_whose_own_event_was_lost_is_believed_after_a_while(live: Live) -> None:
    live.subscribe()
    live.emulator.gate("acme").faults.add(Fault(Kind.LOST, only=frozenset({"ONCRMDEALDELETE"})))
    live.portal.update("deal", 5, {"TITLE": "the last edit"})
    live.portal.delete("deal", 5)

    await live.settled()

    assert await live.value(5) is None


async def test_events_of_objects_that_are_not_copied_cost_nothing(live: Live) -> None:
    live.subscribe()
    before = live.emulator.gate("acme").log.requests
    live.portal.update("lead", 3, {"TITLE": "not ours"})

    await live.settled()

    assert live.emulator.gate("acme").log.requests == before
    (event,) = await query("SELECT entity, outcome FROM sync_events")
    assert event == {"entity": "lead", "outcome": "not_copied"}


async def test_a_new_field_has_its_column_within_seconds(live: Live) -> None:
    live.subscribe()
    live.portal.add_field("deal", "UF_CRM_LATE", "string", label="Late")

    await live.settled()

    columns = await query(
        "SELECT column_name AS name FROM information_schema.columns "
        "WHERE table_name = 'crm_deals' AND column_name = 'uf_crm_late'"
    )
    assert len(columns) == 1
    live.portal.update("deal", 5, {"UF_CRM_LATE": "here"})
    await live.becomes(5, "here", column="uf_crm_late")


def _disturb(portal: Portal, dice: random.Random, *, times: int) -> None:
    """People edit, add and delete."""
    for _ in range(times):
        alive = [int(row["ID"]) for row in portal.rows("deal")]
        row_id = dice.choice(alive)
        what = dice.random()
        if what < 0.7:
            portal.update("deal", row_id, {"TITLE": f"edited {dice.random()}"})
        elif what < 0.85:
            portal.delete("deal", row_id)
        else:
            portal.add("deal", {"TITLE": f"new {dice.random()}"})


async def test_a_new_smart_process_and_its_items_arrive(
    live: Live, service: SyncService, client: BitrixClient
) -> None:
    await service.full_sync("smart_process_type")
    await service.full_sync("status")
    live.subscribe()
    told = {"title": "Rent", "entityTypeId": 1256, "isStagesEnabled": "Y"}
    await client.call("crm.type.add", {"fields": told})

    async def is_copied() -> bool:
        copied = "SELECT entity FROM sync_state WHERE last_full_at IS NOT NULL"
        return {"entity": "dynamic_1256"} in await query(copied)

    await until(is_copied)
    made = await client.call("crm.item.add", {"entityTypeId": 1256, "fields": {"title": "Flat"}})
    item = int(made.result["item"]["id"])
    await live.becomes(item, "Flat", table="crm_dynamic_1256")
    stored = await query("SELECT id FROM crm_dynamic_1256 WHERE _deleted_at IS NULL")
    assert stored == [{"id": item}]
    first = live.portal.funnels[1256][0].stages[0]

    async def says_its_stage() -> bool:
        return [{"stage": first.name}] == await query("SELECT stage FROM v_crm_dynamic_1256")

    await until(says_its_stage)


async def test_product_rows_follow_their_deal(
    live: Live, service: SyncService, client: BitrixClient
) -> None:
    await service.full_sync("deal_product_row")
    live.subscribe()
    row = {"PRODUCT_NAME": "Chair", "PRICE": 15, "QUANTITY": 2}
    await client.call("crm.deal.productrows.set", {"id": 5, "rows": [row]})
    live.portal.update("deal", 5, {"TITLE": "with goods"})

    async def has_the_row() -> bool:
        rows = await query(
            "SELECT product_name FROM crm_deal_product_rows "
            "WHERE owner_id = 5 AND _deleted_at IS NULL"
        )
        return [each["product_name"] for each in rows] == ["Chair"]

    await until(has_the_row)
    amounts = (
        "SELECT quantity FROM crm_deal_product_rows WHERE owner_id = 5 AND _deleted_at IS NULL"
    )
    assert [float(str(each["quantity"])) for each in await query(amounts)] == [2.0]


async def test_one_record_is_synced_or_deleted_by_its_id(
    service: SyncService, settings: Settings, portal: Portal
) -> None:
    await service.full_sync("deal")
    portal.update("deal", 5, {"TITLE": "edited"})
    portal.delete("deal", 6)

    assert await service.sync_entity_by_id("deal", 5) == {"outcome": "stored"}
    assert await service.delete_entity_by_id("deal", 6) == {"outcome": "deleted"}
    with pytest.raises(StillThere, match='"deal" 5 still exists'):
        await service.delete_entity_by_id("deal", 5)

    rows = await query("SELECT id, title, _deleted_at FROM crm_deals WHERE id IN (5, 6)")
    told = {row["id"]: (row["title"], row["_deleted_at"] is None) for row in rows}
    assert told[5] == ("edited", True)
    assert not told[6][1]


async def test_one_object_that_fails_does_not_hold_up_the_others(
    live: Live, service: SyncService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.full_sync("lead")
    live.subscribe()
    apply = drain.apply

    async def broken(client: BitrixClient, entity: Entity, seen: Seen) -> None:
        if entity.name == "lead":
            raise AppError(reason="nobody has thought of this")
        await apply(client, entity, seen)

    monkeypatch.setattr(drain, "apply", broken)
    live.portal.update("lead", 3, {"TITLE": "in vain"})
    live.portal.update("deal", 5, {"TITLE": "all the same"})
    await live.becomes(5, "all the same")

    async def has_failed() -> bool:
        (lead,) = await query("SELECT attempts, state FROM sync_events WHERE entity = 'lead'")
        return lead["attempts"] != 0 and lead["state"] == "waiting"

    await until(has_failed)
    monkeypatch.setattr(drain, "apply", apply)
    await live.becomes(3, "in vain", table="crm_leads")
    assert await live.value(5) == "all the same"
