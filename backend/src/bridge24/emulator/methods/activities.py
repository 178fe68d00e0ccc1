"""Activities, requisites, bank details and addresses.

https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/index.html
"""

from __future__ import annotations

from functools import partial

from bridge24.emulator import kinds
from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    Json,
    Work,
    as_list,
    as_map,
    method,
    register,
)
from bridge24.emulator.catalogue.requisites import ADDRESS
from bridge24.emulator.methods import crm
from bridge24.emulator.methods.described import described, plain_fields
from bridge24.emulator.methods.rows_of import chosen, only, page_of
from bridge24.emulator.rendering import RenderedRow
from bridge24.emulator.store import Row

LINK_FIELDS = """
ENTITY_TYPE_ID integer Ri Object Type ID
ENTITY_ID integer Ri Object ID
REQUISITE_ID integer R Requisite ID
BANK_DETAIL_ID integer R Bank Detail ID
MC_REQUISITE_ID integer R My Company Requisite ID
MC_BANK_DETAIL_ID integer R My Company Bank Detail ID
"""
ADDRESS_NUMBERS = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID", "ANCHOR_TYPE_ID", "ANCHOR_ID")


@method("crm.activity.list", scope="crm")
def list_activities(call: Call) -> Answer:
    """Activities, by START_TIME unless asked otherwise; `BINDINGS` filters by owners."""
    sent = dict(call.mapping("filter"))
    owners = sent.pop("BINDINGS", None)
    if owners is not None:
        sent["@ID"] = _bound_to(call, owners) or [0]
    order = call.param("order") or {"START_TIME": "ASC", "ID": "ASC"}
    params = {
        "filter": sent,
        "order": order,
        "select": call.param("select") or ["*"],
        "start": call.param("start"),
    }
    return crm.list_records(kinds.ACTIVITY, Call(call.portal, call.method, params, call.identity))


@method("crm.activity.get", scope="crm")
def get_activity(call: Call) -> Answer:
    """One activity with its scalar fields."""
    table = call.portal.table("activity")
    view = crm.selected(table, ["*"])
    row = table.json(crm.existing(table, call), view)
    return Answer(RenderedRow(row), work=Work("record", columns=len(view.columns)))


for _name in ("add", "update", "delete", "fields"):
    _action = partial(crm.ACTIONS[_name], kinds.ACTIVITY)
    register(f"crm.activity.{_name}", _action, scope="crm")
for _name, _any in crm.ACTIONS.items():
    register(f"crm.requisite.{_name}", partial(_any, kinds.REQUISITE), scope="crm")
    _action = partial(_any, kinds.BANK_DETAIL)
    register(f"crm.requisite.bankdetail.{_name}", _action, scope="crm")


@method("crm.requisite.link.list", scope="crm")
def list_links(call: Call) -> Answer:
    """Which requisites stand in which documents: none yet on a fresh portal."""
    rows = chosen(call, call.portal.requisite_links, numbers=tuple(plain_fields(LINK_FIELDS)))
    names = [str(name) for name in as_list(call.param("select"))]
    return page_of(call, only(rows, names))


@method("crm.requisite.link.register", scope="crm")
def register_link(call: Call) -> Answer:
    """True; a document has one set of requisites, a new one replaces it."""
    sent = call.mapping("fields")
    row: Row = {code: str(sent.get(code) or 0) for code in plain_fields(LINK_FIELDS)}
    links = call.portal.requisite_links
    links[:] = [each for each in links if _document(each) != _document(row)]
    links.append(row)
    return Answer(True, work=WRITE)


@method("crm.requisite.link.unregister", scope="crm")
def unregister_link(call: Call) -> Answer:
    """True; the document has no requisites any more."""
    gone = (str(call.whole("entityTypeId")), str(call.whole("entityId")))
    links = call.portal.requisite_links
    links[:] = [each for each in links if _document(each) != gone]
    return Answer(True, work=WRITE)


@method("crm.requisite.link.fields", scope="crm")
def describe_link(_call: Call) -> Answer:
    """The fields of a link."""
    return Answer(described(LINK_FIELDS))


def _document(link: Row) -> tuple[str, str]:
    return link["ENTITY_TYPE_ID"], link["ENTITY_ID"]


@method("crm.address.list", scope="crm")
def list_addresses(call: Call) -> Answer:
    """Addresses; they have no id of their own."""
    rows = chosen(call, call.portal.addresses, numbers=ADDRESS_NUMBERS)
    names = [str(name) for name in as_list(call.param("select"))]
    return page_of(call, only(rows, names))


@method("crm.address.fields", scope="crm")
def describe_address(_call: Call) -> Answer:
    """The fields of an address."""
    return Answer(described(ADDRESS))


def _bound_to(call: Call, owners: Json) -> list[int]:
    """Ids of the activities bound to any of the owners."""
    wanted = {
        (str(as_map(each).get("OWNER_TYPE_ID")), str(as_map(each).get("OWNER_ID")))
        for each in as_list(owners)
    }
    store = call.portal.table("activity").store
    return [
        row_id
        for row_id in store.ids()
        for each in store.value(row_id, "BINDINGS") or []
        if (each["OWNER_TYPE_ID"], each["OWNER_ID"]) in wanted
    ]
