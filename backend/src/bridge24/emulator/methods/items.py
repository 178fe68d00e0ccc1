"""`crm.item.*`: one family of methods for every kind of CRM record.

https://apidocs.bitrix24.com/api-reference/crm/universal/index.html
"""

from __future__ import annotations

from functools import partial

from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    Json,
    RestError,
    Work,
    as_list,
    as_map,
    method,
    missing,
)
from bridge24.emulator.descriptors import item_fields
from bridge24.emulator.filters import Reader
from bridge24.emulator.listing import Query, answer, order_of, start_of
from bridge24.emulator.rendering import MULTIFIELDS, RenderedRow
from bridge24.emulator.schema import Field
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table
from bridge24.emulator.views import Style, View

SMART_FROM = 128


@method("crm.item.list", scope="crm")
def list_items(call: Call) -> Answer:
    """Items with `total` and `next`; unknown fields in filter or order are errors."""
    table = table_of(call)
    find = partial(find_field, table)
    order = as_map(_array(call, "order"))
    for name in order:
        if find(name) is None:
            text = f"Invalid order: field '{name}' is not allowed in order"
            raise RestError(400, "INVALID_ARG_VALUE", text)
    reader = Reader(find, call.portal.zone, strict=True, groups=True)
    query = Query(
        filter=reader.read(_array(call, "filter")),
        order=order_of(order, {name: find(name) for name in order}),
        start=start_of(call.param("start")),
        view=_selected(table, call),
        zone=call.portal.zone,
    )
    return answer(table, query, key="items")


@method("crm.item.get", scope="crm")
def get_item(call: Call) -> Answer:
    """The whole item."""
    table = table_of(call)
    view = table.view(_style(call))
    row = table.json(_existing(table, call), view)
    work = Work("record", columns=len(view.columns))
    return Answer({"item": RenderedRow(row)}, work=work)


@method("crm.item.add", scope="crm")
def add_item(call: Call) -> Answer:
    """The new item, whole."""
    table = table_of(call)
    row_id = call.portal.add(table.kind.name, _fields(table, call), user_id=call.identity.user_id)
    return _item(table, call, row_id)


@method("crm.item.update", scope="crm")
def update_item(call: Call) -> Answer:
    """The item after the edit, whole; an edit that changes nothing moves no time."""
    table = table_of(call)
    row_id = _existing(table, call)
    fields = _fields(table, call, row_id)
    call.portal.update(table.kind.name, row_id, fields, user_id=call.identity.user_id)
    return _item(table, call, row_id)


@method("crm.item.delete", scope="crm")
def delete_item(call: Call) -> Answer:
    """An empty list."""
    table = table_of(call)
    row_id = _existing(table, call)
    call.portal.delete(table.kind.name, row_id, user_id=call.identity.user_id)
    return Answer([], work=WRITE)


@method("crm.item.fields", scope="crm")
def describe_item(call: Call) -> Answer:
    """Every field by its camelCase name."""
    table = table_of(call)
    original = _style(call) == "item_original"
    described = item_fields(table.schema, call.portal.spec.language, original_names=original)
    return Answer({"fields": described})


def table_of(call: Call) -> Table:
    """The table of `entityTypeId`.

    Raises:
        RestError: `100` without it, `ENTITY_TYPE_NOT_SUPPORTED`, or `NOT_FOUND` for a
            smart process that does not exist.
    """
    type_id = call.whole("entityTypeId")
    for table in call.portal.tables.values():
        if table.kind.type_id == type_id and type_id in call.portal.item_types:
            return table
    if type_id >= SMART_FROM:
        raise RestError(400, "NOT_FOUND", "SPA not found")
    raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", f"Entity type `{type_id}` is not supported")


def find_field(table: Table, name: str) -> Field | None:
    """The field of a name in any spelling; derived fields cannot be asked for."""
    found = table.schema.by_name(name)
    return None if found is None or found.code.startswith("@") else found


def _existing(table: Table, call: Call) -> int:
    row_id = call.whole("id")
    if not table.store.exists(row_id):
        raise RestError(400, "NOT_FOUND", "Element not found")
    return row_id


def _style(call: Call) -> Style:
    return "item_original" if call.param("useOriginalUfNames") in ("Y", "y", True) else "item"


def _array(call: Call, name: str) -> Json:
    """Read a parameter that must be an array.

    Raises:
        RestError: `100` for anything else.
    """
    value = call.param(name)
    if value is None or value == "" or isinstance(value, dict | list):
        return value
    text = (
        f"Invalid value {{{value}}} to match with parameter {{{name}}}. "
        "Should be value of type array."
    )
    raise RestError(400, "100", text)


def _selected(table: Table, call: Call) -> View:
    names = [str(name) for name in as_list(_array(call, "select"))]
    style = _style(call)
    if not names or "*" in names:
        return table.view(style)
    found = (table.schema.by_name(name) for name in names)
    codes = (each.code for each in found if each is not None and each.code != "@fm")
    return table.view(style, frozenset(codes))


def _item(table: Table, call: Call, row_id: int) -> Answer:
    view = table.view(_style(call))
    return Answer({"item": table.shown(row_id, view)}, work=WRITE)


def _fields(table: Table, call: Call, row_id: int | None = None) -> Row:
    """Read `fields` into classic codes; read-only and unknown ones fall away.

    Raises:
        RestError: `100` when there are none.
    """
    sent = call.param("fields")
    if not isinstance(sent, dict | list):
        raise missing("fields")
    fields: Row = {}
    for name, value in as_map(sent).items():
        if name == "fm":
            fields |= _multifields(value, _kinds(table, row_id))
            continue
        field = find_field(table, name)
        if field is not None and not field.read_only:
            fields[field.code] = value
    return fields


def _kinds(table: Table, row_id: int | None) -> dict[str, str]:
    """The types of a record's phones, e-mails… by their ids."""
    row = table.get(row_id) if row_id else None
    entries = (entry for code in MULTIFIELDS for entry in (row or {}).get(code) or ())
    return {entry["ID"]: entry["TYPE_ID"] for entry in entries}


def _multifields(sent: Json, kinds: dict[str, str]) -> Row:
    """Sort `fm` entries by their type; a numeric key is the id of an existing entry."""
    found: dict[str, list[Row]] = {}
    for key, entry in as_map(sent).items():
        values = as_map(entry)
        known = kinds.get(str(key)) if isinstance(sent, dict) else None
        kind = str(values.get("typeId") or values.get("TYPE_ID") or known or "")
        row: Row = {"ID": str(key)} if known else {}
        for code, name in (("VALUE", "value"), ("VALUE_TYPE", "valueType")):
            if name in values or code in values:
                row[code] = values.get(name, values.get(code))
        found.setdefault(kind, []).append(row)
    return found
