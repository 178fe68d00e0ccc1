"""Requisites, bank details, addresses and products of a fresh portal."""

from __future__ import annotations

from random import Random

from bridge24.emulator import kinds
from bridge24.emulator.catalogue.requisites import BANK_DETAIL, REQUISITE
from bridge24.emulator.portal import Portal
from bridge24.emulator.schema import parse
from bridge24.emulator.seeding.words import CITIES, GOODS, STREETS
from bridge24.emulator.seeding.work import empty_table
from bridge24.emulator.store import Row, id_at
from bridge24.emulator.views import empty
from bridge24.emulator.zones import DAY

MOST = 200
IBLOCK = 23
OFFERS = 25
"""The catalogue of variations of products."""
PRODUCTS = 60
VARIATIONS = 4


def filed(portal: Portal) -> None:
    """Fill the tables; companies beyond the first two hundred have no requisites."""
    chance = Random(f"{portal.seed}:papers")
    requisites = empty_table(portal, kinds.REQUISITE, parse(REQUISITE))
    details = empty_table(portal, kinds.BANK_DETAIL, parse(BANK_DETAIL))
    nothing = {each.code: empty(each) for each in requisites.schema}
    empty_detail = {each.code: empty(each) for each in details.schema}
    for number in range(min(portal.spec.companies, MOST)):
        row_id = id_at(number)
        requisite = nothing | _requisite(portal, row_id, chance)
        requisites.store.put(row_id, requisite)
        details.store.put(row_id, empty_detail | _detail(portal, row_id, chance))
        portal.addresses.append(_address(row_id, chance))
    portal.products += [_product(portal, number, chance) for number in range(PRODUCTS)]
    for number in range(PRODUCTS, PRODUCTS + VARIATIONS):
        portal.products.append(_product(portal, number, chance) | {"iblockId": OFFERS, "type": 4})
    portal.product_sections += [_section(45, None, "Услуги"), _section(47, 45, "Оборудование")]


def _service(portal: Portal, row_id: int) -> Row:
    moment = portal.zone.moment(portal.spec.anchor - row_id * DAY % (600 * DAY) - DAY)
    return {
        "ID": str(row_id),
        "DATE_CREATE": moment,
        "DATE_MODIFY": moment,
        "CREATED_BY_ID": "1",
        "MODIFY_BY_ID": "1",
        "ACTIVE": "Y",
        "SORT": "500",
        "XML_ID": None,
        "CODE": None,
    }


def _requisite(portal: Portal, row_id: int, chance: Random) -> Row:
    name = f"ООО «Реквизит-{row_id}»"
    return _service(portal, row_id) | {
        "ENTITY_TYPE_ID": "4",
        "ENTITY_ID": str(row_id),
        "PRESET_ID": "1",
        "NAME": "Организация",
        "ADDRESS_ONLY": "N",
        "RQ_COMPANY_NAME": name,
        "RQ_COMPANY_FULL_NAME": name.replace("ООО", "Общество с ограниченной ответственностью"),
        "RQ_INN": f"{chance.randrange(10**10):010}",
        "RQ_KPP": f"{chance.randrange(10**9):09}",
        "RQ_OGRN": f"{chance.randrange(10**13):013}",
    }


def _detail(portal: Portal, row_id: int, chance: Random) -> Row:
    return _service(portal, row_id) | {
        "ENTITY_TYPE_ID": "8",
        "ENTITY_ID": str(row_id),
        "COUNTRY_ID": "1",
        "NAME": "Основной счёт",
        "RQ_BANK_NAME": "Банк «Пример»",
        "RQ_BIK": f"{chance.randrange(10**9):09}",
        "RQ_ACC_NUM": f"40702{chance.randrange(10**15):015}",
        "RQ_ACC_CURRENCY": "RUB",
    }


def _address(row_id: int, chance: Random) -> Row:
    return {
        "TYPE_ID": chance.choice(("1", "6")),
        "ENTITY_TYPE_ID": "8",
        "ENTITY_ID": str(row_id),
        "ADDRESS_1": f"{chance.choice(STREETS)}, {chance.randint(1, 99)}",
        "ADDRESS_2": chance.choice(("", "701")),
        "CITY": chance.choice(CITIES),
        "POSTAL_CODE": "101000",
        "REGION": None,
        "PROVINCE": None,
        "COUNTRY": "Россия",
        "COUNTRY_CODE": None,
        "LOC_ADDR_ID": str(row_id),
        "ANCHOR_TYPE_ID": "4",
        "ANCHOR_ID": str(row_id),
    }


def _section(section_id: int, parent: int | None, name: str) -> Row:
    return {
        "active": "Y",
        "code": f"section-{section_id}",
        "description": None,
        "descriptionType": "text",
        "iblockId": IBLOCK,
        "iblockSectionId": parent,
        "id": section_id,
        "name": name,
        "sort": 500,
        "xmlId": str(section_id),
    }


_PRODUCT_CONSTANTS: Row = {
    "active": "Y",
    "available": "Y",
    "barcodeMulti": "N",
    "bundle": "N",
    "canBuyZero": "Y",
    "createdBy": 1,
    "dateActiveFrom": None,
    "dateActiveTo": None,
    "detailPicture": None,
    "detailText": None,
    "detailTextType": "text",
    "height": None,
    "iblockId": IBLOCK,
    "length": None,
    "measure": 5,
    "modifiedBy": 1,
    "previewText": None,
    "previewTextType": "text",
    "purchasingCurrency": "RUB",
    "quantityReserved": 0,
    "quantityTrace": "Y",
    "recurSchemeLength": None,
    "recurSchemeType": "D",
    "sort": 100,
    "subscribe": "Y",
    "trialPriceId": None,
    "type": 1,
    "vatId": 1,
    "vatIncluded": "Y",
    "width": None,
    "withoutOrder": "N",
}


def _product(portal: Portal, number: int, chance: Random) -> Row:
    product_id = 1_001 + 2 * number
    moment = portal.zone.moment(portal.spec.anchor - number * DAY)
    path = "/rest/catalog.product.download?fields%5BfieldName%5D=previewPicture"
    link = f"{path}&fields%5BfileId%5D={number}&fields%5BproductId%5D={product_id}"
    picture = {"id": str(number), "url": link, "urlMachine": link}
    return _PRODUCT_CONSTANTS | {
        "code": f"good-{product_id}",
        "dateCreate": moment,
        "iblockSectionId": 47 if number % 3 else None,
        "id": product_id,
        "name": GOODS[number % len(GOODS)],
        "previewPicture": picture if number % 4 == 0 else None,
        "property258": {"value": "test", "valueId": str(9_000 + number)},
        "property259": [{"value": "a", "valueId": str(8_000 + number)}] if number % 2 else [],
        "purchasingPrice": chance.randrange(100, 90_000),
        "quantity": chance.randrange(50),
        "timestampX": moment,
        "weight": 100 + number,
        "xmlId": str(product_id),
    }
