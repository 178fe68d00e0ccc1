"""Custom fields: `crm.<kind>.userfield.*`, `crm.userfield.*` and `userfieldconfig.*`.

https://apidocs.bitrix24.com/api-reference/crm/universal/userfieldconfig/index.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bridge24.emulator import changes, kinds
from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    Json,
    RestError,
    as_int,
    as_list,
    as_map,
    method,
    refused,
    register,
)
from bridge24.emulator.descriptors import labels_in, labels_of, userfield_row
from bridge24.emulator.methods.rows_of import chosen, page_of
from bridge24.emulator.schema import Custom, Field, camel
from bridge24.emulator.store import Row
from bridge24.emulator.table import Kind, Table

TYPES = {
    "string": "String",
    "integer": "Integer",
    "double": "Number",
    "boolean": "Yes/No",
    "enumeration": "List",
    "datetime": "Date/Time",
    "date": "Date",
    "money": "Money",
    "url": "Link",
    "address": "Google Maps Address",
    "file": "File",
    "employee": "Binding to User",
    "crm_status": "Binding to CRM Directories",
    "iblock_section": "Binding to Information Block Sections",
    "iblock_element": "Binding to Information Block Elements",
    "crm": "Binding to CRM Entities",
}
FIELDS = (
    ("ID", "int", "ID", "isReadOnly"),
    ("ENTITY_ID", "string", "Object", "isImmutable"),
    ("FIELD_NAME", "string", "Code", "isImmutable"),
    ("USER_TYPE_ID", "string", "Data Type", "isImmutable"),
    ("XML_ID", "string", "External ID (XML ID)", ""),
    ("SORT", "int", "Sorting", ""),
    ("MULTIPLE", "char", "Multiple", ""),
    ("MANDATORY", "char", "Mandatory", ""),
    ("SHOW_FILTER", "char", "Show in list filter", ""),
    ("SHOW_IN_LIST", "char", "Show in list", ""),
    ("EDIT_IN_LIST", "char", "Allow user editing", ""),
    ("IS_SEARCHABLE", "char", "Values are searchable", ""),
    ("EDIT_FORM_LABEL", "string", "Label in edit form", ""),
    ("LIST_COLUMN_LABEL", "string", "Label in list", ""),
    ("LIST_FILTER_LABEL", "string", "Label in filter", ""),
    ("ERROR_MESSAGE", "string", "Error message", ""),
    ("HELP_MESSAGE", "string", "Help", ""),
    ("LIST", "uf_enum_element", "List items", "isMultiple"),
    ("SETTINGS", "object", "Settings", ""),
)


def list_fields(kind: Kind, call: Call) -> Answer:
    """The custom fields of a kind, in one page; labels only with `filter[LANG]`."""
    language = str(call.mapping("filter").get("LANG", ""))
    rows = []
    for each, custom in _customs(call.portal.table(kind.name)):
        row = userfield_row(each, custom)
        rows.append(row | labels_in(custom, language) if language else row)
    sent = {key: value for key, value in call.mapping("filter").items() if key != "LANG"}
    found = chosen(call, rows, numbers=("ID", "SORT"), sent=sent)
    return Answer(found, len(found))


def get_field(kind: Kind, call: Call) -> Answer:
    """One custom field with its labels in every language."""
    each, custom = _one(call.portal.table(kind.name), call)
    return Answer(userfield_row(each, custom) | labels_of(custom))


def add_field(kind: Kind, call: Call) -> Answer:
    """The id of a new custom field; its code gets the prefix `UF_CRM_`."""
    sent = as_map(call.param("fields"))
    name, type_id = str(sent.get("FIELD_NAME", "")), str(sent.get("USER_TYPE_ID", ""))
    if not name:
        raise refused("The 'FIELD_NAME' field is not found.")
    if type_id not in TYPES:
        raise refused("The 'USER_TYPE_ID' field is invalid.")
    code = name.upper() if name.upper().startswith("UF_CRM_") else f"UF_CRM_{name.upper()}"
    if code in call.portal.table(kind.name).schema:
        raise refused(f"The field {code} already exists.")
    label = sent.get("EDIT_FORM_LABEL") or sent.get("LABEL") or code
    language = call.portal.spec.language
    shown = as_map(label).get(language) or next(iter(as_map(label).values()), code)
    added = call.portal.add_field(
        kind.name,
        code,
        type_id,
        multiple=sent.get("MULTIPLE") == "Y",
        mandatory=sent.get("MANDATORY") == "Y",
        label=str(shown if isinstance(label, dict) else label),
        options=[str(as_map(each).get("VALUE", "")) for each in as_list(sent.get("LIST"))],
        user_id=call.identity.user_id,
    )
    return Answer(added.custom.id if added.custom else 0, work=WRITE)


def delete_field(kind: Kind, call: Call) -> Answer:
    """True; the values go with the field."""
    each, _custom = _one(call.portal.table(kind.name), call)
    call.portal.remove_field(kind.name, each.code, user_id=call.identity.user_id)
    return Answer(True, work=WRITE)


def update_field(kind: Kind, call: Call) -> Answer:
    """True; of what may be edited the label and the options are what a sync can see."""
    each, _custom = _one(call.portal.table(kind.name), call)
    sent = as_map(call.param("fields"))
    label = sent.get("EDIT_FORM_LABEL") or sent.get("LIST_COLUMN_LABEL")
    if isinstance(label, dict):
        label = label.get(call.portal.spec.language)
    if label:
        call.portal.rename_field(kind.name, each.code, str(label))
    options = [as_map(option) for option in as_list(sent.get("LIST"))]
    if options:
        table, user_id = call.portal.table(kind.name), call.identity.user_id
        changes.set_options(call.portal, table, each.code, options, user_id=user_id)
    return Answer(True, work=WRITE)


for _kind in (*kinds.CLASSIC, kinds.REQUISITE):
    for _name, _action in {
        "list": list_fields,
        "get": get_field,
        "add": add_field,
        "update": update_field,
        "delete": delete_field,
    }.items():
        register(f"crm.{_kind.name}.userfield.{_name}", partial(_action, _kind), scope="crm")


@method("user.userfield.list", scope="user.userfield")
def list_user_fields(call: Call) -> Answer:
    """The custom fields of people.

    https://apidocs.bitrix24.com/api-reference/user/userfields/user-userfield-list.html
    """
    if not call.portal.is_admin(call.identity.user_id):
        raise refused("Access denied.")
    return _listed(call.portal.user_fields)


@method("task.item.userfield.getlist", scope="task")
def list_task_fields(call: Call) -> Answer:
    """The custom fields of tasks; `total` is 0, whatever there is.

    https://apidocs.bitrix24.com/api-reference/tasks/user-field/task-item-user-field-get-list.html
    """
    answer = _listed([each for each, _ in _customs(call.portal.table("task"))])
    answer.total = 0
    return answer


def _listed(fields: Iterable[Field]) -> Answer:
    rows = [userfield_row(each, each.custom) for each in fields if each.custom]
    return Answer(rows, len(rows))


@method("crm.userfield.fields", scope="crm")
def describe_userfield(_call: Call) -> Answer:
    """What a custom field is described by."""
    described = {}
    for code, kind, title, mark in FIELDS:
        described[code] = {"type": kind, "title": title} | ({mark: True} if mark else {})
    return Answer(described)


@method("crm.userfield.types", scope="crm")
def userfield_types(_call: Call) -> Answer:
    """The sixteen types one can create."""
    return Answer([{"ID": kind, "title": title} for kind, title in TYPES.items()])


@method("userfieldconfig.getTypes", scope="userfieldconfig")
def config_types(call: Call) -> Answer:
    """The same, by their codes."""
    _needs_crm(call)
    types = {kind: {"userTypeId": kind, "description": title} for kind, title in TYPES.items()}
    return Answer({"types": types})


@method("userfieldconfig.list", scope="userfieldconfig")
def list_config(call: Call) -> Answer:
    """Custom fields of every kind, in pages."""
    _needs_crm(call)
    rows = [
        _config(each, custom, call.portal.spec.language, whole=False)
        for table in call.portal.tables.values()
        for each, custom in _customs(table)
        if custom.entity_id.startswith("CRM_")
    ]
    found = chosen(call, rows, numbers=("id", "sort"))
    return page_of(call, found, key="fields")


@method("userfieldconfig.get", scope="userfieldconfig")
def get_config(call: Call) -> Answer:
    """One custom field with its options."""
    _needs_crm(call)
    wanted = call.whole("id")
    for table in call.portal.tables.values():
        for each, custom in _customs(table):
            if custom.id == wanted:
                row = _config(each, custom, call.portal.spec.language, whole=True)
                return Answer({"field": row})
    raise RestError(400, "NOT_FOUND", "Field not found")


def _config(each: Field, custom: Custom, language: str, *, whole: bool) -> Row:
    row: Row = {}
    for code, value in userfield_row(each, custom).items():
        if code != "LIST":
            row[camel(code)] = value
    label = custom.label(language)
    languages = custom.labels if whole else {language: label}
    row["languageId"] = {code: code for code in languages}
    labels = dict(languages)
    row |= dict.fromkeys(("editFormLabel", "listColumnLabel", "listFilterLabel"), labels)
    nothing: Json = dict.fromkeys(languages) if whole else None
    row |= {"errorMessage": nothing, "helpMessage": nothing}
    if whole and each.type == "enumeration":
        row["enum"] = [
            {
                "id": option.id,
                "userFieldId": str(custom.id),
                "value": option.value,
                "def": "Y" if option.default else "N",
                "sort": str(option.sort),
                "xmlId": option.xml_id,
            }
            for option in custom.options
        ]
    return row


def _needs_crm(call: Call) -> None:
    """The module must be named, and its scope be there.

    Raises:
        RestError: 400, the code of a missing scope being empty.
    """
    if call.param("moduleId") != "crm":
        raise RestError(400, "100", "Could not find value for parameter {moduleId}")
    if "crm" not in call.identity.scopes:
        raise refused("The current method required more scopes. (crm)")


def _customs(table: Table) -> list[tuple[Field, Custom]]:
    return [(each, each.custom) for each in table.schema if each.custom is not None]


def _one(table: Table, call: Call) -> tuple[Field, Custom]:
    wanted = as_int(call.param("id"))
    if wanted is None or wanted <= 0:
        raise refused("ID is not defined or invalid.")
    for each, custom in _customs(table):
        if custom.id == wanted:
            return each, custom
    raise RestError(400, "ERROR_NOT_FOUND", "The entity with ID is not found.")
