"""Pages and rows of every kind of list, against the documented answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge24.bitrix import crm
from bridge24.bitrix.errors import UnexpectedAnswer
from bridge24.bitrix.listing import get_params, list_params, record, rows

SAMPLES = Path(__file__).parent / "samples"
SMART = crm.smart_process({"id": 37, "entityTypeId": 1256, "title": "Rent"})


def _result(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())["result"]


LISTS = [
    (crm.DEAL, "crm.deal.list"),
    (crm.LEAD, "crm.lead.list"),
    (crm.CONTACT, "crm.contact.list"),
    (crm.COMPANY, "crm.company.list"),
    (crm.QUOTE, "crm.quote.list"),
    (SMART, "crm.item.list.lead"),
    (crm.SMART_PROCESS_TYPE, "crm.type.list"),
    (crm.DEAL_FUNNEL, "crm.category.list"),
    (crm.STATUS, "crm.status.list"),
    (crm.CURRENCY, "crm.currency.list"),
    (crm.DEAL_STAGE_HISTORY, "crm.stagehistory.list"),
    (crm.PRODUCT_ROW, "crm.item.productrow.list"),
    (crm.ACTIVITY, "crm.activity.list"),
    (crm.REQUISITE, "crm.requisite.list"),
    (crm.ADDRESS, "crm.address.list"),
    (crm.USER, "user.get"),
    (crm.DEPARTMENT, "department.get"),
    (crm.TASK, "tasks.task.list"),
    (crm.CALL, "voximplant.statistic.get"),
]


@pytest.mark.parametrize(("entity", "sample"), LISTS, ids=[sample for _, sample in LISTS])
def test_rows_of_documented_lists_are_found_and_have_their_id(
    entity: crm.Entity, sample: str
) -> None:
    found = rows(entity, _result(sample))

    assert found
    for row in found:
        assert not entity.id_field or entity.id_field in row


@pytest.mark.parametrize(("entity", "sample"), LISTS, ids=[sample for _, sample in LISTS])
def test_empty_lists_of_both_spellings_have_no_rows(entity: crm.Entity, sample: str) -> None:
    empty: Any = []
    for key in reversed(entity.result_path):
        empty = {key: empty}

    assert rows(entity, empty) == []
    assert rows(entity, []) == []


@pytest.mark.parametrize("result", [None, {}, True, "x", {"other": []}, {"items": None}, [1]])
def test_answer_without_rows_never_passes_for_an_empty_page(result: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        rows(SMART, result)


def test_rows_written_as_a_map_are_rows() -> None:
    assert rows(crm.DEAL, {"1": {"ID": "7"}, "3": {"ID": "9"}}) == [{"ID": "7"}, {"ID": "9"}]


def test_classic_page_asks_for_multifields_by_name() -> None:
    params = list_params(crm.CONTACT, after_id=5, until_id=9, extra_filter={"OPENED": "Y"})

    assert params == {
        "select": ["*", "UF_*", "PHONE", "EMAIL", "WEB", "IM", "LINK"],
        "order": {"ID": "ASC"},
        "filter": {"OPENED": "Y", ">ID": 5, "<=ID": 9},
        "start": -1,
    }


def test_item_page_is_in_camel_case_and_names_its_type() -> None:
    params = list_params(SMART, after_id=0, select=["title"], direction="DESC")

    assert params == {
        "entityTypeId": 1256,
        "select": ["id", "title"],
        "order": {"id": "DESC"},
        "filter": {">id": 0},
        "start": -1,
    }


def test_task_page_asks_in_capitals_for_rows_in_camel_case() -> None:
    params = list_params(crm.TASK, after_id=3, select=["id", "TITLE"])

    assert params["select"] == ["ID", "TITLE"]
    assert params["filter"] == {">ID": 3}


def test_user_page_sorts_by_scalars() -> None:
    params = list_params(crm.USER, after_id=3)

    assert params == {
        "ADMIN_MODE": True,
        "sort": "ID",
        "order": "ASC",
        "FILTER": {">ID": 3},
        "start": -1,
    }


def test_department_page_has_conditions_at_the_top_and_counts() -> None:
    params = list_params(crm.DEPARTMENT, start=50, extra_filter={"PARENT": 1})

    assert params == {"sort": "ID", "order": "ASC", "PARENT": 1, "START": 50}


def test_call_page_is_in_capitals() -> None:
    params = list_params(crm.CALL, after_id=1)

    assert params == {"SORT": "ID", "ORDER": "ASC", "FILTER": {">ID": 1}, "start": -1}


def test_list_that_ignores_start_is_not_sent_one() -> None:
    assert "start" not in list_params(crm.STATUS)
    assert list_params(crm.DEAL_FUNNEL)["entityTypeId"] == 2


def test_list_without_id_is_ordered_by_all_its_keys() -> None:
    params = list_params(crm.ADDRESS, start=100)

    assert list(params["order"]) == ["ENTITY_TYPE_ID", "ENTITY_ID", "TYPE_ID"]  # type: ignore[call-overload]
    assert params["start"] == 100


def test_list_that_needs_an_owner_refuses_to_do_without() -> None:
    with pytest.raises(ValueError, match="=ownerType"):
        list_params(crm.PRODUCT_ROW)

    owner = {"=ownerType": "D", "=ownerId": 5}
    assert list_params(crm.PRODUCT_ROW, extra_filter=owner)["filter"] == owner


@pytest.mark.parametrize(
    ("entity", "sample", "params"),
    [
        (crm.DEAL, "crm.deal.get", {"id": 7}),
        (crm.item("x", entity_type_id=1, userfield_entity="CRM_LEAD"), "crm.item.get.lead",
         {"entityTypeId": 1, "id": 7}),
        (crm.TASK, "tasks.task.get", {"taskId": 7}),
        (crm.USER, "user.get", {"ID": 7}),
    ],
)  # fmt: skip
def test_one_record_is_asked_for_and_found(
    entity: crm.Entity, sample: str, params: dict[str, object]
) -> None:
    assert get_params(entity, 7) == params
    found = record(entity, _result(sample))
    assert found is not None
    assert entity.id_field in found


def test_no_record_is_none() -> None:
    assert record(crm.TASK, []) is None
    assert record(crm.TASK, {"task": []}) is None
    assert record(crm.USER, []) is None


def test_smart_process_is_named_by_its_type_and_its_fields_by_its_own_id() -> None:
    (row, *_) = rows(crm.SMART_PROCESS_TYPE, _result("crm.type.list"))

    entity = crm.smart_process(row)

    assert entity.name == "dynamic_1256"
    assert entity.userfield_entity == "CRM_37"
    assert entity.item_params == {"entityTypeId": 1256}
    assert entity.title == "Smart Process #20"


def test_catalogue_names_are_unique_and_methods_are_complete() -> None:
    entities = list(crm.CATALOGUE.values())

    assert len({each.name for each in entities}) == len(entities)
    for each in entities:
        assert each.paging != "keyset" or each.id_field
        assert each.get_method is None or each.get_id
