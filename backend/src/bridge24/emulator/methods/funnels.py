"""Funnels: `crm.category.*`.

https://apidocs.bitrix24.com/api-reference/crm/universal/category/index.html
"""

from __future__ import annotations

from dataclasses import replace

from bridge24.emulator.calls import WRITE, Answer, Call, RestError, method
from bridge24.emulator.methods.described import described
from bridge24.emulator.seeding.dictionaries import DEAL, PROCESS, Funnel, funnel, stage_rows
from bridge24.emulator.store import Row

CATEGORY_FIELDS = """
id integer r ID
name string . NAME
sort integer . SORT
entityTypeId integer Rr ENTITY_TYPE_ID
isDefault boolean r IS_DEFAULT
originId string . ORIGIN_ID
originatorId string . ORIGINATOR_ID
"""
DEALS = 2


@method("crm.category.list", scope="crm")
def list_categories(call: Call) -> Answer:
    """The funnels of one kind, in one page whatever `start` says."""
    type_id = call.whole("entityTypeId")
    rows = [_category(each, type_id) for each in _funnels(call, type_id)]
    return Answer({"categories": rows}, len(rows))


@method("crm.category.get", scope="crm")
def get_category(call: Call) -> Answer:
    """One funnel."""
    type_id, funnel_id = call.whole("entityTypeId"), call.whole("id")
    for each in _funnels(call, type_id):
        if each.id == funnel_id:
            return Answer({"category": _category(each, type_id)})
    raise RestError(400, "NOT_FOUND", "Element not found")


@method("crm.category.fields", scope="crm")
def describe_category(_call: Call) -> Answer:
    """The fields of a funnel."""
    fields = described(CATEGORY_FIELDS)
    for each in fields.values():
        each["upperName"] = each["title"]
    return Answer({"fields": fields})


@method("crm.category.add", scope="crm")
def add_category(call: Call) -> Answer:
    """A new funnel with the usual stages."""
    type_id = call.whole("entityTypeId")
    funnels = _funnels(call, type_id)
    sent = call.mapping("fields")
    number = 1 + max(each.id for every in call.portal.funnels.values() for each in every)
    added = usual_funnel(type_id, number, str(sent.get("name", "")))
    funnels.append(added)
    call.portal.statuses += stage_rows(added, first_id=call.portal.next_status_id())
    return Answer({"category": _category(added, type_id)}, work=WRITE)


@method("crm.category.update", scope="crm")
def update_category(call: Call) -> Answer:
    """The funnel after the edit."""
    type_id, funnels, place = _found(call)
    sent = call.mapping("fields")
    name = str(sent.get("name", funnels[place].name))
    funnels[place] = replace(funnels[place], name=name)
    return Answer({"category": _category(funnels[place], type_id)}, work=WRITE)


@method("crm.category.delete", scope="crm")
def delete_category(call: Call) -> Answer:
    """Null; the default funnel cannot go, and neither can one with records in it."""
    type_id, funnels, place = _found(call)
    store = call.portal.table(type_id).store
    wanted = str(funnels[place].id)
    if funnels[place].default or any(
        store.value(row_id, "CATEGORY_ID") == wanted for row_id in store.ids()
    ):
        raise RestError(400, "CATEGORY_NOT_EMPTY", "The pipeline cannot be deleted")
    gone = funnels.pop(place).entity_id
    call.portal.statuses[:] = [row for row in call.portal.statuses if row["ENTITY_ID"] != gone]
    return Answer(None, work=WRITE)


def usual_funnel(type_id: int, number: int, name: str, *, default: bool = False) -> Funnel:
    """A funnel with the stages a new one gets."""
    if type_id == DEALS:
        entity_id, prefix, table = f"DEAL_STAGE_{number}", f"C{number}:", DEAL
    else:
        entity_id, prefix = f"DYNAMIC_{type_id}_STAGE_{number}", f"DT{type_id}_{number}:"
        table = PROCESS
    return funnel(number, name, entity_id=entity_id, table=table, prefix=prefix, default=default)


def _found(call: Call) -> tuple[int, list[Funnel], int]:
    type_id, funnel_id = call.whole("entityTypeId"), call.whole("id")
    funnels = _funnels(call, type_id)
    for place, each in enumerate(funnels):
        if each.id == funnel_id:
            return type_id, funnels, place
    raise RestError(400, "NOT_FOUND", "Element not found")


def _funnels(call: Call, type_id: int) -> list[Funnel]:
    if type_id not in call.portal.funnels or type_id in {1, 7}:
        text = f"Entity type `{type_id}` is not supported"
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", text)
    return call.portal.funnels[type_id]


def _category(each: Funnel, type_id: int) -> Row:
    row: Row = {
        "id": each.id,
        "name": each.name,
        "sort": each.sort,
        "entityTypeId": type_id,
        "isDefault": "Y" if each.default else "N",
    }
    return row if each.id == 0 else row | {"originId": "", "originatorId": ""}
