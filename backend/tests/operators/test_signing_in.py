"""Signing in, staying signed in, and what is refused."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import update

from bridge24.core.auth import Role, tokens
from bridge24.core.clock import utc_naive, utc_now
from bridge24.core.db import transaction
from bridge24.operators import tries
from bridge24.operators.models import Operator, OperatorSession

PASSWORD = "correct horse"
SECRET = "only-for-tests-0123456789-abcdefghij"


async def _sign_in(
    http: httpx2.AsyncClient, name: str, password: str = PASSWORD, **more: object
) -> httpx2.Response:
    body = {"name": name, "password": password, **more}
    return await http.post("/api/v1/auth/login", json=body)


async def test_a_browser_signs_in_by_cookies_that_scripts_cannot_read(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    response = await _sign_in(http, people[Role.OPERATOR])

    assert response.status_code == 200
    assert response.json()["access_token"] is None
    for cookie in response.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
    me = (await http.get("/api/v1/auth/me")).json()
    assert me == {"name": people[Role.OPERATOR], "role": "operator", "auth_enabled": True}


async def test_a_program_signs_in_by_a_bearer_token(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    given = (await _sign_in(http, people[Role.VIEWER], bearer=True)).json()
    assert not http.cookies

    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == 200
    renewed = await http.post(
        "/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]}
    )
    assert renewed.json()["refresh_token"] not in {None, given["refresh_token"]}


async def test_signing_out_ends_the_session_also_for_a_copied_token(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    await _sign_in(http, people[Role.VIEWER])
    copied = http.cookies["bridge24_access"]

    assert (await http.post("/api/v1/auth/logout")).status_code == 204

    headers = {"Authorization": f"Bearer {copied}"}
    assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == 401


@pytest.mark.parametrize(("name", "password"), [("nobody", PASSWORD), ("the-viewer", "wrong")])
async def test_which_of_the_two_is_wrong_is_not_told(
    http: httpx2.AsyncClient, name: str, password: str
) -> None:
    response = await _sign_in(http, name, password)
    assert (response.status_code, response.json()["error"]) == (401, "WrongPassword")
    assert response.json()["message"] == "The name or the password is wrong."


async def test_guessing_is_slowed_down_and_the_right_password_waits_too(
    http: httpx2.AsyncClient, people: dict[Role, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_naive()
    monkeypatch.setattr(tries, "utc_naive", lambda: now)
    for _ in range(5):
        assert (await _sign_in(http, people[Role.ADMIN], "wrong")).status_code == 401

    refused = await _sign_in(http, people[Role.ADMIN])

    assert (refused.status_code, refused.json()["error"]) == (429, "TooManyTries")
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await _sign_in(http, people[Role.VIEWER])).status_code == 200


async def test_a_refresh_token_shown_twice_ends_the_session(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    given = (await _sign_in(http, people[Role.VIEWER], bearer=True)).json()
    first = {"refresh_token": given["refresh_token"]}
    second = (await http.post("/api/v1/auth/refresh", json=first)).json()
    async with transaction() as session:
        earlier = utc_naive() - timedelta(minutes=5)
        await session.execute(update(OperatorSession).values(renewed_at=earlier))

    assert (await http.post("/api/v1/auth/refresh", json=first)).status_code == 401

    copied = {"refresh_token": second["refresh_token"]}
    assert (await http.post("/api/v1/auth/refresh", json=copied)).status_code == 401


async def test_two_windows_may_renew_at_the_same_moment(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    given = (await _sign_in(http, people[Role.VIEWER], bearer=True)).json()
    token = {"refresh_token": given["refresh_token"]}
    answers = [await http.post("/api/v1/auth/refresh", json=token) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("spoil", ["expired", "other key", "unsigned", "garbage"])
async def test_tokens_that_are_not_ours_are_refused(
    http: httpx2.AsyncClient, people: dict[Role, str], spoil: str
) -> None:
    import jwt

    claim = tokens.Claim(operator_id=1, session_id=1)
    hour = timedelta(hours=1)
    spoiled = {
        "expired": tokens.issue(claim, secret=SECRET, now=utc_now() - hour),
        "other key": tokens.issue(claim, secret=SECRET + "x"),
        "unsigned": jwt.encode({"sub": "1", "sid": 1}, "", algorithm="none"),
        "garbage": "a.b.c",
    }
    headers = {"Authorization": f"Bearer {spoiled[spoil]}"}
    response = await http.get("/api/v1/auth/me", headers=headers)
    assert (response.status_code, response.json()["error"]) == (401, "SignInNeeded")


async def test_a_lowered_role_counts_at_once(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    await _sign_in(http, people[Role.ADMIN])
    assert (await http.get("/api/v1/auth/operators")).status_code == 200
    async with transaction() as session:
        await session.execute(update(Operator).values(role=Role.VIEWER))

    response = await http.get("/api/v1/auth/operators")

    assert (response.status_code, response.json()["error"]) == (403, "RoleTooLow")


async def test_a_page_of_another_site_cannot_act_for_the_operator(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    await _sign_in(http, people[Role.ADMIN])
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = await http.post("/api/v1/auth/logout", headers=headers)
        assert response.json()["error"] == "ForeignPage"
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert (await http.post("/api/v1/auth/logout", headers=own)).status_code == 204


async def test_the_last_administrator_stays(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    await _sign_in(http, people[Role.ADMIN])
    listed = {row["name"]: row["id"] for row in (await http.get("/api/v1/auth/operators")).json()}
    path = f"/api/v1/auth/operators/{listed[people[Role.ADMIN]]}"
    assert (await http.patch(path, json={"role": "viewer"})).json()["error"] == "LastAdmin"

    other = {"name": "eve", "password": "another long one", "role": "admin"}
    assert (await http.post("/api/v1/auth/operators", json=other)).status_code == 201
    assert (await http.patch(path, json={"active": False})).status_code == 200
    assert (await http.get("/api/v1/auth/me")).status_code == 401


@pytest.mark.parametrize("password", ["brief", "aaaaaaaaaaaa", "xyz4" * 51])
async def test_weak_passwords_are_refused(
    http: httpx2.AsyncClient, people: dict[Role, str], password: str
) -> None:
    await _sign_in(http, people[Role.ADMIN])
    body = {"name": "eve", "password": password, "role": "viewer"}
    response = await http.post("/api/v1/auth/operators", json=body)
    assert (response.status_code, response.json()["error"]) == (400, "WeakPassword")
    assert password not in response.text


async def test_prometheus_brings_its_own_token(
    http: httpx2.AsyncClient, people: dict[Role, str]
) -> None:
    assert (await http.get("/metrics")).status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert (await http.get("/metrics", headers=wrong)).status_code == 401
    right = {"Authorization": "Bearer for-prometheus-only"}
    assert "bridge24_workers 0" in (await http.get("/metrics", headers=right)).text
