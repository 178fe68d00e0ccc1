"""`crm.item.*` and the methods around it: natives, names, funnels, fields, rows, links."""

import pytest


async def test_an_item_shows_natives_where_the_deal_shows_text(api):
    deal = (await api.call("crm.deal.get", id=2)).result
    item = (await api.call("crm.item.get", entityTypeId=2, id=2)).result["item"]

    assert item["id"] == int(deal["ID"])
    assert item["opportunity"] == float(deal["OPPORTUNITY"])
    assert item["assignedById"] == int(deal["ASSIGNED_BY_ID"])
    assert item["categoryId"] == int(deal["CATEGORY_ID"])
    assert item["isManualOpportunity"] == deal["IS_MANUAL_OPPORTUNITY"]
    assert item["updatedTime"] == deal["DATE_MODIFY"]
    assert item["isWon"] is None
    assert item["entityTypeId"] == 2


async def test_multifields_become_fm_and_single_strings(api):
    lead = next(row for row in api.portal.rows("lead") if len(row.get("PHONE", [])) == 2)
    item = (await api.call("crm.item.get", entityTypeId=1, id=lead["ID"])).result["item"]

    phones = [each for each in item["fm"] if each["typeId"] == "PHONE"]
    assert [each["value"] for each in phones] == [each["VALUE"] for each in lead["PHONE"]]
    assert item["phone"] == item["phoneWork"] == lead["PHONE"][0]["VALUE"]
    assert item["phoneMobile"] == lead["PHONE"][1]["VALUE"]
    assert item["emailHome"] == ""


async def test_custom_booleans_and_files_differ_between_the_families(api):
    schema = api.portal.table("deal").schema
    flag = next(each for each in schema.customs() if each.type == "boolean")
    scan = next(each for each in schema.customs() if each.type == "file" and not each.multiple)
    row = next(row for row in api.portal.rows("deal") if scan.code in row)
    item = (await api.call("crm.item.get", entityTypeId=2, id=row["ID"])).result["item"]

    assert (item[flag.name] == "Y") == (row[flag.code] == "1")
    assert item[scan.name]["id"] == row[scan.code]["id"]
    assert row[scan.code]["downloadUrl"].startswith("/bitrix/")
    assert f"ownerId={row['ID']}&" in row[scan.code]["downloadUrl"]
    assert f"id={row['ID']}&" in item[scan.name]["url"]
    assert item[scan.name]["urlMachine"].startswith("https://acme.localhost/rest/")


async def test_original_names_come_back_when_asked_for(api):
    item = await api.call("crm.item.get", entityTypeId=2, id=1, useOriginalUfNames="Y")
    fields = await api.call("crm.item.fields", entityTypeId=2, useOriginalUfNames="Y")

    assert "UF_CRM_1700008000" in item.result["item"]
    assert "UF_CRM_1700008000" in fields.result["fields"]


async def test_an_item_is_written_by_its_camel_names(api):
    added = await api.call(
        "crm.item.add",
        entityTypeId=1,
        fields={
            "title": "Hello",
            "opportunity": 10,
            "contactIds": [2, 3],
            "fm": {"n0": {"typeId": "EMAIL", "value": "a@example.com", "valueType": "HOME"}},
            "id": 1,
        },
    )
    item = added.result["item"]
    entry = item["fm"][0]["id"]
    edited = await api.call(
        "crm.item.update", entityTypeId=1, id=item["id"], fields={"fm": {str(entry): {"value": ""}}}
    )

    assert item["id"] > 160
    assert (item["contactId"], item["contactIds"]) == (2, [2, 3])
    assert item["email"] == item["emailHome"] == "a@example.com"
    assert api.portal.get("lead", item["id"])["OPPORTUNITY"] == "10.00"
    assert edited.result["item"]["fm"] == []


async def test_classic_updates_keep_the_funnel_and_item_updates_move_it(api):
    deal = (await api.call("crm.deal.add", fields={"TITLE": "x"})).result
    await api.call("crm.deal.update", id=deal, fields={"CATEGORY_ID": 10})
    kept = (await api.call("crm.deal.get", id=deal)).result["CATEGORY_ID"]
    moved = await api.call("crm.item.update", entityTypeId=2, id=deal, fields={"categoryId": 10})

    assert kept == "0"
    assert moved.result["item"]["stageId"] == "C10:NEW"


@pytest.mark.parametrize(
    ("type_id", "error"),
    [(5, "ENTITY_TYPE_NOT_SUPPORTED"), (1_999, "NOT_FOUND"), (None, "100")],
)
async def test_unknown_types_are_told_apart(api, type_id, error):
    params = {} if type_id is None else {"entityTypeId": type_id}

    assert (await api.call("crm.item.list", **params)).error == (400, error)


async def test_switches_of_a_smart_process_decide_its_fields(api):
    projects = (await api.call("crm.item.fields", entityTypeId=1030)).result["fields"]
    requests = (await api.call("crm.item.fields", entityTypeId=177)).result["fields"]

    assert {"opportunity", "begindate", "sourceId"} <= set(projects)
    assert not {"opportunity", "begindate", "sourceId"} & set(requests)
    assert "companyId" in requests


async def test_a_new_smart_process_can_be_filled_and_moved_through(api):
    fields = {"title": "Tickets", "isStagesEnabled": "Y", "isClientEnabled": "Y"}
    made = (await api.call("crm.type.add", fields=fields)).result["type"]
    type_id = made["entityTypeId"]
    item = (await api.call("crm.item.add", entityTypeId=type_id, fields={"title": "A"})).result
    [funnel] = (await api.call("crm.category.list", entityTypeId=type_id)).result["categories"]
    stage = f"DT{type_id}_{funnel['id']}:SUCCESS"
    await api.call(
        "crm.item.update", entityTypeId=type_id, id=item["item"]["id"], fields={"stageId": stage}
    )

    history = (await api.call("crm.stagehistory.list", entityTypeId=type_id)).result["items"]
    assert [each["TYPE_ID"] for each in history] == [1, 3]
    assert (await api.call("crm.type.delete", id=made["id"])).error == (400, "TYPE_NOT_EMPTY")
    await api.call("crm.item.delete", entityTypeId=type_id, id=item["item"]["id"])
    assert (await api.call("crm.type.delete", id=made["id"])).status == 200
    assert (await api.call("crm.item.list", entityTypeId=type_id)).error == (400, "NOT_FOUND")


async def test_a_new_funnel_has_stages_cut_to_21_characters(api):
    made = (await api.call("crm.category.add", entityTypeId=2, fields={"name": "VIP"})).result
    number = made["category"]["id"]
    rows = await api.call("crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{number}"})

    codes = [row["STATUS_ID"] for row in rows.result]
    assert codes[0] == f"C{number}:NEW"
    assert f"C{number}:PREPAYMENT_INVOICE"[:21] in codes
    assert all(len(code) <= 21 for code in codes)


async def test_a_new_stage_can_be_moved_to(api):
    fields = {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "AUDIT", "NAME": "Audit", "SORT": 35}
    await api.call("crm.status.add", fields=fields)
    deal = (await api.call("crm.deal.add", fields={"TITLE": "x", "STAGE_ID": "AUDIT"})).result

    assert (await api.call("crm.deal.get", id=deal)).result["STAGE_ID"] == "AUDIT"


async def test_custom_fields_are_added_over_rest_and_seen_by_both_families(api):
    fields = {
        "FIELD_NAME": "COLOUR",
        "USER_TYPE_ID": "enumeration",
        "EDIT_FORM_LABEL": {"ru": "Цвет"},
        "LIST": [{"VALUE": "red"}, {"VALUE": "blue"}],
    }
    made = (await api.call("crm.deal.userfield.add", fields=fields)).result
    described = (await api.call("crm.item.fields", entityTypeId=2)).result["fields"]["ufCrmColour"]
    again = await api.call("crm.deal.userfield.add", fields=fields)

    assert described["title"] == "Цвет"
    assert [each["VALUE"] for each in described["items"]] == ["red", "blue"]
    assert again.error == (400, "")
    assert (await api.call("crm.deal.userfield.delete", id=made)).result is True
    assert "UF_CRM_COLOUR" not in (await api.call("crm.deal.get", id=1)).result


async def test_product_rows_are_replaced_as_a_whole_and_get_new_ids(api):
    before = (await api.call("crm.deal.productrows.get", id=3)).result
    moved = api.portal.get("deal", 3)["DATE_MODIFY"]
    rows = [{"PRODUCT_NAME": "Pipe", "PRICE": "10.5", "QUANTITY": 2}]
    await api.call("crm.deal.productrows.set", id=3, rows=rows)
    classic = (await api.call("crm.deal.productrows.get", id=3)).result
    items = await api.call("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": 3})

    assert before
    assert classic[0]["ID"] not in {row["ID"] for row in before}
    assert (classic[0]["PRICE"], classic[0]["PRICE_ACCOUNT"]) == (10.5, "10.50")
    assert items.result["productRows"][0]["price"] == 10.5
    assert api.portal.get("deal", 3)["DATE_MODIFY"] == moved


async def test_links_keep_the_primary_first_and_are_no_edit(api):
    moved = api.portal.get("deal", 2)["DATE_MODIFY"]
    await api.call("crm.deal.contact.items.set", id=2, items=[{"CONTACT_ID": 7}, {"CONTACT_ID": 8}])
    await api.call("crm.deal.contact.add", id=2, fields={"CONTACT_ID": 9, "IS_PRIMARY": "Y"})
    links = (await api.call("crm.deal.contact.items.get", id=2)).result

    assert [each["CONTACT_ID"] for each in links] == [9, 7, 8]
    assert [each["IS_PRIMARY"] for each in links] == ["Y", "N", "N"]
    assert api.portal.get("deal", 2)["CONTACT_ID"] == "9"
    assert api.portal.get("deal", 2)["DATE_MODIFY"] == moved


async def test_activities_are_found_by_their_owners(api):
    some = (await api.call("crm.activity.list", select=["ID", "BINDINGS"])).result[0]
    owner = some["BINDINGS"][0]

    found = await api.call("crm.activity.list", filter={"BINDINGS": [owner]}, select=["ID"])

    assert some["ID"] in {row["ID"] for row in found.result}
    assert found.body["total"] < 150


async def test_tasks_are_asked_in_upper_case_and_answered_in_camel(api):
    reply = await api.call(
        "tasks.task.list", filter={"REAL_STATUS": "5"}, order={"ID": "asc"}, select=["ID", "STATUS"]
    )
    tasks = reply.result["tasks"]
    wrong = await api.call("tasks.task.list", order={"NOPE": "asc"})

    assert {task["status"] for task in tasks} == {"5"}
    assert [int(task["id"]) for task in tasks] == sorted(int(task["id"]) for task in tasks)
    assert wrong.error == (400, "0")
