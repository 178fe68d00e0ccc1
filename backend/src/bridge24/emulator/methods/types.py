"""Smart-process types: `crm.type.*`.

https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-object-types/index.html
"""

from __future__ import annotations

from bridge24.emulator import history, kinds
from bridge24.emulator.calls import WRITE, Answer, Call, RestError, method
from bridge24.emulator.catalogue.smart import SMART_PROCESS
from bridge24.emulator.journal import Change, ChangeKind
from bridge24.emulator.methods.described import described
from bridge24.emulator.methods.funnels import usual_funnel
from bridge24.emulator.methods.rows_of import chosen, page_of
from bridge24.emulator.schema import parse, snake
from bridge24.emulator.seeding.dictionaries import stage_rows
from bridge24.emulator.seeding.smart import SWITCHES, in_stages_of, type_row
from bridge24.emulator.seeding.work import empty_table
from bridge24.emulator.store import Row

FIRST_FREE = 1_036
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


@method("crm.type.add", scope="crm")
def add_type(call: Call) -> Answer:
    """A new smart process with one funnel and no items."""
    portal, sent = call.portal, call.mapping("fields")
    if not sent.get("title"):
        raise RestError(400, "CRM_FIELD_ERROR_REQUIRED", 'Field "title" is required')
    taken = {row["entityTypeId"] for row in portal.types}
    entity_type_id = int(sent.get("entityTypeId") or max({FIRST_FREE, *taken}) + 2)
    if entity_type_id in taken:
        raise RestError(400, "ENTITY_TYPE_ID_TAKEN", "The entity type is taken already")
    type_id = 1 + max((row["id"] for row in portal.types), default=0)
    on = frozenset(switch for switch in SWITCHES if sent.get(switch) == "Y")
    row = type_row(type_id, str(sent["title"]), entity_type_id, on, portal.now_text())
    number = 1 + max(each.id for every in portal.funnels.values() for each in every)
    first = usual_funnel(entity_type_id, number, "Общее", default=True)
    portal.types.append(row)
    portal.funnels[entity_type_id] = [first]
    portal.statuses += stage_rows(first, first_id=portal.next_status_id())
    kind = kinds.smart(entity_type_id, type_id=type_id)
    fields = [in_stages_of(each, first.entity_id) for each in parse(SMART_PROCESS, switches=on)]
    table = empty_table(portal, kind, fields)
    history.open_book(portal, table)
    _tell(call, "add", row)
    return Answer({"type": row}, work=WRITE)


@method("crm.type.update", scope="crm")
def update_type(call: Call) -> Answer:
    """The smart process after the edit of its title."""
    row = _found(call)
    row["title"] = call.mapping("fields").get("title", row["title"])
    row["updatedTime"] = call.portal.now_text()
    _tell(call, "update", row)
    return Answer({"type": row}, work=WRITE)


@method("crm.type.delete", scope="crm")
def delete_type(call: Call) -> Answer:
    """Null; a smart process with items stays."""
    portal, row = call.portal, _found(call)
    table = portal.table(row["entityTypeId"])
    if table.store.count():
        raise RestError(400, "TYPE_NOT_EMPTY", "The smart process has items")
    portal.types.remove(row)
    del portal.tables[table.kind.name]
    _tell(call, "delete", row)
    return Answer(None, work=WRITE)


def _found(call: Call) -> Row:
    wanted = call.whole("id")
    for row in call.portal.types:
        if row["id"] == wanted:
            return row
    raise RestError(400, "NOT_FOUND", "Smart process not found")


def _tell(call: Call, kind: ChangeKind, row: Row) -> None:
    before, after = (row, None) if kind == "delete" else (None, row)
    change = Change(kind, "type", row["id"], 0, before, after, call.identity.user_id)
    call.portal.tell(change)


def _whole_type(call: Call, key: str, wanted: int) -> Row:
    for row in call.portal.types:
        if row[key] == wanted:
            extras: Row = {"relations": {"parent": [], "child": []}}
            return row | extras | {"linkedUserFields": [], "customSections": []}
    raise RestError(400, "NOT_FOUND", "Smart process not found")
