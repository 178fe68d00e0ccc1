"""Field descriptions of every family, against the documented answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix import crm
from bridge24.bitrix.fields import (
    Field,
    described,
    enriched,
    fields_of,
    task_fields,
    titled,
    userfield_configs,
    userfields,
)

SAMPLES = Path(__file__).parent / "samples"


def _result(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())["result"]


def _by_code(fields: list[Field]) -> dict[str, Field]:
    return {each.code: each for each in fields}


@pytest.mark.parametrize(
    "name", ["deal", "lead", "contact", "company", "quote", "requisite", "activity"]
)
def test_classic_descriptions_lose_no_field(name: str) -> None:
    raw = _result(f"crm.{name}.fields")

    fields = fields_of(crm.CATALOGUE[name], raw)

    assert [each.code for each in fields] == list(raw)
    assert [each.type for each in fields] == [about["type"] for about in raw.values()]
    assert [each.multiple for each in fields] == [about["isMultiple"] for about in raw.values()]
    assert [each.custom for each in fields] == [about["isDynamic"] for about in raw.values()]


def test_classic_deal_fields_tell_what_they_are() -> None:
    fields = _by_code(described(_result("crm.deal.fields")))

    assert fields["STAGE_ID"].status_type == "DEAL_STAGE"
    assert fields["ID"].read_only
    assert fields["CATEGORY_ID"].immutable
    assert fields["CONTACT_IDS"].multiple
    assert fields["COMPANY_ID"].settings == {"parentEntityTypeId": 4}


def test_classic_custom_field_has_its_human_label() -> None:
    raw = {
        "UF_CRM_1721244482250": {
            "type": "string",
            "isDynamic": True,
            "title": "UF_CRM_1721244482250",
            "listLabel": "Contract no.",
            "formLabel": "Contract no.",
        }
    }

    (each,) = described(raw)

    assert each.title == "Contract no."
    assert each.custom


def test_item_fields_keep_both_names() -> None:
    smart = crm.smart_process({"id": 44, "entityTypeId": 1268, "title": "Rent"})

    fields = _by_code(fields_of(smart, _result("crm.item.fields.spa")))

    assert fields["stageId"].upper_name == "STAGE_ID"
    assert fields["stageId"].status_type == "DYNAMIC_1268_STAGE_52"
    assert fields["opened"].required
    assert fields["parentId1248"].upper_name == "PARENT_ID_1248"


def test_item_custom_fields_carry_labels_options_and_settings() -> None:
    raw = json.loads((SAMPLES / "crm.item.fields.uf.json").read_bytes())

    fields = _by_code(described({"fields": raw}))

    listed = fields["ufCrm44_1721812814433"]
    assert listed.options["79"] == "List item #1"
    assert listed.title == "Custom field (list)"
    assert listed.custom
    assert fields["ufCrm44_1721812885588"].multiple
    assert fields["ufCrm44_1721812948498"].settings["PRECISION"] == 2


def test_userfield_list_is_read() -> None:
    fields = _by_code(userfields(_result("crm.deal.userfield.list")))

    assert fields["UF_CRM_1713790573"].status_type == "INDUSTRY"
    assert fields["UF_CRM_1724077760"].options["3157"] == "Children's Radio"
    assert fields["UF_CRM_1724077760"].multiple
    assert fields["UF_CRM_HELLO_WORLD"].title == "Hello, world! Edit (modified)"
    assert fields["UF_CRM_1709565075"].type == "resourcebooking"


def test_userfield_get_tells_every_language() -> None:
    (each,) = userfields([_result("crm.deal.userfield.get")])

    assert each.labels["en"] == "Hello, World! Edit (changed)"
    assert "ru" not in each.labels  # written as an empty string: no label
    assert each.title in each.labels.values()


@pytest.mark.parametrize("name", ["userfieldconfig.list", "userfieldconfig.get"])
def test_userfield_configs_are_read(name: str) -> None:
    (each,) = userfield_configs(_result(name))

    assert each.code == "UF_CRM_7_NEW_REST_LIST_2026"
    assert each.type == "enumeration"
    assert each.multiple
    assert each.labels["de"]
    assert len(each.options) == len(_result(name).get("field", {}).get("enum", []))


def test_user_and_department_titles_are_read() -> None:
    users = _by_code(fields_of(crm.USER, _result("user.fields")))
    departments = _by_code(fields_of(crm.DEPARTMENT, _result("department.fields")))

    assert users["PERSONAL_PHONE"].title == "Personal Phone"
    assert users["UF_DEPARTMENT"].multiple
    assert users["ACTIVE"].type == "boolean"
    assert departments["UF_HEAD"].type == "user"


def test_task_fields_go_by_the_names_rows_use() -> None:
    fields = _by_code(fields_of(crm.TASK, _result("tasks.task.getFields")))
    row = _result("tasks.task.list")["tasks"][0]

    assert set(fields) & set(row) >= {"id", "title", "deadline", "responsibleId", "auditors"}
    assert fields["priority"].options == {"2": "High", "1": "Medium", "0": "Low"}
    assert fields["responsibleId"].upper_name == "RESPONSIBLE_ID"
    assert fields["notViewed"].title == "NOT_VIEWED"
    assert fields["auditors"].multiple
    assert not fields["ufCrmTask"].custom
    assert fields["UF_NEW_TASKS_FIELD"].custom


def test_options_written_as_a_php_list_keep_their_numbers() -> None:
    (each,) = task_fields({"fields": {"MARK": {"type": "enum", "values": ["No", "Yes"]}}})

    assert each.options == {"0": "No", "1": "Yes"}


def test_custom_descriptions_enrich_what_rows_hold() -> None:
    plain = [Field("ufCrm7X", "enumeration", title="UF_CRM_7_X", upper_name="UF_CRM_7_X")]
    more = [
        Field("UF_CRM_7_X", "enumeration", title="Kind", labels={"de": "Art"}, options={"1": "A"}),
        Field("UF_CRM_7_GONE", "string"),
    ]

    (each,) = enriched(plain, more)

    assert (each.code, each.title, each.options) == ("ufCrm7X", "Kind", {"1": "A"})
    assert each.labels == {"de": "Art"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_ABOUT = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("type", "isMultiple", "title", "items", "settings", "statusType", "LIST"), _JSON
    ),
)


@given(_JSON | st.dictionaries(st.text(), _ABOUT))
def test_no_answer_breaks_a_reader(answer: Any) -> None:
    for read in (described, userfields, userfield_configs, titled, task_fields):
        for shape in (answer, {"fields": answer}, [answer]):
            for each in read(shape):
                assert isinstance(each.title, str)
                assert all(isinstance(text, str) for text in each.options.values())
