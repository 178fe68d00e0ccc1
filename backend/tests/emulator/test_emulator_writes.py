"""Writing has the side effects a portal has, and no others."""

from dataclasses import replace

import pytest

from bridge24.emulator import Clock, PortalSpec
from bridge24.emulator.seed import found


@pytest.fixture
def portal():
    """A portal whose clock stands still until it is moved."""
    return found(PortalSpec(), seed=7, clock=Clock(1_790_000_000.0))


@pytest.fixture
def heard(portal):
    """Every change the portal tells of."""
    changes = []
    portal.listeners.append(changes.append)
    return changes


def test_an_edit_that_changes_nothing_moves_no_time_and_tells_nobody(portal, heard):
    before = portal.get("deal", 1)

    assert not portal.update("deal", 1, {"TITLE": before["TITLE"], "TAX_VALUE": 0})
    assert portal.get("deal", 1) == before
    assert heard == []


def test_emptiness_in_another_spelling_is_no_edit(portal):
    empty = next(row for row in portal.rows("deal") if row["COMPANY_ID"] is None)

    assert not portal.update("deal", int(empty["ID"]), {"COMPANY_ID": "0", "UTM_TERM": ""})


def test_an_edit_bumps_the_time_and_the_editor(portal, heard):
    lines = len(_history(portal, 2))
    assert portal.update("deal", 1, {"TITLE": "Renamed"}, user_id=3)

    assert len(_history(portal, 2)) == lines
    row = portal.get("deal", 1)
    assert row["DATE_MODIFY"] == portal.now_text()
    assert row["MODIFY_BY_ID"] == "3"
    assert [(each.kind, each.entity, each.id) for each in heard] == [("update", "deal", 1)]


def test_a_stage_change_moves_the_record_and_writes_history(portal):
    deal = portal.add("deal", {"TITLE": "To win"})
    portal.clock.move(3_600)
    portal.update("deal", deal, {"STAGE_ID": "WON"})

    row = portal.get("deal", deal)
    lines = [line for line in _history(portal, 2) if line["OWNER_ID"] == str(deal)]
    assert (row["STAGE_SEMANTIC_ID"], row["CLOSED"]) == ("S", "Y")
    assert row["MOVED_TIME"] == portal.now_text() != row["DATE_CREATE"]
    assert [(each["TYPE_ID"], each["STAGE_ID"]) for each in lines] == [("1", "NEW"), ("3", "WON")]


def test_a_stage_the_funnel_does_not_have_is_ignored(portal):
    before = portal.get("deal", 1)

    assert not portal.update("deal", 1, {"STAGE_ID": "NO_SUCH_STAGE"})
    assert portal.get("deal", 1) == before


def test_another_funnel_means_its_first_stage_and_is_told_as_a_move(portal, heard):
    deal = portal.add("deal", {"TITLE": "Moves"})
    portal.update("deal", deal, {"CATEGORY_ID": 10})

    assert portal.get("deal", deal)["STAGE_ID"] == "C10:NEW"
    assert heard[-1].kind == "move_to_category"
    assert _history(portal, 2)[-1]["TYPE_ID"] == "5"


def test_history_goes_with_its_owner(portal):
    portal.delete("deal", 2)

    assert not [line for line in _history(portal, 2) if line["OWNER_ID"] == "2"]
    assert [line for line in _history(portal, 2) if line["OWNER_ID"] == "3"]


def test_every_record_of_the_seed_has_a_history_that_ends_where_it_is(portal):
    last = {line["OWNER_ID"]: line["STAGE_ID"] for line in _history(portal, 2)}

    assert last == {row["ID"]: row["STAGE_ID"] for row in portal.rows("deal")}


def test_a_deleted_record_restored_keeps_its_id_and_its_times(portal, heard):
    row = dict(portal.table("deal").get(9))
    portal.delete("deal", 9)
    assert portal.get("deal", 9) is None
    portal.restore("deal", row)

    assert portal.get("deal", 9)["DATE_MODIFY"] == row["DATE_MODIFY"]
    assert [each.kind for each in heard] == ["delete", "add"]


def test_multifields_merge_by_their_ids(portal):
    contact = portal.add("contact", {"NAME": "A", "PHONE": [{"VALUE": "+1"}, {"VALUE": "+2"}]})
    first, second = portal.get("contact", contact)["PHONE"]

    portal.update(
        "contact",
        contact,
        {
            "PHONE": [
                {"ID": first["ID"], "VALUE": ""},
                {"ID": second["ID"], "VALUE": "+3", "VALUE_TYPE": "HOME"},
                {"VALUE": "+4"},
            ]
        },
    )

    phones = portal.get("contact", contact)["PHONE"]
    assert [(each["VALUE"], each["VALUE_TYPE"]) for each in phones] == [
        ("+3", "HOME"),
        ("+4", "WORK"),
    ]
    portal.update("contact", contact, {"PHONE": [{"ID": e["ID"], "DELETE": "Y"} for e in phones]})
    assert "PHONE" not in portal.get("contact", contact)
    assert portal.get("contact", contact)["HAS_PHONE"] == "N"


def test_the_primary_contact_and_the_list_of_all_stay_in_step(portal):
    deal = portal.add("deal", {"TITLE": "x", "CONTACT_IDS": [5, 6]})
    assert portal.get("deal", deal)["CONTACT_ID"] == "5"

    portal.update("deal", deal, {"CONTACT_ID": 7})
    assert portal.table("deal").store.value(deal, "CONTACT_IDS") == ["7", "5", "6"]

    portal.update("deal", deal, {"CONTACT_ID": 0})
    assert portal.table("deal").store.value(deal, "CONTACT_IDS") == []


def test_hidden_rows_vanish_and_come_back(portal):
    portal.hide("deal", [1, 2])
    assert [row["ID"] for row in portal.rows("deal")][:2] == ["3", "5"]
    assert portal.table("deal").store.count() == 198

    portal.show("deal")
    assert portal.table("deal").store.count() == 200


def test_a_new_field_is_empty_in_old_rows_and_a_removed_one_gone(portal, heard):
    portal.add_field("deal", "UF_CRM_LATE", "enumeration", multiple=True, options=["a", "b"])
    assert portal.get("deal", 1)["UF_CRM_LATE"] == []
    option = portal.table("deal").schema.get("UF_CRM_LATE").custom.options[1].id

    portal.update("deal", 1, {"UF_CRM_LATE": [option]})
    assert portal.get("deal", 1)["UF_CRM_LATE"] == [int(option)]

    gone = portal.table("deal").schema.customs()[0].code
    portal.remove_field("deal", gone)
    assert gone not in portal.get("deal", 1)
    assert gone not in portal.get("deal", 2)
    assert [(each.kind, each.entity) for each in heard] == [
        ("add", "userfield"),
        ("update", "deal"),
        ("delete", "userfield"),
    ]


def test_the_same_seed_makes_the_same_company_and_another_does_not():
    spec, clock = PortalSpec(), Clock(1_790_000_000.0)
    first, again = found(spec, seed=7, clock=clock), found(spec, seed=7, clock=clock)
    other = found(spec, seed=8, clock=clock)

    assert first.rows("contact") == again.rows("contact")
    assert first.rows("deal") == again.rows("deal")
    assert first.rows("deal") != other.rows("deal")


def test_ready_pieces_say_the_same_as_the_whole_row():
    portal = found(replace(PortalSpec(), custom_fields=60), seed=7, clock=Clock(1.8e9))
    for name in ("deal", "lead", "contact", "company", "quote", "invoice", "dynamic_1030"):
        table = portal.table(name)
        portal.update(name, 2, {"TITLE": "edited", "LAST_NAME": "edited"})
        for style in ("classic", "item"):
            view = table.view(style)
            for row_id in (1, 2, 9, 17):
                assert _parsed(table.json(row_id, view)) == table.shown(row_id, view)


def test_awkward_values_occur_in_every_portal(portal):
    comments = [row["COMMENTS"] for row in portal.rows("deal")]
    titles = [row["TITLE"] for row in portal.rows("deal")]

    assert any(comment and len(comment) > 70_000 for comment in comments)
    assert any(comment and "\x00" in comment for comment in comments)
    assert any(len(title) == 300 for title in titles)
    assert any("🚀" in title for title in titles)
    assert any('"' in title for title in titles)


def _history(portal, type_id):
    table = portal.histories[type_id]
    return [table.store.row(row_id) for row_id in table.store.ids()]


def _parsed(text):
    import json

    return json.loads(text)
