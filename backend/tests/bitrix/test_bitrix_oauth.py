"""Tokens: kept, renewed once for all, never sent to a host nobody approved."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bridge24.bitrix import BitrixClient, MemoryTokenStore, OAuth, PortalLimits, Tokens
from bridge24.bitrix import errors as e
from bridge24.bitrix.oauth import tokens_of
from bridge24.bitrix.testing import Says, ScriptedTransport, breaks, refuses
from bridge24.bitrix.wire import Answer

Run = Callable[[Any], Any]
SAMPLE = (Path(__file__).parent / "samples" / "oauth.token.refresh.json").read_bytes()
OLD = Tokens(
    access_token="old-access",
    refresh_token="old-refresh",
    client_endpoint="https://portal.bitrix24.com/rest/",
    member_id="a223c6b3710f85df22e9377d6c4f7553",
)


class _Store(MemoryTokenStore):
    """Counts what is saved; may be broken."""

    broken = False

    def __init__(self, tokens: Tokens = OLD) -> None:
        super().__init__(tokens)
        self.saved: list[Tokens] = []

    async def save(self, tokens: Tokens) -> None:
        if self.broken:
            raise OSError("disk full")
        await super().save(tokens)
        self.saved.append(tokens)


@pytest.fixture
def store() -> _Store:
    return _Store()


@pytest.fixture
def client(portal: ScriptedTransport, store: _Store) -> BitrixClient:
    """A client whose token has expired; the OAuth server gives the documented answer."""
    auth = OAuth(store, client_id="app.1", client_secret="cl13ntsecret")
    portal.on("", Says(body=SAMPLE))  # https://oauth.bitrix.info/oauth/token/
    return BitrixClient(auth, transport=portal, limits=PortalLimits())


def _expire_old(portal: ScriptedTransport, method: str = "profile") -> None:
    """Refuse the old token as long as it is sent."""

    def answer(_params: object) -> object:
        token = orjson.loads(portal.requests[-1].body)["auth"]
        expired = refuses("expired_token", "The access token provided has expired.", status=401)
        return expired if token == "old-access" else {"token": token}

    portal.on(method, answer)


async def test_token_is_in_the_body_and_not_in_the_address(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("profile", {})

    await client.call("profile", {"a": 1})

    assert portal.requests[0].url == "https://portal.bitrix24.com/rest/profile"
    assert json.loads(portal.requests[0].body) == {"a": 1, "auth": "old-access"}


async def test_expired_token_is_renewed_and_the_call_made_again(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    _expire_old(portal)

    reply = await client.call("profile")

    assert reply.result == {"token": "ydtj8pho532wydb5ixk78ol7uqlb7sch"}
    assert store.saved == [store.tokens]
    assert store.tokens.refresh_token == "3s6lr4kr3cv2od4v853gvrchb875bwxb"
    assert store.tokens.expires_at == 1_780_319_382


async def test_twenty_calls_ask_the_oauth_server_once(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    _expire_old(portal)
    portal.once("", Says(body=SAMPLE, after_seconds=0.05))

    replies = await asyncio.gather(*(client.call("profile") for _ in range(20)))

    assert {reply.result["token"] for reply in replies} == {store.tokens.access_token}
    assert len(store.saved) == 1
    assert sum("oauth.bitrix.info" in request.url for request in portal.requests) == 1


async def test_write_is_repeated_after_a_renewal(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    _expire_old(portal, "crm.deal.add")

    await client.call("crm.deal.add", {"fields": {}})

    assert [call.method for call in portal.calls] == ["crm.deal.add", "", "crm.deal.add"]


async def test_token_renewed_by_another_process_is_taken_over(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    portal.on("profile", {})
    await client.call("profile")  # now the old token is known to this process
    _expire_old(portal)
    store.tokens = replace(OLD, access_token="from-elsewhere")

    reply = await client.call("profile")

    assert reply.result == {"token": "from-elsewhere"}
    assert store.saved == []


async def test_second_expiry_in_a_row_is_an_error(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    portal.on("profile", refuses("expired_token", status=401))

    with pytest.raises(e.ExpiredToken):
        await client.call("profile")

    assert len(store.saved) == 1


async def test_failed_renewal_fails_all_who_wait_and_the_next_tries_anew(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    _expire_old(portal)
    portal.once("", refuses("invalid_grant", status=400))

    waiting = await asyncio.gather(
        *(client.call("profile") for _ in range(5)), return_exceptions=True
    )
    reply = await client.call("profile")

    assert {type(outcome) for outcome in waiting} == {e.RefreshRefused}
    assert reply.result["token"] != "old-access"


async def test_token_the_store_could_not_take_is_kept_and_saved_later(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    _expire_old(portal)
    store.broken = True
    with pytest.raises(OSError, match="disk full"):
        await client.call("profile")
    store.broken = False

    reply = await client.call("profile")

    assert reply.result == {"token": "ydtj8pho532wydb5ixk78ol7uqlb7sch"}
    assert store.tokens.access_token == "ydtj8pho532wydb5ixk78ol7uqlb7sch"
    assert sum("oauth" in request.url for request in portal.requests) == 1


def test_oauth_server_out_of_reach_is_tried_again(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    _expire_old(portal)
    portal.once("", breaks(e.Unreachable()), Says(status=502, body=b"<html>"))

    assert in_virtual_time(client.call("profile")).result["token"] != "old-access"


async def test_renewal_goes_on_when_the_waiter_is_cancelled(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    _expire_old(portal)
    asked = asyncio.Event()
    portal.once("", lambda _: asked.set() or Says(body=SAMPLE, after_seconds=0.05))
    waiter = asyncio.create_task(client.call("profile"))
    await asked.wait()

    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    async with asyncio.timeout(60):
        while not store.saved:
            await asyncio.sleep(0.01)

    assert len(store.saved) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://portal.evil.com/rest/",
        "http://portal.bitrix24.com/rest/",
        "https://portal.bitrix24.com.evil.com/rest/",
        "javascript:alert(1)",
    ],
)
async def test_fresh_token_for_a_strange_host_is_not_sent_there(
    endpoint: str, portal: ScriptedTransport, client: BitrixClient
) -> None:
    _expire_old(portal)
    portal.on("", Says(json.loads(SAMPLE) | {"client_endpoint": endpoint}))

    with pytest.raises(e.ForbiddenRedirect):
        await client.call("profile")

    assert not any("evil" in request.url for request in portal.requests)
    assert not any(request.url.startswith("http:") for request in portal.requests)


async def test_token_of_another_portal_is_refused(
    portal: ScriptedTransport, client: BitrixClient, store: _Store
) -> None:
    _expire_old(portal)
    portal.on("", Says(json.loads(SAMPLE) | {"member_id": "somebody-else"}))

    with pytest.raises(e.RefreshRefused):
        await client.call("profile")

    assert store.saved == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"error": "wrong_client"}, e.RefreshRefused),
        (400, {"error": "invalid_client"}, e.RefreshRefused),
        (401, {"error": "unknown_thing"}, e.RefreshRefused),
        (401, {"error": "NOT_INSTALLED"}, e.NotInstalled),
        (401, {"error": "PAYMENT_REQUIRED"}, e.PaymentRequired),
        (200, {"access_token": "x"}, e.UnexpectedAnswer),
        (200, [], e.UnexpectedAnswer),
    ],
)
def test_refusals_of_the_oauth_server_are_told_apart(
    status: int, body: object, kind: type[e.BitrixError]
) -> None:
    with pytest.raises(kind):
        try:
            tokens_of(Answer(status, orjson.dumps(body)), old=OLD)
        except e.BitrixError as error:
            assert type(error) is kind
            raise


async def test_refresh_sends_its_secrets_in_the_body(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    _expire_old(portal)

    await client.call("profile")

    (refresh,) = [request for request in portal.requests if "oauth" in request.url]
    assert refresh.url == "https://oauth.bitrix.info/oauth/token/"
    assert b"old-refresh" in refresh.body
    assert b"cl13ntsecret" in refresh.body


def test_oauth_server_without_https_is_refused() -> None:
    with pytest.raises(e.ForbiddenRedirect):
        OAuth(
            _Store(), client_id="a", client_secret="b", token_url="http://oauth.example.com/token/"
        )
