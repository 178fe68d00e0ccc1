"""Calls of the telephony and products of the catalogue.

https://apidocs.bitrix24.com/api-reference/telephony/voximplant/index.html
https://apidocs.bitrix24.com/api-reference/catalog/product/index.html
"""

from __future__ import annotations

from bridge24.emulator.calls import Answer, Call, RestError, as_int, as_list, as_map, method
from bridge24.emulator.filters import Reader
from bridge24.emulator.listing import Query, answer, order_of, start_of
from bridge24.emulator.methods.rows_of import chosen, only, page_of
from bridge24.emulator.seeding.papers import IBLOCK, OFFERS
from bridge24.emulator.store import Row

PRODUCT_NUMBERS = ("id", "iblockId", "iblockSectionId", "sort", "purchasingPrice", "quantity")
SECTION_NUMBERS = ("id", "iblockId", "iblockSectionId", "sort")


@method("voximplant.statistic.get", scope="telephony")
def list_calls(call: Call) -> Answer:
    """Calls; `SORT` and `ORDER` are two scalars."""
    table = call.portal.table("call")
    sort, direction = str(call.param("SORT", "ID")).upper(), call.param("ORDER", "ASC")
    order = as_map(direction) if isinstance(direction, dict) else {sort: direction}
    query = Query(
        filter=Reader(table.schema.get, call.portal.zone).read(call.param("FILTER")),
        order=order_of(order, {name: table.schema.get(name) for name in order}),
        start=start_of(call.param("start")),
        view=table.view("classic"),
        zone=call.portal.zone,
    )
    return answer(table, query)


@method("catalog.catalog.list", scope="catalog")
def list_catalogues(call: Call) -> Answer:
    """The catalogue of products, that of their variations, and those that came later."""
    goods = _catalogue(IBLOCK, "Товарный каталог CRM")
    offers = _catalogue(OFFERS, "Товарный каталог CRM (предложения)")
    offers |= {"productIblockId": IBLOCK, "skuPropertyId": 97}
    later = sorted({each["iblockId"] for each in call.portal.products} - {IBLOCK, OFFERS})
    rows = [goods, offers, *(_catalogue(number, f"Каталог {number}") for number in later)]
    return Answer({"catalogs": rows}, len(rows))


def _catalogue(number: int, name: str) -> Row:
    return {
        "iblockId": number,
        "iblockTypeId": "CRM_PRODUCT_CATALOG",
        "id": number,
        "lid": "s1",
        "name": name,
        "productIblockId": None,
        "skuPropertyId": None,
        "subscription": "N",
        "vatId": None,
        "yandexExport": "N",
    }


@method("catalog.section.list", scope="catalog")
def list_sections(call: Call) -> Answer:
    """Sections of a catalogue, which the filter must name."""
    if "iblockId" not in call.mapping("filter"):
        raise RestError(400, "0", "Required filter fields: iblockId")
    names = [str(name) for name in as_list(call.param("select"))]
    rows = chosen(call, call.portal.product_sections, numbers=SECTION_NUMBERS)
    return page_of(call, only(rows, names), key="sections")


@method("catalog.product.list", scope="catalog")
def list_products(call: Call) -> Answer:
    """Products; `select` must hold id and iblockId, `filter` the iblockId."""
    names = [str(name) for name in as_list(call.param("select"))]
    if names and "*" not in names and not {"id", "iblockId"} <= set(names):
        raise RestError(400, "0", "Required select fields: id, iblockId")
    if "iblockId" not in call.mapping("filter"):
        raise RestError(400, "0", "Required filter fields: iblockId")
    moments = ("dateCreate", "timestampX")
    rows = chosen(call, call.portal.products, numbers=PRODUCT_NUMBERS, moments=moments)
    return page_of(call, only(rows, names), key="products")


@method("catalog.product.get", scope="catalog")
def get_product(call: Call) -> Answer:
    """One product."""
    wanted = as_int(call.param("id"))
    for row in call.portal.products:
        if row["id"] == wanted:
            return Answer({"product": row})
    raise RestError(400, "200040300000", "product does not exist.")
