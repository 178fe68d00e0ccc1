"""No webhook code, token or key in anything a person may read."""

import io
import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix import BitrixClient, MemoryTokenStore, OAuth, PortalLimits, Tokens, Webhook
from bridge24.bitrix import errors as e
from bridge24.bitrix.auth import Signature
from bridge24.bitrix.events import event_of
from bridge24.bitrix.masking import mask
from bridge24.bitrix.testing import Says, ScriptedTransport
from bridge24.bitrix.wire import Answer, Request

CODE = "s3cr3tw3bh00kc0d"
TOKENS = Tokens("acc3sst0ken", "r3fr3sht0ken", "https://acme.bitrix24.ru/rest/", member_id="m")
SECRETS = (CODE, TOKENS.access_token, TOKENS.refresh_token, "cl13ntsecret", "4ppt0ken")


def _assert_clean(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://acme.bitrix24.ru/rest/1/{CODE}/crm.deal.list failed",
        f"https://acme.bitrix24.ru/rest/api/1/{CODE}/tasks.task.list",
        f"/rest/1/{CODE}",
        "https://acme.bitrix24.ru/rest/profile?auth=acc3sst0ken&start=0",
        "grant_type=refresh_token&client_secret=cl13ntsecret&refresh_token=r3fr3sht0ken",
        '{"access_token": "acc3sst0ken", "refresh_token":"r3fr3sht0ken"}',
        "{'auth': 'acc3sst0ken'}",
        "auth[application_token]=4ppt0ken&ts=1",
        "auth%5Bapplication_token%5D=4ppt0ken&ts=1",
    ],
)
def test_secret_places_are_masked(text: str) -> None:
    assert "***" in mask(text)
    _assert_clean(mask(text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=16, max_size=16))
def test_any_code_in_an_address_is_masked(code: str) -> None:
    assert code not in mask(f"see https://acme.bitrix24.ru/rest/17/{code}/profile for more")


def test_words_that_are_no_secrets_stay() -> None:
    text = "crm.deal.list: INVALID_ARG_VALUE Invalid filter: field 'CODE' is not allowed"

    assert mask(text) == text


ECHO = f"Cannot read {CODE} in https://acme.bitrix24.ru/rest/1/{CODE}/x?auth=acc3sst0ken"


async def _error_of(client: BitrixClient) -> e.BitrixError:
    with pytest.raises(e.BitrixError) as caught:
        await client.call("crm.deal.add")
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [
        Says({"error": ECHO, "error_description": ECHO}, status=400),
        Says(status=302, location=f"https://evil.com/rest/1/{CODE}/x?auth=acc3sst0ken"),
        Says(status=200, body=ECHO.encode()),
    ],
    ids=["echo", "redirect", "page"],
)
async def test_portal_that_echoes_secrets_does_not_spread_them(
    answer: Says, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.add", answer)
    webhook = Webhook(f"https://acme.bitrix24.ru/rest/1/{CODE}/")
    oauth = OAuth(MemoryTokenStore(TOKENS), client_id="app", client_secret="cl13ntsecret")

    for auth in (webhook, oauth):
        error = await _error_of(BitrixClient(auth, transport=portal, limits=PortalLimits()))
        secrets = auth.secrets()
        shown = "".join(traceback.format_exception(error)) + repr(error) + str(error.args)
        assert not any(secret in shown for secret in secrets)
        assert error.__context__ is None or not any(s in repr(error.__context__) for s in secrets)


async def test_logged_error_shows_no_secret(portal: ScriptedTransport) -> None:
    portal.on("crm.deal.add", Says({"error": "", "error_description": ECHO}, status=400))
    webhook = Webhook(f"https://acme.bitrix24.ru/rest/1/{CODE}/")
    stream = io.StringIO()
    log = logging.Logger("masking")
    log.addHandler(logging.StreamHandler(stream))

    try:
        await BitrixClient(webhook, transport=portal, limits=PortalLimits()).call("crm.deal.add")
    except e.BitrixError:
        log.exception("failed with %r", webhook)

    assert "crm.deal.add" in stream.getvalue()
    assert CODE not in stream.getvalue()


async def test_reprs_show_no_secret() -> None:
    oauth = OAuth(MemoryTokenStore(TOKENS), client_id="app", client_secret="cl13ntsecret")
    await oauth.sign()
    event = event_of("event=ONAPPTEST&auth[application_token]=4ppt0ken&auth[access_token]=x")
    for thing in (
        Webhook(f"https://acme.bitrix24.ru/rest/1/{CODE}/"),
        oauth,
        TOKENS,
        event,
        await oauth.sign(),
        Signature("https://acme.bitrix24.ru", f"/rest/1/{CODE}"),
        Request(f"https://acme.bitrix24.ru/rest/1/{CODE}/x", b"acc3sst0ken"),
        Answer(302, b"acc3sst0ken", location=f"https://evil.com/rest/1/{CODE}/x"),
    ):
        _assert_clean(repr(thing) + str(thing) + f"{thing}")
