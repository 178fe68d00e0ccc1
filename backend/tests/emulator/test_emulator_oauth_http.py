"""The OAuth flows over HTTP, from consent to a call on the portal."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession

from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.feed import feed_of

SPECS = [
    PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=5),
    PortalSpec(name="borealis", deals=60, contacts=10, leads=10, companies=5),
]
CLIENT = {"client_id": "app.1", "client_secret": "s"}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(SPECS, seed=7) as emulator:
        yield emulator


@pytest.fixture
async def session(emulator: Emulator) -> AsyncIterator[ClientSession]:
    async with ClientSession(emulator.url) as session:
        app = CLIENT | {"redirect_uri": "https://app.example/cb?x=1"}
        async with session.post("/_control/acme/apps", json=app) as answer:
            assert answer.status == 201
        yield session


async def code(session: ClientSession) -> str:
    path = "/acme/oauth/authorize/"
    query = {"client_id": "app.1", "state": "S/1"}
    async with session.get(path, params=query, allow_redirects=False) as answer:
        assert answer.status == 302
        target = urlsplit(answer.headers["Location"])
    told = parse_qs(target.query)
    assert (target.hostname, told["x"], told["state"]) == ("app.example", ["1"], ["S/1"])
    assert set(told) == {"x", "code", "state", "domain", "member_id", "scope", "server_domain"}
    return told["code"][0]


async def token(session: ClientSession, *, by: str = "GET", **params: str) -> tuple[int, Any]:
    given = CLIENT | params
    sent = {"params": given} if by == "GET" else {"data": given}
    async with session.request(by, "/oauth/token/", **sent) as answer:
        return answer.status, await answer.json()


async def call(session: ClientSession, access_token: str, *, portal: str = "acme") -> Any:
    body = {"auth": access_token, "select": ["ID"]}
    async with session.post(f"/{portal}/rest/crm.deal.list.json", json=body) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("by", ["GET", "POST"])
async def test_consent_code_token_call_expiry_refresh(
    emulator: Emulator, session: ClientSession, by: str
) -> None:
    grant = {"grant_type": "authorization_code", "code": await code(session)}
    status, first = await token(session, by=by, **grant)
    assert status == 200
    assert (await call(session, first["access_token"]))[0] == 200

    emulator.clock.move(3_600)
    status, told = await call(session, first["access_token"])
    assert (status, told["error"]) == (401, "expired_token")
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    status, second = await token(session, by=by, **renewal)
    assert status == 200
    assert (await call(session, second["access_token"]))[0] == 200
    assert await token(session, by=by, **renewal) == (
        400,
        {"error": "invalid_grant", "error_description": ""},
    )


async def test_tokens_of_one_portal_do_not_open_another(session: ClientSession) -> None:
    grant = {"grant_type": "authorization_code", "code": await code(session)}
    _, told = await token(session, **grant)
    status, refused = await call(session, told["access_token"], portal="borealis")

    assert (status, refused["error"]) == (401, "invalid_token")


async def test_a_settled_portal_is_reached_by_the_endpoints_it_tells(
    emulator: Emulator, session: ClientSession
) -> None:
    feed_of(emulator.portal("acme")).settle(emulator.url)
    grant = {"grant_type": "authorization_code", "code": await code(session)}
    _, told = await token(session, **grant)
    query = {"auth": told["access_token"]}

    async with session.get(told["client_endpoint"] + "crm.deal.fields", params=query) as answer:
        assert answer.status == 200
    async with session.get(told["server_endpoint"] + "app.info", params=query) as answer:
        assert answer.status == 200


async def test_a_wrong_client_is_told_with_status_200(session: ClientSession) -> None:
    params = {"client_id": "x", "client_secret": "x", "grant_type": "refresh_token"}
    async with session.get("/oauth/token", params=params) as answer:
        assert answer.status == 200
        assert (await answer.json())["error"] == "wrong_client"


async def test_expired_and_revoked_on_demand(session: ClientSession) -> None:
    grant = {"grant_type": "authorization_code", "code": await code(session)}
    _, told = await token(session, **grant)
    async with session.post("/_control/acme/tokens/expire") as answer:
        assert (await answer.json())["expired"] >= 1
    assert (await call(session, told["access_token"]))[0] == 401
    async with session.post("/_control/acme/tokens/revoke") as answer:
        assert (await answer.json())["revoked"] >= 1
    renewal = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert (await token(session, **renewal))[1]["error"] == "invalid_grant"


async def test_app_info_tells_whose_token_it_is(session: ClientSession) -> None:
    grant = {"grant_type": "authorization_code", "code": await code(session)}
    _, told = await token(session, **grant)
    query = {"auth": told["access_token"]}
    async with session.get("/oauth/rest/app.info/", params=query) as answer:
        info = await answer.json()
    assert info["result"]["client_id"] == "app.1"
    assert info["result"]["install"]["member_id"] == told["member_id"]
    assert {"start", "finish", "duration", "date_start"} <= set(info["time"])
    async with session.get("/oauth/rest/app.info") as answer:
        assert (answer.status, (await answer.json())["error"]) == (401, "NO_AUTH_FOUND")


async def test_consent_to_an_unknown_application_is_a_page(session: ClientSession) -> None:
    async with session.get("/acme/oauth/authorize/?client_id=nobody") as answer:
        assert (answer.status, answer.content_type) == (404, "text/html")
    async with session.get("/borealis/oauth/authorize/?client_id=app.1") as answer:
        assert (answer.status, answer.content_type) == (401, "text/html")
