"""`crm.item.productrow.*` and `crm.{deal,lead,quote}.productrows.*`.

https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/index.html
"""

from __future__ import annotations

from functools import partial

from bridge24.emulator import kinds, productrows
from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    RestError,
    as_int,
    as_list,
    as_map,
    method,
    refused,
    register,
)
from bridge24.emulator.methods import crm
from bridge24.emulator.methods.described import described
from bridge24.emulator.methods.rows_of import chosen, page_of
from bridge24.emulator.schema import camel
from bridge24.emulator.store import Row
from bridge24.emulator.table import Kind

FIELDS = """
id integer r ID
ownerId integer Ri Owner ID
ownerType string Ri Owner Type
productId integer R Product
productName string . Product Name
price double . Price
priceExclusive double r Discounted price excluding tax
priceNetto double r PRICE_NETTO
priceBrutto double r PRICE_BRUTTO
quantity double . Quantity
discountTypeId integer . Discount Type
discountRate double . Discount Amount
discountSum double . Discount Total
taxRate double . Tax
taxIncluded char . Tax included in price
customized char . Modified
measureCode integer . Unit of Measure Code
measureName string . Unit of Measure
sort integer . Sorting
type integer r TYPE
storeId integer r STORE_ID
"""
NUMBERS = ("id", "ownerId", "productId", "price", "quantity", "sort")


@method("crm.item.productrow.list", scope="crm")
def list_rows(call: Call) -> Answer:
    """The rows of one owner, who must be named in the filter."""
    sent = {key.lstrip("="): value for key, value in call.mapping("filter").items()}
    owner_type, owner_id = str(sent.pop("ownerType", "")), as_int(sent.pop("ownerId", None))
    if not owner_type or owner_id is None:
        raise RestError(400, "100", "Could not find value for parameter {filter}")
    rows = productrows.rows_of(call.portal, *_owner(call, owner_type, owner_id))
    return page_of(call, chosen(call, rows, numbers=NUMBERS, sent=sent), key="productRows")


@method("crm.item.productrow.get", scope="crm")
def get_row(call: Call) -> Answer:
    """One row."""
    rows, place = _found(call)
    return Answer({"productRow": rows[place]})


@method("crm.item.productrow.fields", scope="crm")
def describe_row(_call: Call) -> Answer:
    """The fields of a row."""
    return Answer({"fields": described(FIELDS)})


@method("crm.item.productrow.add", scope="crm")
def add_row(call: Call) -> Answer:
    """The new row."""
    sent = dict(call.mapping("fields"))
    owner = _owner(call, str(sent.get("ownerType", "")), as_int(sent.get("ownerId")) or 0)
    rows = productrows.rows_of(call.portal, *owner)
    row = productrows.made(call.portal, *owner, sent)
    call.portal.product_rows[owner] = [*rows, row]
    return Answer({"productRow": row}, work=WRITE)


@method("crm.item.productrow.set", scope="crm")
def set_rows(call: Call) -> Answer:
    """All rows of an owner, replaced."""
    owner = _owner(call, str(call.param("ownerType", "")), call.whole("ownerId"))
    sent = [dict(as_map(each)) for each in as_list(call.param("productRows"))]
    return Answer({"productRows": productrows.put(call.portal, *owner, sent)}, work=WRITE)


@method("crm.item.productrow.update", scope="crm")
def update_row(call: Call) -> Answer:
    """The row after the edit."""
    rows, place = _found(call)
    sent = call.mapping("fields")
    known = {key: sent[key] for key in productrows.DEFAULTS if key in sent}
    row = productrows.priced(rows[place] | known)
    _keep(call, [*rows[:place], row, *rows[place + 1 :]], row)
    return Answer({"productRow": row}, work=WRITE)


@method("crm.item.productrow.delete", scope="crm")
def delete_row(call: Call) -> Answer:
    """An empty list."""
    rows, place = _found(call)
    _keep(call, [*rows[:place], *rows[place + 1 :]], rows[place])
    return Answer([], work=WRITE)


def get_classic(kind: Kind, call: Call) -> Answer:
    """The rows of one record, no total."""
    owner_id = crm.existing(call.portal.table(kind.name), call)
    rows = productrows.rows_of(call.portal, kind.owner_type, owner_id)
    return Answer([productrows.classic(row) for row in rows])


def set_classic(kind: Kind, call: Call) -> Answer:
    """True; every row gets a new id."""
    owner_id = crm.existing(call.portal.table(kind.name), call)
    if not isinstance(call.param("rows"), dict | list):
        raise refused("The parameter 'rows' must be array.")
    sent = []
    for each in as_list(call.param("rows")):
        sent.append({camel(key): value for key, value in as_map(each).items()})
    productrows.put(call.portal, kind.owner_type, owner_id, sent)
    return Answer(True, work=WRITE)


for _kind in (kinds.DEAL, kinds.LEAD, kinds.QUOTE):
    _stem = f"crm.{_kind.name}.productrows"
    register(f"{_stem}.get", partial(get_classic, _kind), scope="crm")
    register(f"{_stem}.set", partial(set_classic, _kind), scope="crm")


def _owner(call: Call, owner_type: str, owner_id: int) -> tuple[str, int]:
    """Check that the owner is there.

    Raises:
        RestError: It is not, or cannot have rows.
    """
    tables = productrows.owners(call.portal)
    letters = {name.lower(): name for name in tables}.get(owner_type.lower())
    if letters is None:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Owner type is not supported")
    if not tables[letters].store.exists(owner_id):
        raise RestError(400, "OWNER_NOT_FOUND", "Owner not found")
    return letters, owner_id


def _found(call: Call) -> tuple[list[Row], int]:
    """The rows around the one with the id, and its place among them."""
    wanted = call.whole("id")
    for rows in call.portal.product_rows.values():
        for place, row in enumerate(rows):
            if row["id"] == wanted:
                return rows, place
    owners = sorted(productrows.owners(call.portal))
    number, letters = divmod(wanted, 16)
    if letters < len(owners):
        owner = (owners[letters], number // productrows.MOST)
        if owner not in call.portal.product_rows:
            rows = productrows.rows_of(call.portal, *owner)
            for place, row in enumerate(rows):
                if row["id"] == wanted:
                    return rows, place
    raise RestError(400, "NOT_FOUND", "Product row not found")


def _keep(call: Call, rows: list[Row], row: Row) -> None:
    call.portal.product_rows[row["ownerType"], row["ownerId"]] = rows
