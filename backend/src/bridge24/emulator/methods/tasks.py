"""Tasks: UPPER names in the request, camelCase strings in the answer.

https://apidocs.bitrix24.com/api-reference/tasks/index.html
"""

from __future__ import annotations

from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    Json,
    RestError,
    Work,
    as_int,
    as_list,
    as_map,
    method,
)
from bridge24.emulator.catalogue.work import TASK
from bridge24.emulator.filters import Reader
from bridge24.emulator.listing import Query, order_of, page, start_of
from bridge24.emulator.schema import Field
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table

DEFAULT = (
    "ID PARENT_ID TITLE DESCRIPTION MARK PRIORITY STATUS MULTITASK NOT_VIEWED REPLICATE GROUP_ID "
    "STAGE_ID CREATED_BY CREATED_DATE RESPONSIBLE_ID CHANGED_BY CHANGED_DATE CLOSED_BY "
    "CLOSED_DATE ACTIVITY_DATE DATE_START DEADLINE GUID XML_ID COMMENTS_COUNT TIME_ESTIMATE "
    "AUDITORS ACCOMPLICES"
)
DEFAULT_FIELDS = frozenset(DEFAULT.split())
STATUSES = {"2": "Pending", "3": "In Progress", "4": "Awaiting Review", "5": "Completed"}
VALUES: dict[str, Json] = {
    "MARK": {"N": "Negative", "P": "Positive"},
    "PRIORITY": {"2": "High", "1": "Medium", "0": "Low"},
    "STATUS": STATUSES | {"6": "Deferred"},
    "DURATION_TYPE": ["secs", "mins", "hours", "days", "weeks", "months", "years"],
}
AVATAR = "/bitrix/images/tasks/default_avatar.png"


@method("tasks.task.list", scope="task")
def list_tasks(call: Call) -> Answer:
    """Tasks, the newest first unless asked otherwise."""
    table = call.portal.table("task")
    order = call.mapping("order") or {"ID": "desc"}
    fields = {name: _find(table, name) for name in order}
    if None in fields.values():
        raise RestError(400, "0", "Invalid sorting key (internal error)")
    reader = Reader(lambda name: _find(table, name), call.portal.zone)
    query = Query(
        filter=reader.read(call.param("filter")),
        order=order_of(order, fields),
        start=start_of(call.param("start")),
        view=table.view("task", _selected(table, call.param("select"))),
        zone=call.portal.zone,
    )
    found = page(table, query)
    rows = [_shown(call, table, row_id, table.shown(row_id, query.view)) for row_id in found.ids]
    work = Work("page", rows=len(rows), columns=len(query.view.columns), counted=found.total)
    return Answer({"tasks": rows}, found.total or 0, found.next, work)


@method("tasks.task.get", scope="task")
def get_task(call: Call) -> Answer:
    """One task."""
    table = call.portal.table("task")
    row_id = _existing(table, call)
    view = table.view("task", _selected(table, call.param("select")))
    row = _shown(call, table, row_id, table.shown(row_id, view))
    return Answer({"task": row}, work=Work("record", columns=len(view.columns)))


@method("tasks.task.add", scope="task")
def add_task(call: Call) -> Answer:
    """The new task."""
    fields = _sent(call)
    if not fields.get("TITLE"):
        raise RestError(400, "ERROR_CORE", "Task title is not specified")
    defaults = {"STATUS": "2", "PRIORITY": "1", "RESPONSIBLE_ID": str(call.identity.user_id)}
    row_id = call.portal.add("task", defaults | fields, user_id=call.identity.user_id)
    return _whole(call, row_id)


@method("tasks.task.update", scope="task")
def update_task(call: Call) -> Answer:
    """The task after the edit."""
    row_id = _existing(call.portal.table("task"), call)
    call.portal.update("task", row_id, _sent(call), user_id=call.identity.user_id)
    return _whole(call, row_id)


@method("tasks.task.delete", scope="task")
def delete_task(call: Call) -> Answer:
    """`{"task": true}`."""
    row_id = _existing(call.portal.table("task"), call)
    call.portal.delete("task", row_id, user_id=call.identity.user_id)
    return Answer({"task": True}, work=WRITE)


@method("tasks.task.getFields", scope="task")
def describe_task(call: Call) -> Answer:
    """The fields of a task."""
    fields = {}
    for line in TASK.strip().splitlines():
        code, kind, flags, title = line.split(" ", 3)
        fields[code] = _described(code, kind, flags, None if title == "-" else title)
    for each in call.portal.table("task").schema:
        if each.custom:
            label = each.custom.label(call.portal.spec.language)
            fields[each.code] = {"title": label, "type": each.type}
    return Answer({"fields": fields})


def _described(code: str, kind: str, flags: str, title: str | None) -> Row:
    shown: Row = {"title": title, "type": kind}
    if flags in {"p", "r"}:
        return shown | {"primary" if flags == "p" else "required": True}
    if kind == "enum":
        shown["values"] = VALUES.get(code, {"Y": "Yes", "N": "No"})
    if flags != ".":
        number = int(flags) if flags.isdecimal() else flags
        shown["default"] = None if flags == "n" else number
    return shown


def _find(table: Table, name: str) -> Field | None:
    """`REAL_STATUS` is the plain status."""
    code = name.upper()
    return table.schema.get("STATUS" if code == "REAL_STATUS" else code)


def _selected(table: Table, select: Json) -> frozenset[str] | None:
    names = {str(name).upper() for name in as_list(select)}
    if "*" in names:
        return None
    if not names:
        return DEFAULT_FIELDS
    return frozenset(each.code for each in table.schema if each.code in names | {"ID"})


def _existing(table: Table, call: Call) -> int:
    row_id = as_int(call.param("taskId", call.param("id")))
    if row_id is None:
        raise RestError(400, "100", "Could not find value for parameter {taskId}")
    if not table.store.exists(row_id):
        raise RestError(400, "1048582", "Could not find the task or access is denied")
    return row_id


def _sent(call: Call) -> Row:
    return {str(name).upper(): value for name, value in as_map(call.param("fields")).items()}


def _whole(call: Call, row_id: int) -> Answer:
    table = call.portal.table("task")
    row = table.shown(row_id, table.view("task"))
    return Answer({"task": _shown(call, table, row_id, row)}, work=WRITE)


def _shown(call: Call, table: Table, row_id: int, row: Row) -> Row:
    """Add what a task shows of people and groups; nothing is `[]`, not `{}`."""
    value = table.store.value
    row["group"] = []
    if "responsibleId" in row:
        row["responsible"] = _person(call, row["responsibleId"])
    if "createdBy" in row:
        row["creator"] = _person(call, row["createdBy"])
    for one, code in (("auditorsData", "AUDITORS"), ("accomplicesData", "ACCOMPLICES")):
        people = value(row_id, code) or []
        row[one] = {str(each): _person(call, each) for each in people} or []
    row["tags"] = []
    row["descriptionInBbcode"] = "Y"
    row["favorite"] = "N"
    if "status" in row:
        row["subStatus"] = row["status"]
    return row


def _person(call: Call, user_id: Json) -> Row:
    found = next((each for each in call.portal.users if each["ID"] == str(user_id)), {})
    name = f"{found.get('NAME', '')} {found.get('LAST_NAME', '')}".strip()
    return {
        "id": str(user_id),
        "name": name,
        "link": f"/company/personal/user/{user_id}/",
        "icon": AVATAR,
        "workPosition": found.get("WORK_POSITION", ""),
    }
