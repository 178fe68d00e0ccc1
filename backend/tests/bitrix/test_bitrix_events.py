"""Forms a portal posts, and forms somebody else posts."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix.events import MAX_BYTES, BadEvent, event_of
from bridge24.bitrix.php import encode

SAMPLES = Path(__file__).parent / "samples"
PAYLOADS = json.loads((SAMPLES / "events.payloads.json").read_bytes())

# Byte for byte what an outgoing webhook posts.
FORM = (
    b"event=ONCRMDEALUPDATE&event_handler_id=975&data%5BFIELDS%5D%5BID%5D=7405&ts=1766047124"
    b"&auth%5Bdomain%5D=portal.example.com"
    b"&auth%5Bclient_endpoint%5D=https%3A%2F%2Fportal.example.com%2Frest%2F"
    b"&auth%5Bserver_endpoint%5D=https%3A%2F%2Foauth.bitrix.info%2Frest%2F"
    b"&auth%5Bmember_id%5D=d897063e1ce7c5eb9f04b9751eef5915"
    b"&auth%5Bapplication_token%5D=jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
)


def test_documented_form_is_read() -> None:
    event = event_of(FORM)

    assert (event.name, event.object_id, event.action) == ("ONCRMDEALUPDATE", "7405", "UPDATE")
    assert event.ts == 1_766_047_124
    assert event.domain == "portal.example.com"
    assert event.member_id == "d897063e1ce7c5eb9f04b9751eef5915"
    assert event.handler_id == "975"


def test_sender_is_known_by_the_application_token_only() -> None:
    event = event_of(FORM)

    assert event.is_from("jvh9y1ulvt2m6k5or90v9mg8nn32ozas")
    assert not event.is_from("jvh9y1ulvt2m6k5or90v9mg8nn32ozaX")
    assert not event.is_from("")
    assert not event_of("event=ONCRMDEALADD").is_from("")
    assert not event_of("event=ONCRMDEALADD&auth[application_token][]=x").is_from("x")
    assert not event_of("event=ONCRMDEALADD&auth[application_token]=ключ").is_from("x")


def test_no_token_is_shown() -> None:
    event = event_of(FORM)

    assert "jvh9y1ulvt2m6k5or90v9mg8nn32ozas" not in repr(event)


@pytest.mark.parametrize("scenario", sorted(PAYLOADS))
def test_every_documented_payload_comes_through(scenario: str) -> None:
    payload = PAYLOADS[scenario]
    if not isinstance(payload, dict) or "event" not in payload:
        pytest.fail(f"{scenario} is no event")

    event = event_of(encode(payload))

    assert event.name == payload["event"].upper()
    fields = payload.get("data", {})
    if isinstance(fields, dict) and "ID" in fields.get("FIELDS", {}):
        assert event.object_id == fields["FIELDS"]["ID"]


def test_smart_process_event_tells_its_type() -> None:
    event = event_of("event=ONCRMDYNAMICITEMADD_1220&data[FIELDS][ID]=22"
                     "&data[FIELDS][ENTITY_TYPE_ID]=1220")  # fmt: skip

    assert (event.entity_type_id, event.object_id, event.action) == (1220, "22", "ADD")


@pytest.mark.parametrize(
    ("form", "object_id"),
    [
        ("event=ONTASKADD&data[FIELDS_BEFORE]=undefined&data[FIELDS_AFTER][ID]=9", "9"),
        ("event=ONTASKDELETE&data[FIELDS_BEFORE][ID]=9&data[FIELDS_AFTER]=undefined", "9"),
        ("event=ONUSERADD&data[ID]=12&data[UF_DEPARTMENT][0]=1", "12"),
        ("event=ONCRMCURRENCYADD&data[FIELDS][ID]=EUR", "EUR"),
        ("event=ONOFFLINEEVENT&data=&ts=1", None),
        ("event=OnCrmDealAdd", None),
    ],
)
def test_id_is_found_wherever_the_event_puts_it(form: str, object_id: str | None) -> None:
    assert event_of(form).object_id == object_id


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"event=",
        b"event[]=ONCRMDEALADD",
        b"event=ON CRM",
        b"event=ONCRMDEALADD%0AINJECTED",
        b"event=" + b"A" * 101,
        b"\xff\xfe",
        b"event=ONCRMDEALADD&" + b"a" * MAX_BYTES,
        b"event=ONCRMDEALADD&" + b"a=1&" * 6_000,
        b"event=ONCRMDEALADD&data" + b"[x]" * 40 + b"=1",
    ],
)
def test_form_that_is_no_event_is_refused(form: bytes) -> None:
    with pytest.raises(BadEvent):
        event_of(form)


@pytest.mark.parametrize("ts", ["", "-1", "1e9", "٣", "9" * 5000])
def test_timestamp_that_is_none_is_none(ts: str) -> None:
    assert event_of(urlencode({"event": "ONAPPTEST", "ts": ts})).ts in {None, 3}


@given(st.binary(max_size=300) | st.text(alphabet="event=ONdata[]&FIELDS%51", max_size=300))
def test_any_bytes_give_an_event_or_a_refusal(form: bytes | str) -> None:
    try:
        event = event_of(form)
    except BadEvent:
        return
    assert event.object_id is None or isinstance(event.object_id, str)
    assert event.entity_type_id is None or event.entity_type_id >= 0
