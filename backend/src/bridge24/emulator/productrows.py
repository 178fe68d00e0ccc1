"""Product rows of deals, leads, quotes, invoices and smart processes.

Rows of the seed are made from the owner's id; owners somebody edited keep theirs.
https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/index.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge24.emulator.calls import Json
from bridge24.emulator.seeding.source import Dice
from bridge24.emulator.seeding.words import GOODS
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal

MOST = 4
"""Rows an owner of the seed has at most, plus one."""

DEFAULTS: Row = {
    "productId": 0,
    "productName": "",
    "price": 0,
    "quantity": 1,
    "discountTypeId": 2,
    "discountRate": 0,
    "discountSum": 0,
    "taxRate": None,
    "taxIncluded": "Y",
    "customized": "Y",
    "measureCode": 796,
    "measureName": "шт",
    "sort": 10,
    "type": 1,
    "storeId": 0,
}


def owners(portal: Portal) -> dict[str, Table]:
    """The tables whose records may have rows, by the letters of their type."""
    tables = (table for table in portal.tables.values() if table.kind.stage)
    return {table.kind.owner_type: table for table in tables}


def rows_of(portal: Portal, owner_type: str, owner_id: int) -> list[Row]:
    """The rows of an owner as `crm.item.productrow.*` shows them."""
    kept = portal.product_rows.get((owner_type, owner_id))
    return _seeded(portal, owner_type, owner_id) if kept is None else kept


def put(portal: Portal, owner_type: str, owner_id: int, sent: list[Row]) -> list[Row]:
    """Replace all rows of an owner: old ids are gone, every row gets a new one."""
    rows = [made(portal, owner_type, owner_id, row) for row in sent]
    portal.product_rows[owner_type, owner_id] = rows
    return rows


def made(portal: Portal, owner_type: str, owner_id: int, sent: Row) -> Row:
    """A new row with its derived prices."""
    row_id = 10**12 + next(portal.numbers)
    own: Row = {"id": row_id, "ownerId": owner_id, "ownerType": owner_type}
    return priced(own | DEFAULTS | {key: sent[key] for key in DEFAULTS if key in sent})


def priced(row: Row) -> Row:
    """Bring the derived prices in line with the price."""
    price = _number(row["price"])
    before = round(price + _number(row["discountSum"]), 2)
    return row | {
        "price": price,
        "quantity": _number(row["quantity"]),
        "priceAccount": price,
        "priceExclusive": price,
        "priceNetto": before,
        "priceBrutto": before,
        "xmlId": f"sale_basket_{row['id']}",
    }


def classic(row: Row) -> Row:
    """A row as `crm.deal.productrows.get` shows it: mixed types."""
    names = (
        "PRODUCT_ID:productId PRODUCT_NAME:productName ORIGINAL_PRODUCT_NAME:productName "
        "PRICE:price PRICE_EXCLUSIVE:priceExclusive PRICE_NETTO:priceNetto "
        "PRICE_BRUTTO:priceBrutto QUANTITY:quantity DISCOUNT_TYPE_ID:discountTypeId "
        "DISCOUNT_RATE:discountRate DISCOUNT_SUM:discountSum TAX_RATE:taxRate "
        "TAX_INCLUDED:taxIncluded CUSTOMIZED:customized MEASURE_CODE:measureCode "
        "MEASURE_NAME:measureName SORT:sort XML_ID:xmlId TYPE:type STORE_ID:storeId"
    )
    shown: Row = {
        "ID": str(row["id"]),
        "OWNER_ID": str(row["ownerId"]),
        "OWNER_TYPE": row["ownerType"],
    }
    for pair in names.split():
        code, _, name = pair.partition(":")
        shown[code] = row[name]
    return shown | {
        "PRODUCT_DESCRIPTION": None,
        "PRICE_ACCOUNT": f"{float(row['priceAccount']):.2f}",
        "RESERVE_ID": row["id"],
        "DATE_RESERVE_END": "2026-12-26",
        "RESERVE_QUANTITY": 0,
    }


def _seeded(portal: Portal, owner_type: str, owner_id: int) -> list[Row]:
    table = owners(portal).get(owner_type)
    if table is None or not table.store.is_fresh(owner_id):
        return []
    dice = Dice(portal.seed, f"rows:{owner_type}")
    place = sorted(owners(portal)).index(owner_type)
    rows = []
    for number in range(dice.pick(owner_id, MOST)):
        drawn = dice.pick(owner_id * MOST + number, 10**7)
        discount = drawn % 3 * 10
        price = round(drawn / 100 * (100 - discount) / 100, 2)
        own: Row = {
            "id": (owner_id * MOST + number) * 16 + place,
            "ownerId": owner_id,
            "ownerType": owner_type,
            "productId": 1_001 + 2 * (drawn % 60),
            "productName": GOODS[drawn % len(GOODS)],
            "price": price,
            "quantity": 1 + drawn % 5,
            "discountRate": discount,
            "discountSum": round(drawn / 100 - price, 2),
            "taxRate": 20 if drawn % 2 else None,
            "sort": 10 * (number + 1),
        }
        rows.append(priced(DEFAULTS | own))
    return rows


def _number(value: Json) -> float | int:
    number = float(value or 0)
    return int(number) if number.is_integer() else number
