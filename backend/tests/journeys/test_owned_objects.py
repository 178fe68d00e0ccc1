"""Objects that no single list holds end equal to the portal's own tables."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection, get_dialect
from bridge24.emulator import Emulator, Portal, PortalSpec, productrows
from bridge24.sync.entities import discover
from bridge24.sync.fields import table_name
from bridge24.sync.service import SyncService

Rows = set[tuple[object, ...]]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a few records, more than a page of each kind."""
    spec = PortalSpec(name="acme", deals=120, contacts=70, leads=20, companies=60)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


async def stored(name: str, *columns: str) -> Rows:
    table = table_name(name, get_dialect())
    wanted = ", ".join(columns)
    async with connection() as conn:
        found = await conn.execute(text(f"SELECT {wanted} FROM {table} WHERE _deleted_at IS NULL"))
        return {tuple(_plain(value) for value in row) for row in found}


def _plain(value: object) -> object:
    """As both databases and the portal spell it."""
    if isinstance(value, int) or value is None:
        return value
    try:
        return float(str(value))
    except ValueError:
        return str(value)


def _numbers(row: dict[str, Any], *codes: str) -> tuple[object, ...]:
    return tuple(_plain(int(row[c]) if str(row[c]).isdecimal() else row[c]) for c in codes)


PRODUCT_ROW = ("id", "ownerId", "productId", "productName", "price", "quantity", "sort")
OWNERS = {"deal": (2, "D"), "lead": (1, "L"), "quote": (7, "Q"), "smart_invoice": (31, "SI")}


def shown_product_rows(portal: Portal, owner: str) -> Rows:
    number, letters = OWNERS[owner]
    ids = portal.table(number).store.ids()
    rows = [row for each in ids for row in productrows.rows_of(portal, letters, each)]
    return {_numbers(row, *PRODUCT_ROW) for row in rows}


async def stored_product_rows(owner: str) -> Rows:
    columns = ("id", "owner_id", "product_id", "product_name", "price", "quantity", "sort")
    return await stored(f"{owner}_product_row", *columns)


def shown_links(portal: Portal, owner: str, code: str) -> Rows:
    return {
        (row_id, int(other), 100 * place, 0, place == 1)
        for row_id in portal.table(owner).store.ids()
        for place, other in enumerate(portal.table(owner).store.value(row_id, code) or [], start=1)
    }


async def stored_links(name: str, owner: str, other: str) -> Rows:
    rows = await stored(name, f"{owner}_id", f"{other}_id", "sort", "role_id", "is_primary")
    return {(*row[:4], bool(row[4])) for row in rows}


ADDRESS = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID", "CITY", "ADDRESS_1")
LINK = ("ENTITY_TYPE_ID", "ENTITY_ID", "REQUISITE_ID", "BANK_DETAIL_ID")
LISTS: dict[str, tuple[tuple[str, ...], Callable[[Portal], list[dict[str, Any]]]]] = {
    "address": (ADDRESS, lambda portal: portal.addresses),
    "requisite_link": (LINK, lambda portal: portal.requisite_links),
    "currency": (("CURRENCY", "AMOUNT", "FULL_NAME"), lambda portal: portal.currencies),
    "product": (("id", "name", "iblockId", "quantity", "code"), lambda portal: portal.products),
    "product_section": (("id", "name", "iblockId"), lambda portal: portal.product_sections),
}


def shown_list(portal: Portal, name: str) -> Rows:
    codes, rows = LISTS[name]
    return {_numbers(row, *codes) for row in rows(portal)}


async def stored_list(name: str) -> Rows:
    codes, _ = LISTS[name]
    return await stored(name, *(code.replace("iblockId", "iblock_id").lower() for code in codes))


def rows_of(name: str, portal: Portal) -> list[dict[str, Any]]:
    return LISTS[name][1](portal)


async def test_product_rows_are_copied_whole_and_only_once(
    service: SyncService, portal: Portal
) -> None:
    for owner in OWNERS:
        counts = await service.full_sync(f"{owner}_product_row")

        shown = shown_product_rows(portal, owner)
        assert await stored_product_rows(owner) == shown, owner
        assert (counts["inserted"], counts["quarantined"]) == (len(shown), 0), owner
        assert len(shown) > 5, owner

        again = await service.full_sync(f"{owner}_product_row")
        assert (again["inserted"], again["updated"], again["deleted"]) == (0, 0, 0), owner


async def test_items_of_a_smart_process_have_product_rows_too(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    ids = list(portal.table(1030).store.ids())
    productrows.put(portal, "T406", ids[2], [{"productName": "Аренда", "price": 12.5}])

    await service.full_sync("dynamic_1030_product_row")

    rows = [row for each in ids for row in productrows.rows_of(portal, "T406", each)]
    columns = ("id", "owner_id", "product_id", "product_name", "price", "quantity", "sort")
    stored_rows = await stored("dynamic_1030_product_row", *columns)
    assert stored_rows == {_numbers(row, *PRODUCT_ROW) for row in rows}
    assert len(rows) > 1


async def test_product_rows_follow_the_owners_that_were_edited(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal_product_row")
    ids = list(portal.table("deal").store.ids())
    added, emptied, replaced = ids[3], ids[50], ids[100]
    good = {"productId": 9, "productName": "Кабель", "price": 5.5, "quantity": 2}
    productrows.put(portal, "D", added, [*productrows.rows_of(portal, "D", added), good])
    productrows.put(portal, "D", emptied, [])
    productrows.put(portal, "D", replaced, [good, good | {"price": 7}])
    for deal in (added, emptied, replaced):
        portal.update("deal", deal, {"TITLE": f"Правка {deal}"})

    await service.incremental_sync("deal_product_row")

    assert await stored_product_rows("deal") == shown_product_rows(portal, "deal")


async def test_an_owner_with_more_rows_than_a_page_keeps_them_all(
    service: SyncService, portal: Portal
) -> None:
    deal = next(iter(portal.table("deal").store.ids()))
    goods = [{"productName": f"Товар {n}", "price": n} for n in range(130)]
    productrows.put(portal, "D", deal, goods)

    await service.full_sync("deal_product_row")

    assert await stored_product_rows("deal") == shown_product_rows(portal, "deal")


async def test_rows_of_a_deleted_deal_go_with_it(service: SyncService, portal: Portal) -> None:
    await service.full_sync("deal")
    await service.full_sync("deal_product_row")
    gone = next(i for i in portal.table("deal").store.ids() if productrows.rows_of(portal, "D", i))
    portal.delete("deal", gone)
    await service.full_sync("deal")

    await service.incremental_sync("deal_product_row")

    assert await stored_product_rows("deal") == shown_product_rows(portal, "deal")


async def test_a_full_pass_finds_rows_whose_owner_vanished_or_was_not_touched(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("deal_product_row")
    ids = list(portal.table("deal").store.ids())
    portal.delete("deal", ids[-1])
    productrows.put(portal, "D", ids[5], [{"productName": "Тихая правка", "price": 1}])

    await service.full_sync("deal_product_row")

    assert await stored_product_rows("deal") == shown_product_rows(portal, "deal")


LINKS = [("deal", "contact", "CONTACT_IDS"), ("contact", "company", "COMPANY_IDS")]


@pytest.mark.parametrize("link", LINKS)
async def test_links_keep_order_role_and_the_primary(
    service: SyncService, client: BitrixClient, portal: Portal, link: tuple[str, str, str]
) -> None:
    owner, other, code = link
    name = f"{owner}_{other}"
    counts = await service.full_sync(name)

    assert await stored_links(name, owner, other) == shown_links(portal, owner, code)
    assert counts["quarantined"] == 0

    ids = list(portal.table(owner).store.ids())
    linked = [i for i in ids if portal.table(owner).store.value(i, code)]
    first, second, third = linked[:3]
    others = list(portal.table(other).store.ids())[:3]
    field = f"{other.upper()}_ID"
    items = [{field: each, "IS_PRIMARY": "Y" if each == others[1] else "N"} for each in others]
    await client.call(f"crm.{owner}.{other}.items.set", {"id": first, "items": items})
    await client.call(f"crm.{owner}.{other}.items.delete", {"id": second})
    portal.delete(owner, third)
    title = "TITLE" if owner == "deal" else "NAME"
    for each in (first, second):
        portal.update(owner, each, {title: f"Правка {each}"})

    await service.incremental_sync(name)
    left = {row for row in await stored_links(name, owner, other) if row[0] != third}
    assert left == shown_links(portal, owner, code)

    await service.full_sync(name)
    assert await stored_links(name, owner, other) == shown_links(portal, owner, code)


async def test_a_list_without_ids_of_its_own_follows_every_change(
    service: SyncService, portal: Portal
) -> None:
    for name in ("address", "currency", "product", "product_section"):
        rows = rows_of(name, portal)
        counts = await service.full_sync(name)
        assert await stored_list(name) == shown_list(portal, name), name
        assert (counts["inserted"], counts["quarantined"]) == (len(rows), 0), name

        rows[0] |= {"CITY": "Тверь", "FULL_NAME": "Рубли", "name": "Новое имя"}
        rows.append(rows[1] | _another(name))
        del rows[1]
        await service.full_sync(name)
        assert await stored_list(name) == shown_list(portal, name), name


def _another(name: str) -> dict[str, Any]:
    match name:
        case "address":
            return {"TYPE_ID": "77", "ENTITY_TYPE_ID": "1042", "ENTITY_ID": "7"}
        case "currency":
            return {"CURRENCY": "KZT", "FULL_NAME": "Тенге"}
        case _:
            return {"id": 99_001, "code": "new"}


async def test_more_addresses_of_a_kind_than_a_page_are_all_kept(
    service: SyncService, portal: Portal
) -> None:
    first = portal.addresses[0] | {"TYPE_ID": "11", "ENTITY_TYPE_ID": "3"}
    portal.addresses += [first | {"ENTITY_ID": str(n)} for n in range(1, 140)]

    await service.full_sync("address")

    assert await stored_list("address") == shown_list(portal, "address")


async def test_links_of_requisites_follow_the_documents(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    for deal in range(1, 60):
        link = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": deal, "REQUISITE_ID": deal + 1}
        await client.call("crm.requisite.link.register", {"fields": link})
    await service.full_sync("requisite_link")
    assert await stored_list("requisite_link") == shown_list(portal, "requisite_link")

    await client.call("crm.requisite.link.unregister", {"entityTypeId": 2, "entityId": 5})
    moved = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": 6, "REQUISITE_ID": 3}
    await client.call("crm.requisite.link.register", {"fields": moved})
    await service.incremental_sync("requisite_link")

    assert await stored_list("requisite_link") == shown_list(portal, "requisite_link")


async def test_products_edited_since_are_found_by_their_own_time(
    service: SyncService, portal: Portal
) -> None:
    await service.full_sync("product")
    portal.products[0] |= {"name": "Дороже", "timestampX": portal.now_text()}
    portal.products[-1] |= {"name": "Вариация", "timestampX": portal.now_text()}

    counts = await service.incremental_sync("product")

    assert counts["updated"] == 2
    assert await stored_list("product") == shown_list(portal, "product")
