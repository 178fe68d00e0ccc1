"""Dictionaries: statuses and currencies.

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
from bridge24.emulator.methods.rows_of import chosen
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
    row_id = call.portal.next_status_id()
    row: Row = {code: None for code in plain_fields(STATUS_FIELDS) if code != "EXTRA"}
    given = {code: str(value) for code, value in sent.items() if code in row}
    row |= {"SYSTEM": "N", "SORT": "500", "NAME_INIT": ""} | given
    call.portal.statuses.append(row | {"ID": str(row_id)})
    call.portal.add_stage(row["ENTITY_ID"], row)
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


def _status(call: Call) -> Row:
    wanted = as_int(call.param("id"))
    if wanted is None or wanted <= 0:
        raise refused("ID is not defined or invalid.")
    for row in call.portal.statuses:
        if row["ID"] == str(wanted):
            return row
    raise RestError(400, "Status is not found.", "")


def _localised(row: Row) -> Row:
    return {
        code: row[code]
        for code in ("FULL_NAME", "FORMAT_STRING", "DEC_POINT", "THOUSANDS_SEP", "DECIMALS")
    }
