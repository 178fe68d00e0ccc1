"""Which object an event is about, and what is to be done about it."""

import pytest

from bridge24.bitrix.events import event_of
from bridge24.emulator.event_names import EVENTS, WEBHOOK_EVENTS
from bridge24.sync.realtime.subjects import (
    Kind,
    Subject,
    application_events,
    subject_of,
    webhook_events,
)


@pytest.mark.parametrize(
    ("form", "subject"),
    [
        ("event=ONCRMDEALUPDATE&data[FIELDS][ID]=7405", Subject(Kind.ROW, "deal", "7405")),
        ("event=OnCrmLeadDelete&data[FIELDS][ID]=7", Subject(Kind.ROW, "lead", "7")),
        (
            "event=ONCRMDEALMOVETOCATEGORY&data[FIELDS][ID]=6675&data[FIELDS][CATEGORY_ID]=1",
            Subject(Kind.ROW, "deal", "6675"),
        ),
        (
            "event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=22&data[FIELDS][ENTITY_TYPE_ID]=1220",
            Subject(Kind.ROW, "dynamic_1220", "22"),
        ),
        (
            "event=ONCRMDYNAMICITEMUPDATE&data[FIELDS][ID]=2&data[FIELDS][ENTITY_TYPE_ID]=31",
            Subject(Kind.ROW, "smart_invoice", "2"),
        ),
        (
            "event=ONCRMDYNAMICITEMDELETE_147&data[FIELDS][ID]=2",
            Subject(Kind.ROW, "dynamic_147", "2"),
        ),
        ("event=ONTASKDELETE&data[FIELDS_BEFORE][ID]=123", Subject(Kind.ROW, "task", "123")),
        (
            "event=ONTASKADD&data[FIELDS_BEFORE]=undefined&data[FIELDS_AFTER][ID]=9",
            Subject(Kind.ROW, "task", "9"),
        ),
        ("event=ONUSERADD&data[ID]=12&data[NAME]=Klaus", Subject(Kind.ROW, "user", "12")),
        ("event=ONCRMBANKDETAILADD&data[FIELDS][ID]=1", Subject(Kind.ROW, "bank_detail", "1")),
        ("event=ONCRMCURRENCYUPDATE&data[FIELDS][ID]=USD", Subject(Kind.READ_AGAIN, "currency")),
        ("event=ONVOXIMPLANTCALLEND&data[CALL_ID]=x", Subject(Kind.READ_AGAIN, "call")),
        ("event=ONCRMTYPEADD&data[FIELDS][ID]=45", Subject(Kind.TYPES)),
        (
            "event=ONCRMDEALUSERFIELDADD&data[FIELDS][ENTITY_ID]=CRM_DEAL",
            Subject(Kind.FIELDS, "CRM_DEAL"),
        ),
        (
            "event=ONCRMTYPEUSERFIELDSETENUMVALUES&data[FIELDS][ENTITY_ID]=CRM_7",
            Subject(Kind.FIELDS, "CRM_7"),
        ),
        ("event=ONOFFLINEEVENT", Subject(Kind.OFFLINE)),
        ("event=ONAPPUPDATE", Subject(Kind.APPLICATION)),
    ],
)
def test_every_kind_of_event_finds_its_object(form: str, subject: Subject) -> None:
    assert subject_of(event_of(form)) == subject


@pytest.mark.parametrize(
    "form",
    [
        "event=ONCRMDEALUPDATE",
        "event=ONCRMDEALUPDATE&data[FIELDS][ID]=0",
        "event=ONCRMDEALUPDATE&data[FIELDS][ID]=-5",
        "event=ONCRMDEALUPDATE&data[FIELDS][ID]=%D9%A3",
        "event=ONCRMDEALUPDATE&data[FIELDS][ID]=99999999999999999999",
        "event=ONCRMDEALUPDATE&data[FIELDS][ID][x]=5",
        "event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=22",
        "event=ONCRMDEALUSERFIELDADD&data[FIELDS][ENTITY_ID]=a%00b",
        "event=ONTASKCOMMENTADD&data[FIELDS_AFTER][ID]=5",
        "event=ONCRMDEALRECURRINGADD&data[FIELDS][ID]=5",
    ],
)
def test_what_names_no_row_of_ours_asks_for_nothing(form: str) -> None:
    assert subject_of(event_of(form)).kind is Kind.NOTHING


def test_only_events_that_the_portal_offers_are_asked_for() -> None:
    assert set(webhook_events()) <= WEBHOOK_EVENTS
    assert len(webhook_events()) == len(set(webhook_events()))
    crm = {name for name in application_events() if not name.startswith("CATALOG.")}
    assert crm <= set(EVENTS)
    assert "ONCRMDEALMOVETOCATEGORY" in crm
