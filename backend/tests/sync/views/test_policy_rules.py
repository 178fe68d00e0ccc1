"""What a column policy makes of rows, fields and questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix import crm
from bridge24.bitrix.fields import Field
from bridge24.sync.policy import (
    ColumnPolicy,
    SaltMissing,
    Treatment,
    WrongPolicy,
    checked,
    hashed,
    masked,
    parsed,
)

SALT = b"a salt of the tests, long enough"
PHONE = [{"ID": "7", "VALUE_TYPE": "WORK", "VALUE": "+79123456712", "TYPE_ID": "PHONE"}]


def _policy(**treatments: str) -> ColumnPolicy:
    return ColumnPolicy(parsed(treatments), SALT)


@given(st.text(max_size=40))
def test_treating_twice_is_treating_once(text: str) -> None:
    assert masked(masked(text or "-")) == masked(text or "-")
    assert hashed(hashed(text, salt=SALT), salt=SALT) == hashed(text, salt=SALT)


@given(st.text(min_size=8, max_size=60).filter(lambda text: "*" not in text))
def test_a_mask_tells_four_letters_and_the_end_of_a_domain_at_most(text: str) -> None:
    shown = masked(text).replace("*", "")

    assert len(shown) <= 4 or ("@" in text and len(shown) <= 2 + 11)


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("+7 912 345-67-12", "+7***12"),
        ("89123456712", "89***12"),
        ("ivan@example.ru", "i***@***.ru"),
        ("Иванов", "И***"),
        ("Ив", "***"),
    ],
)
def test_a_mask_keeps_the_shape_only(plain: str, expected: str) -> None:
    assert masked(plain) == expected


def test_equal_values_stay_equal_in_every_object_and_with_one_salt_only() -> None:
    (contact,) = _policy(phone="hash").applied([{"ID": "1", "PHONE": PHONE}])
    (call,) = _policy(phone_number="hash").applied([{"PHONE_NUMBER": "+79123456712"}])

    (item,) = contact["PHONE"]  # type: ignore[misc,attr-defined]
    assert item["VALUE"] == call["PHONE_NUMBER"] != hashed("+79123456712", salt=b"another")
    assert item["TYPE_ID"] == "PHONE"


def test_rows_lose_what_is_left_out_and_nothing_else() -> None:
    row = {"ID": "1", "NAME": "Ivan", "UF_CRM_1": ["a", "", "b"], "X": "kept", "EMPTY": ""}
    policy = _policy(NAME="leave_out", uf_crm_1="mask", EMPTY="hash")

    (treated,) = policy.applied([row])

    assert treated == {"ID": "1", "UF_CRM_1": ["***", None, "***"], "X": "kept", "EMPTY": None}
    assert row["NAME"] == "Ivan"
    assert policy.applied([treated]) == [treated]


def test_fields_are_left_out_or_become_texts() -> None:
    fields = [Field("ID", "integer"), Field("NAME", "string"), Field("UF_CRM_1", "integer")]

    kept = _policy(name="leave_out", uf_crm_1="hash").fields(fields)

    assert [(each.code, each.type) for each in kept] == [("ID", "integer"), ("UF_CRM_1", "string")]


def test_the_portal_is_not_asked_for_what_is_left_out() -> None:
    phones = _policy(phone="leave_out").asking_for(crm.CONTACT, ["ID", "NAME", "UF_CRM_1"])
    assert phones.select == ("*", "UF_*", "EMAIL", "WEB", "IM", "LINK")

    custom = _policy(uf_crm_2="leave_out").asking_for(crm.DEAL, ["ID", "TITLE", "UF_CRM_1"])
    assert custom.select == ("*", "UF_CRM_1")

    own = _policy(title="leave_out").asking_for(crm.DEAL, ["ID", "UF_CRM_1"])
    assert own.select == ("ID", "UF_*")

    item = _policy(uf_crm1="leave_out").asking_for(crm.SMART_INVOICE, ["id", "title", "ufCrm2"])
    assert item.select == ("id", "title", "ufCrm2")

    assert _policy(name="mask").asking_for(crm.CONTACT, ["ID", "NAME"]) == crm.CONTACT


def test_a_policy_that_cannot_work_is_refused() -> None:
    for wrong in ({"ID": "hash"}, {"date_modify": "leave_out"}, {"NAME": "burn"}):
        with pytest.raises(WrongPolicy):
            checked(wrong, crm.DEAL)
    with pytest.raises(WrongPolicy):
        parsed({"NAME": "hash", "name": "mask"})
    with pytest.raises(SaltMissing):
        ColumnPolicy({"name": Treatment.HASH}).applied([{"NAME": "Ivan"}])


def test_the_salt_is_not_shown() -> None:
    assert SALT.decode() not in repr(_policy(name="hash"))
