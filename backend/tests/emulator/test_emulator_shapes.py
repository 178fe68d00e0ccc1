"""Every documented example answer a method can produce: ours has the same shape."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from shapes import differences, keys, sample

ALL = ["*", "UF_*", "PHONE", "EMAIL"]
CASES = {
    "catalog.product.list": {"select": ["*"], "filter": {"iblockId": 23}},
    "crm.activity.fields": {},
    "crm.activity.get": {"id": 1},
    "crm.activity.list": {},
    "crm.activity.list.communications": {"select": ["ID", "COMMUNICATIONS"]},
    "crm.activity.list.files": {"select": ["ID", "FILES"]},
    "crm.address.list": {},
    "crm.category.fields": {},
    "crm.category.list": {"entityTypeId": 2},
    "crm.company.fields": {},
    "crm.company.get": {"id": 2},
    "crm.company.list": {"select": ["TITLE", "ASSIGNED_BY_ID", "PHONE"]},
    "crm.contact.fields": {},
    "crm.contact.get": {"id": 1},
    "crm.contact.list": {"select": ["NAME", "LAST_NAME", "EXPORT", "ASSIGNED_BY_ID", "*", "EMAIL"]},
    "crm.currency.fields": {},
    "crm.currency.list": {},
    "crm.deal.add": {"fields": {"TITLE": "New"}},
    "crm.deal.contact.items.get": {"id": 3},
    "crm.deal.delete": {"id": 5},
    "crm.deal.fields": {},
    "crm.deal.get": {"id": 2},
    "crm.deal.list": {"select": ["*"]},
    "crm.deal.productrows.get": {"id": 3},
    "crm.deal.update": {"id": 2, "fields": {"TITLE": "x"}},
    "crm.deal.userfield.list": {"filter": {"LANG": "ru"}},
    "crm.item.add.deal": {"entityTypeId": 2, "fields": {"title": "x", "observers": [2, 3]}},
    "crm.item.delete": {"entityTypeId": 2, "id": 6},
    "crm.item.fields.spa": {"entityTypeId": 1030},
    "crm.item.get.lead": {"entityTypeId": 1, "id": 2},
    "crm.item.list.lead": {"entityTypeId": 1},
    "crm.item.productrow.fields": {},
    "crm.item.productrow.list": {"filter": {"=ownerType": "D", "=ownerId": 3}},
    "crm.item.update.deal": {"entityTypeId": 2, "id": 2, "fields": {"title": "y"}},
    "crm.lead.fields": {},
    "crm.lead.get": {"id": 3},
    "crm.lead.list": {"select": ALL},
    "crm.quote.fields": {},
    "crm.quote.get": {"id": 2},
    "crm.quote.list": {},
    "crm.requisite.fields": {},
    "crm.requisite.list": {"select": ["ENTITY_TYPE_ID", "ENTITY_ID", "ID", "NAME"]},
    "crm.stagehistory.list": {"entityTypeId": 2},
    "crm.status.entity.items": {"entityId": "DEAL_STAGE"},
    "crm.status.entity.types": {},
    "crm.status.fields": {},
    "crm.status.list": {"filter": {"ENTITY_ID": "DEAL_STAGE"}},
    "crm.type.fields": {},
    "crm.type.list": {},
    "crm.userfield.fields": {},
    "crm.userfield.types": {},
    "department.fields": {},
    "department.get": {},
    "tasks.task.get": {"taskId": 2, "select": ["*"]},
    "tasks.task.getFields": {},
    "tasks.task.list": {"select": ["*"]},
    "user.current": {},
    "user.fields": {},
    "user.get": {},
    "userfieldconfig.getTypes": {"moduleId": "crm"},
    "userfieldconfig.list": {"moduleId": "crm", "filter": {"userTypeId": "enumeration"}},
    "voximplant.statistic.get": {},
}
SUFFIXES = (".communications", ".files", ".deal", ".spa", ".lead")
"""What file names add to the name of the method."""

# Counters of the web interface, another portal's languages and own types.
LEFT_OUT = {
    "result.tasks[0].counter",
    "result.tasks[0].lengthDeadline",
    "result.tasks[0].parsedDescription",
    "result.tasks[0].taskHasOpenResult",
    "result.tasks[0].taskHasResult",
    "result.tasks[0].taskRequireResult",
    "result.tasks[0].timeElapsed",
    "result.tasks[0].timerIsRunningForCurrentUser",
    "result.task.action",
    "result.types.rest_219_test",
    "result[8].CATEGORY_ID is 0, not like '1'",
    "result.fields[0].languageId.de",
    "result.fields[0].editFormLabel.de",
}
WHOLE = ("crm.deal.get", "crm.contact.get", "crm.company.get", "crm.quote.get", "crm.lead.list")


def method_of(name):
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix) if name.count(".") > 2 else name
    return name


@pytest.mark.parametrize("name", CASES)
async def test_the_answer_has_the_shape_of_the_documented_example(api, name):
    expected = sample(name)

    reply = await api.call(method_of(name), **CASES[name])

    found = [
        text
        for text in differences(expected["result"], reply.result)
        if text.removesuffix(" is missing") not in LEFT_OUT and "].SETTINGS." not in text
    ]
    assert found == []
    assert keys(expected) - {"next"} <= keys(reply.body)


@pytest.mark.parametrize("name", WHOLE)
async def test_a_whole_record_has_no_field_the_documentation_lacks(api, name):
    expected = sample(name)["result"]
    expected = expected[0] if isinstance(expected, list) else expected

    result = (await api.call(name, **CASES[name] | {"select": ["*"]})).result
    row = result[0] if isinstance(result, list) else result

    multifields = {"PHONE", "EMAIL", "WEB", "IM", "LINK"}
    assert keys(row) - keys(expected) - multifields == set()


@pytest.mark.parametrize("name", ["crm.item.get.lead", "crm.item.add.deal"])
async def test_a_whole_item_has_no_field_the_documentation_lacks(api, name):
    expected = sample(name)["result"]["item"]

    item = (await api.call(method_of(name), **CASES[name])).result["item"]

    assert keys(item) == keys(expected)


async def test_the_time_object_has_every_documented_key(api):
    time = (await api.call("server.time")).body["time"]

    assert set(time) == set(sample("time.object")["time"])
    assert list(differences(sample("time.object")["time"], time, "time")) == []


async def test_the_batch_examples_have_our_shape(api):
    commands = {"get_user": "user.current", "get_department": "department.get?ID=1"}
    reply = await api.call("batch", cmd=commands)

    assert list(differences(sample("batch.success")["result"], reply.result)) == []
    assert set(reply.result["result_time"]) == set(commands)


@pytest.mark.parametrize("halt", [0, 1])
async def test_the_examples_of_failing_batches_are_met_exactly(api, halt):
    api.portal.add_webhook(1, "poor", scopes=())
    commands = {
        "get_user": "user.current",
        "get_department": "department.get?ID=$result[get_user][UF_DEPARTMENT]",
    }
    url = f"{api.emulator.url}/acme/rest/1/poor/batch"
    async with api.session.post(url, json={"halt": halt, "cmd": commands}) as answer:
        result = (await answer.json())["result"]

    assert result == sample(f"batch.errors.halt{halt}")["result"]


async def test_descriptors_of_custom_fields_have_the_documented_shape(api):
    fields = (await api.call("crm.item.fields", entityTypeId=2)).result["fields"]
    ours = {(each["type"], each["isMultiple"]): each for each in fields.values()}

    for expected in sample("crm.item.fields.uf").values():
        each = ours[expected["type"], expected["isMultiple"]]
        found = differences(expected, each)
        assert [text for text in found if "LABEL_CHECKBOX" not in text] == []


async def test_settings_of_each_type_of_custom_field_have_the_documented_keys(api):
    listed = (await api.call("crm.deal.userfield.list")).result
    ours = {each["USER_TYPE_ID"]: each["SETTINGS"] for each in listed}

    for expected in sample("crm.deal.userfield.list")["result"]:
        if expected["USER_TYPE_ID"] != "resourcebooking":
            assert set(expected["SETTINGS"]) == set(ours[expected["USER_TYPE_ID"]])


async def test_one_custom_field_has_the_documented_shape(api):
    listed = (await api.call("crm.deal.userfield.list")).result[0]
    one = await api.call("crm.deal.userfield.get", id=listed["ID"])

    assert list(differences(sample("crm.deal.userfield.get")["result"], one.result)) == []


async def test_one_configured_enumeration_has_the_documented_shape(api):
    fields = (await api.call("userfieldconfig.list", moduleId="crm")).result["fields"]
    listed = next(each for each in fields if each["userTypeId"] == "enumeration")
    one = await api.call("userfieldconfig.get", moduleId="crm", id=listed["id"])

    found = list(differences(sample("userfieldconfig.get")["result"], one.result))
    assert [text for text in found if ".de is missing" not in text] == []


async def test_camel_names_are_those_of_the_documentation(api):
    documented = sample("std-fields.camelcase")
    for name, type_id in (("lead", 1), ("deal", 2), ("contact", 3), ("company", 4), ("quote", 7)):
        fields = (await api.call("crm.item.fields", entityTypeId=type_id)).result["fields"]
        ours = {key: value["type"] for key, value in fields.items() if not value["isDynamic"]}
        expected = keys(documented[name]) | keys(documented["common"]) - {
            "entityTypeId",
            "parentId...",
            "ufCrm...",
        }
        assert keys(ours) == expected
