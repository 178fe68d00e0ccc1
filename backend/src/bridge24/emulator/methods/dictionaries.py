"""Dictionaries: statuses, funnels, currencies, smart-process types.

https://apidocs.bitrix24.com/api-reference/crm/status/index.html
"""

from __future__ import annotations

from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    RestError,
    as_int,
    as_map,
    method,
    refused,
)
from bridge24.emulator.methods import status_types
from bridge24.emulator.methods.described import described, plain_fields
from bridge24.emulator.methods.rows_of import chosen, page_of
from bridge24.emulator.schema import snake
from bridge24.emulator.seeding.dictionaries import Funnel
from bridge24.emulator.store import Row

STATUS_FIELDS = """
ID integer r ID
ENTITY_ID string Ri Entity ID
STATUS_ID string Ri Status
SORT integer . Sorting
NAME string R Name
NAME_INIT string r Default Name
SYSTEM char r System
CATEGORY_ID integer i CATEGORY_ID
COLOR string . COLOR
SEMANTICS char i SEMANTICS
EXTRA crm_status_extra . Additional Fields
"""
CATEGORY_FIELDS = """
id integer r ID
name string . NAME
sort integer . SORT
entityTypeId integer Rr ENTITY_TYPE_ID
isDefault boolean r IS_DEFAULT
originId string . ORIGIN_ID
originatorId string . ORIGINATOR_ID
"""
CURRENCY_FIELDS = """
CURRENCY string . Currency
AMOUNT_CNT int . Face value
AMOUNT double . Exchange rate
BASE char r Base currency
SORT int . Sorting
DATE_UPDATE datetime r Date modified
LID string r Website
FORMAT_STRING string r Currency output format string
FULL_NAME string r Name
DEC_POINT string r Decimal point for output
THOUSANDS_SEP string r Custom thousands separator for output
DECIMALS int r Number of decimal places
LANG currency_localization M Language binding
"""
TYPE_FIELDS = """
id integer r ID
title string R Title
code string . Symbolic Code
createdBy user r Created By
entityTypeId integer Ri Type Identifier
customSectionId integer i Digital Workspace
isCategoriesEnabled boolean . Use custom funnels and sales tunnels in the smart process
isStagesEnabled boolean . Use custom stages and Kanban in the smart process
isBeginCloseDatesEnabled boolean . Fields 'Start Date' and 'End Date'
isClientEnabled boolean . Field 'Client'
isUseInUserfieldEnabled boolean . Use in user field
isLinkWithProductsEnabled boolean . Link with catalog products
isMycompanyEnabled boolean . Field 'Your Company Details'
isDocumentsEnabled boolean . Document Printing
isSourceEnabled boolean . Fields 'Source' and 'Additional Information about Source'
isObserversEnabled boolean . Field 'Observers'
isRecyclebinEnabled boolean . Use Recycle Bin
isAutomationEnabled boolean . Use Automation rules and triggers in the smart process
isBizProcEnabled boolean . Use business process designer in the smart process
isSetOpenPermissions boolean . Make new funnels available to everyone
createdTime datetime . Creation Date
updatedTime datetime . Modification Date
updatedBy user r Modified By
"""
STATUS_EDITABLE = ("NAME", "SORT", "COLOR", "SEMANTICS", "EXTRA")


@method("crm.status.list", scope="crm")
def list_statuses(call: Call) -> Answer:
    """Every status that matches, in one page whatever `start` says."""
    rows = chosen(call, call.portal.statuses, numbers=("ID", "SORT"))
    return Answer(rows, len(rows))


@method("crm.status.get", scope="crm")
def get_status(call: Call) -> Answer:
    """One status."""
    return Answer(_status(call))


@method("crm.status.fields", scope="crm")
def describe_status(_call: Call) -> Answer:
    """The fields of a status."""
    return Answer(described(STATUS_FIELDS))


@method("crm.status.add", scope="crm")
def add_status(call: Call) -> Answer:
    """The id of a new status."""
    sent = dict(call.mapping("fields"))
    if not sent.get("ENTITY_ID") or not sent.get("STATUS_ID"):
        raise refused("ENTITY_ID and STATUS_ID are required.")
    row_id = max(int(row["ID"]) for row in call.portal.statuses) + 2
    row: Row = {code: None for code in plain_fields(STATUS_FIELDS) if code != "EXTRA"}
    given = {code: str(value) for code, value in sent.items() if code in row}
    row |= {"SYSTEM": "N", "SORT": "500", "NAME_INIT": ""} | given
    call.portal.statuses.append(row | {"ID": str(row_id)})
    return Answer(row_id, work=WRITE)


@method("crm.status.update", scope="crm")
def update_status(call: Call) -> Answer:
    """True."""
    row, sent = _status(call), call.mapping("fields")
    row |= {code: sent[code] for code in STATUS_EDITABLE if code in sent}
    return Answer(True, work=WRITE)


@method("crm.status.delete", scope="crm")
def delete_status(call: Call) -> Answer:
    """True; records keep the code of a status that is gone."""
    row = _status(call)
    if row["SYSTEM"] == "Y" and as_map(call.param("params")).get("FORCED") != "Y":
        raise refused("CRM System Status can be deleted only if parameter FORCED is specified.")
    call.portal.statuses.remove(row)
    return Answer(True, work=WRITE)


@method("crm.status.entity.items", scope="crm")
def status_items(call: Call) -> Answer:
    """Names and codes of one dictionary."""
    wanted = call.param("entityId")
    rows = (row for row in call.portal.statuses if row["ENTITY_ID"] == wanted)
    shown = [
        {"NAME": row["NAME"], "SORT": int(row["SORT"]), "STATUS_ID": row["STATUS_ID"]}
        for row in rows
    ]
    return Answer(sorted(shown, key=lambda row: row["SORT"]))


@method("crm.status.entity.types", scope="crm")
def status_entity_types(call: Call) -> Answer:
    """Which dictionaries there are, one for each funnel included."""
    return Answer(status_types.rows(call.portal))


@method("crm.category.list", scope="crm")
def list_categories(call: Call) -> Answer:
    """The funnels of one kind, in one page whatever `start` says."""
    type_id = call.whole("entityTypeId")
    rows = [_category(funnel, type_id) for funnel in _funnels(call, type_id)]
    return Answer({"categories": rows}, len(rows))


@method("crm.category.get", scope="crm")
def get_category(call: Call) -> Answer:
    """One funnel."""
    type_id, funnel_id = call.whole("entityTypeId"), call.whole("id")
    for funnel in _funnels(call, type_id):
        if funnel.id == funnel_id:
            return Answer({"category": _category(funnel, type_id)})
    raise RestError(400, "NOT_FOUND", "Element not found")


@method("crm.category.fields", scope="crm")
def describe_category(_call: Call) -> Answer:
    """The fields of a funnel."""
    fields = described(CATEGORY_FIELDS)
    for each in fields.values():
        each["upperName"] = each["title"]
    return Answer({"fields": fields})


@method("crm.currency.list", scope="crm")
def list_currencies(call: Call) -> Answer:
    """Every currency, in one page; the total is 0 as in the documentation."""
    return Answer(chosen(call, call.portal.currencies, numbers=("SORT",)), 0)


@method("crm.currency.get", scope="crm")
def get_currency(call: Call) -> Answer:
    """One currency."""
    for row in call.portal.currencies:
        if row["CURRENCY"] == call.param("id"):
            return Answer(row | {"LANG": {row["LID"]: _localised(row)}})
    raise refused("Not found")


@method("crm.currency.fields", scope="crm")
def describe_currency(_call: Call) -> Answer:
    """The fields of a currency."""
    return Answer(described(CURRENCY_FIELDS))


@method("crm.currency.base.get", scope="crm")
def base_currency(call: Call) -> Answer:
    """The code of the currency everything is counted in."""
    return Answer(call.portal.base_currency)


@method("crm.type.list", scope="crm")
def list_types(call: Call) -> Answer:
    """The smart processes; `order` and `filter` know camelCase names only."""
    for name in call.mapping("order"):
        if name.isupper():
            text = f"Unknown field definition `{name}` for \\Bitrix\\Crm\\Model\\Dynamic\\Type."
            raise RestError(400, "100", text)
    rows = chosen(call, call.portal.types, numbers=("id", "entityTypeId"))
    return page_of(call, rows, key="types")


@method("crm.type.get", scope="crm")
def get_type(call: Call) -> Answer:
    """One smart process with its relations."""
    wanted = call.whole("id")
    return Answer({"type": _whole_type(call, "id", wanted)})


@method("crm.type.getByEntityTypeId", scope="crm")
def get_type_by_entity(call: Call) -> Answer:
    """One smart process by its `entityTypeId`."""
    wanted = call.whole("entityTypeId")
    return Answer({"type": _whole_type(call, "entityTypeId", wanted)})


@method("crm.type.fields", scope="crm")
def describe_type(_call: Call) -> Answer:
    """The fields of a smart process."""
    fields = described(TYPE_FIELDS)
    for code, each in fields.items():
        each["upperName"] = snake(code)
    return Answer({"fields": fields})


def _whole_type(call: Call, key: str, wanted: int) -> Row:
    for row in call.portal.types:
        if row[key] == wanted:
            extras: Row = {"relations": {"parent": [], "child": []}}
            return row | extras | {"linkedUserFields": [], "customSections": []}
    raise RestError(400, "NOT_FOUND", "Smart process not found")


def _status(call: Call) -> Row:
    wanted = as_int(call.param("id"))
    if wanted is None or wanted <= 0:
        raise refused("ID is not defined or invalid.")
    for row in call.portal.statuses:
        if row["ID"] == str(wanted):
            return row
    raise RestError(400, "Status is not found.", "")


def _funnels(call: Call, type_id: int) -> list[Funnel]:
    if type_id not in call.portal.funnels or type_id in {1, 7}:
        text = f"Entity type `{type_id}` is not supported"
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", text)
    return call.portal.funnels[type_id]


def _category(funnel: Funnel, type_id: int) -> Row:
    row: Row = {
        "id": funnel.id,
        "name": funnel.name,
        "sort": funnel.sort,
        "entityTypeId": type_id,
        "isDefault": "Y" if funnel.default else "N",
    }
    return row if funnel.id == 0 else row | {"originId": "", "originatorId": ""}


def _localised(row: Row) -> Row:
    return {
        code: row[code]
        for code in ("FULL_NAME", "FORMAT_STRING", "DEC_POINT", "THOUSANDS_SEP", "DECIMALS")
    }
