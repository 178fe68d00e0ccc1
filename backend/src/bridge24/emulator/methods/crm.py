"""Classic CRM methods: leads, deals, contacts, companies and quotes.

https://apidocs.bitrix24.com/api-reference/crm/deals/index.html
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
    as_int,
    as_list,
    refused,
    register,
)
from bridge24.emulator.descriptors import classic_fields
from bridge24.emulator.filters import Reader
from bridge24.emulator.listing import Query, answer, order_of, start_of
from bridge24.emulator.rendering import RenderedRow
from bridge24.emulator.schema import Field
from bridge24.emulator.store import Row
from bridge24.emulator.table import Kind, Table
from bridge24.emulator.views import ON_REQUEST, View


def list_records(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.list`."""
    table = call.portal.table(kind.name)
    order = mapping_or_refuse(call, "order")
    query = Query(
        filter=Reader(partial(find, table), call.portal.zone).read(
            mapping_or_refuse(call, "filter")
        ),
        order=order_of(order, {name: find(table, name) for name in order}),
        start=start_of(call.param("start")),
        view=selected(table, call.param("select")),
        zone=call.portal.zone,
    )
    return answer(table, query)


def get_record(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.get`: the whole record, empty multifields left out."""
    table = call.portal.table(kind.name)
    view = table.view("classic")
    row_id = existing(table, call)
    work = Work("record", columns=len(view.columns))
    return Answer(RenderedRow(table.json(row_id, view)), work=work)


def add_record(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.add`: the new id."""
    table = call.portal.table(kind.name)
    fields = writable(table, sent_fields(call))
    user_id = call.identity.user_id
    return Answer(call.portal.add(kind.name, fields, user_id=user_id), work=WRITE)


def update_record(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.update`: true, whether something differed or not.

    The funnel of a deal is immutable here and silently kept.
    """
    table = call.portal.table(kind.name)
    row_id = existing(table, call)
    sent = writable(table, sent_fields(call))
    fields = {code: value for code, value in sent.items() if not _immutable(table, code)}
    call.portal.update(kind.name, row_id, fields, user_id=call.identity.user_id)
    return Answer(True, work=WRITE)


def delete_record(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.delete`: true."""
    table = call.portal.table(kind.name)
    row_id = existing(table, call)
    call.portal.delete(kind.name, row_id, user_id=call.identity.user_id)
    return Answer(True, work=WRITE)


def describe(kind: Kind, call: Call) -> Answer:
    """`crm.<kind>.fields`."""
    table = call.portal.table(kind.name)
    return Answer(classic_fields(table.schema, call.portal.spec.language))


def find(table: Table, name: str) -> Field | None:
    """The field of a classic code, in any case; item-only fields do not exist here."""
    found = table.schema.get(name) or table.schema.get(name.upper())
    if found is None or not (found.in_rows or found.type in ON_REQUEST):
        return None
    return found


def selected(table: Table, select: Json) -> View:
    """The view a `select` asks for.

    Nothing means `*` and `UF_*`; `*` holds no custom fields and no multifields; the id
    is always there; unknown names are ignored.
    """
    names = [str(name).upper() for name in as_list(select)] or ["*", "UF_*"]
    codes = {"ID"}
    for each in table.schema:
        mask = "UF_*" if each.custom else "*"
        if (mask in names and each.type not in ON_REQUEST) or each.code in names:
            codes.add(each.code)
    return table.view("classic", frozenset(codes))


def existing(table: Table, call: Call) -> int:
    """Read the id of a record that is there.

    Raises:
        RestError: 400 with an empty code, "Not found" or "ID is not defined or invalid.".
    """
    row_id = as_int(call.param("id"))
    if row_id is None or row_id <= 0:
        raise refused("ID is not defined or invalid.")
    if not table.store.exists(row_id):
        raise refused("Not found")
    return row_id


def sent_fields(call: Call) -> Row:
    """Read `fields`.

    Raises:
        RestError: It is not a map.
    """
    fields = call.param("fields")
    if not isinstance(fields, dict | list):
        raise refused("Parameter 'fields' must be array.")
    return dict(call.mapping("fields"))


def writable(table: Table, fields: Row) -> Row:
    """Leave out what nobody may set; the codes come out in upper case."""
    kept = {}
    for name, value in fields.items():
        field = table.schema.get(name) or table.schema.get(name.upper())
        if field is not None and not field.read_only:
            kept[field.code] = value
    return kept


def mapping_or_refuse(call: Call, name: str) -> Row:
    """Read a map parameter of a classic method.

    Raises:
        RestError: "Parameter 'filter' must be array."
    """
    value = call.param(name)
    if value is not None and value != "" and not isinstance(value, dict | list):
        raise refused(f"Parameter '{name}' must be array.")
    return dict(call.mapping(name))


def _immutable(table: Table, code: str) -> bool:
    field = table.schema.get(code)
    return field is not None and field.immutable


ACTIONS = {
    "list": list_records,
    "get": get_record,
    "add": add_record,
    "update": update_record,
    "delete": delete_record,
    "fields": describe,
}

for _kind in kinds.CLASSIC:
    for _name, _action in ACTIONS.items():
        register(f"crm.{_kind.name}.{_name}", partial(_action, _kind), scope="crm")
