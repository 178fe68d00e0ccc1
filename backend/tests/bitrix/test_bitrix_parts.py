"""Objects that no single list holds, and the options of list fields."""

import pytest

from bridge24.bitrix import crm
from bridge24.bitrix.listing import list_params, rows
from bridge24.bitrix.options import options_of
from bridge24.bitrix.parts import owner_letters


@pytest.mark.parametrize(
    ("entity_type_id", "letters"),
    [(1, "L"), (2, "D"), (7, "Q"), (31, "SI"), (128, "T80"), (1268, "T4f4")],
)
def test_owners_of_product_rows_go_by_letters(entity_type_id: int, letters: str) -> None:
    assert owner_letters(entity_type_id) == letters


def test_products_are_never_asked_for_without_their_id_and_catalogue() -> None:
    where = {"iblockId": 23}

    assert list_params(crm.PRODUCT, extra_filter=where)["select"] == ["id", "iblockId", "*"]
    ids = list_params(crm.PRODUCT, extra_filter=where, select=["id"])["select"]
    assert set(ids) == {"id", "iblockId"}  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="iblockId"):
        list_params(crm.PRODUCT)


def test_links_of_a_record_are_a_plain_list() -> None:
    link = {"CONTACT_ID": 55, "SORT": 100, "ROLE_ID": 0, "IS_PRIMARY": "Y"}

    assert rows(crm.DEAL_CONTACT, [link]) == [link]
    assert rows(crm.DEAL_CONTACT, []) == []


def test_options_of_classic_fields_keep_the_portals_order_and_sort() -> None:
    told = [
        {
            "FIELD_NAME": "UF_CRM_A",
            "LIST": [
                {"ID": "9", "VALUE": "Да", "SORT": "10", "DEF": "Y", "XML_ID": "yes"},
                {"ID": "7", "VALUE": "Нет", "SORT": "20", "DEF": "N", "XML_ID": None},
            ],
        },
        {"FIELD_NAME": "UF_CRM_B", "LIST": []},
        {"FIELD_NAME": "UF_CRM_C"},
    ]

    options = options_of(told)

    assert [(o["ID"], o["FIELD"], o["POSITION"]) for o in options] == [
        ("9", "UF_CRM_A", 1),
        ("7", "UF_CRM_A", 2),
    ]
    assert (options[0]["SORT"], options[0]["IS_DEFAULT"], options[0]["XML_ID"]) == (
        "10",
        "Y",
        "yes",
    )


def test_options_of_items_come_from_the_descriptions_of_their_fields() -> None:
    told = {
        "fields": {
            "ufCrm2Kind": {"type": "enumeration", "items": [{"ID": "3", "VALUE": "A"}]},
            "ufCrm2Map": {"type": "enumeration", "items": {"5": {"ID": "5", "VALUE": "B"}}},
            "stageId": {"type": "crm_status"},
            "title": {"type": "string"},
        }
    }

    assert [(o["FIELD"], o["ID"], o["VALUE"], o["SORT"]) for o in options_of(told)] == [
        ("ufCrm2Kind", "3", "A", None),
        ("ufCrm2Map", "5", "B", None),
    ]
    assert options_of([]) == []
