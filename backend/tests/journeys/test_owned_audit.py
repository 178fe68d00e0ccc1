"""Audits of child sets: what nobody told of is found without asking every owner."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.checkpoint import Checkpoint, Span
from bridge24.core.db import connection, transaction
from bridge24.emulator import Emulator, Portal, PortalSpec, productrows
from bridge24.sync import queries
from bridge24.sync.errors import NeverCopied, TooManyMissing
from bridge24.sync.runs.stopping import config_of
from bridge24.sync.service import SyncService

Pairs = set[tuple[int, int]]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a few deals."""
    spec = PortalSpec(name="acme", deals=120, contacts=40, leads=2, companies=2)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


def _shown(portal: Portal) -> Pairs:
    store = portal.table("deal").store
    return {(i, int(each)) for i in store.ids() for each in store.value(i, "CONTACT_IDS") or []}


def _shown_rows(portal: Portal) -> Pairs:
    ids = portal.table("deal").store.ids()
    return {(i, row["id"]) for i in ids for row in productrows.rows_of(portal, "D", i)}


async def _stored(columns: str, table: str) -> Pairs:
    async with connection() as conn:
        found = await conn.execute(text(f"SELECT {columns} FROM {table} WHERE _deleted_at IS NULL"))
        return {(row[0], row[1]) for row in found}


async def _stored_links() -> Pairs:
    return await _stored("deal_id, contact_id", "crm_deal_contacts")


async def _stored_rows() -> Pairs:
    return await _stored("owner_id, id", "crm_deal_product_rows")


def _asked(emulator: Emulator, method: str) -> int:
    return sum(1 for entry in emulator.calls if entry.method == method)


async def test_links_changed_in_silence_are_found_and_only_those_are_asked(
    service: SyncService, client: BitrixClient, emulator: Emulator, portal: Portal
) -> None:
    await service.full_sync("deal_contact")
    linked = sorted({owner for owner, _ in _shown(portal)})
    others = [{"CONTACT_ID": each} for each in list(portal.table("contact").store.ids())[5:9]]
    await client.call("crm.deal.contact.items.set", {"id": linked[0], "items": others})
    await client.call("crm.deal.contact.items.delete", {"id": linked[1]})
    portal.delete("deal", linked[2])
    before = _asked(emulator, "crm.deal.contact.items.get")

    await service.audit("deal_contact")

    assert await _stored_links() == _shown(portal)
    assert _asked(emulator, "crm.deal.contact.items.get") - before == 1


async def test_rows_of_a_deal_that_vanished_in_silence_are_found(
    service: SyncService, emulator: Emulator, portal: Portal
) -> None:
    await service.full_sync("deal_product_row")
    gone = next(i for i in portal.table("deal").store.ids() if productrows.rows_of(portal, "D", i))
    portal.delete("deal", gone)
    before = _asked(emulator, "crm.item.productrow.list")

    counts = await service.audit("deal_product_row")

    assert await _stored_rows() == _shown_rows(portal)
    assert counts["deleted"]
    assert _asked(emulator, "crm.item.productrow.list") == before


async def test_an_interrupted_pass_goes_on_and_finds_what_went_meanwhile(
    service: SyncService, emulator: Emulator, portal: Portal
) -> None:
    await service.full_sync("deal_product_row")
    ids = sorted(portal.table("deal").store.ids())
    gone = next(i for i in ids if productrows.rows_of(portal, "D", i))
    portal.delete("deal", gone)
    async with transaction() as session:
        state = await queries.state_of(session, "deal_product_row")
        state.checkpoint = Checkpoint("deal", (Span(ids[100], None),)).to_json()
    before = _asked(emulator, "crm.item.productrow.list")

    await service.full_sync("deal_product_row")

    assert await _stored_rows() == _shown_rows(portal)
    assert _asked(emulator, "crm.item.productrow.list") - before < 20


async def test_rights_that_were_withdrawn_are_not_deletions(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal_product_row")
    stored = await _stored_rows()
    portal.hide("deal")

    with pytest.raises(TooManyMissing):
        await service.audit("deal_product_row")
    with pytest.raises(TooManyMissing):
        await service.full_sync("deal_product_row")
    assert await _stored_rows() == stored

    await service.full_sync("deal_product_row", accept_deletions=True)
    assert await _stored_rows() == set()


async def test_children_that_were_never_copied_are_told_so(service: SyncService) -> None:
    for work in (service.incremental_sync, service.audit):
        with pytest.raises(NeverCopied):
            await work("deal_product_row")


async def test_rows_of_deals_that_only_their_own_walk_did_not_meet_stay(
    service: SyncService, portal: Portal
) -> None:
    for entity in ("deal", "deal_product_row"):
        await service.full_sync(entity)
    owners = sorted({owner for owner, _ in _shown_rows(portal)})
    portal.hide("deal", owners[:3])
    await service.audit("deal_product_row")
    await service.full_sync("deal_product_row")
    portal.show("deal")

    # Of the deals nothing was ever missing, so nothing tells that they are shown again.
    await service.audit("deal")
    await service.audit("deal_product_row")

    assert await _stored_rows() == _shown_rows(portal)


@pytest.mark.parametrize("delete_mode", ["soft", "hard"])
async def test_rows_of_deals_that_are_shown_again_come_with_them(
    service: SyncService, portal: Portal, delete_mode: str
) -> None:
    with_goods = [
        i for i in portal.table("deal").store.ids() if productrows.rows_of(portal, "D", i)
    ]
    async with transaction() as session:
        for entity in ("deal", "deal_product_row"):
            (await config_of(session, entity)).delete_mode = delete_mode
    for entity in ("deal", "deal_product_row"):
        await service.full_sync(entity)
    portal.hide("deal", with_goods[:3])
    await service.audit("deal")
    await service.audit("deal_product_row")
    portal.show("deal")

    await service.audit("deal")

    assert await _stored_rows() == _shown_rows(portal)


async def test_rows_of_a_deal_that_comes_back_with_a_full_pass_are_found(
    service: SyncService, emulator: Emulator, portal: Portal
) -> None:
    for entity in ("deal", "deal_product_row"):
        await service.full_sync(entity)
    back = next(i for i in portal.table("deal").store.ids() if productrows.rows_of(portal, "D", i))
    portal.hide("deal", [back])
    await service.full_sync("deal")
    await service.audit("deal_product_row")
    portal.show("deal")
    emulator.clock.move(1)
    await service.full_sync("deal")
    before = _asked(emulator, "crm.item.productrow.list")

    await service.audit("deal_product_row")

    assert await _stored_rows() == _shown_rows(portal)
    assert _asked(emulator, "crm.item.productrow.list") - before == 1
