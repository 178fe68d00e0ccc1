"""The OAuth server gives, rotates, expires and refuses as documented."""

import pytest

from bridge24.emulator.calls import RestError
from bridge24.emulator.clock import Clock
from bridge24.emulator.oauth import Application, OAuthError, OAuthServer, Site

MEMBER = "d897063e1ce7c5eb9f04b9751eef5915"


@pytest.fixture
def clock() -> Clock:
    return Clock(1_766_047_124.0)


@pytest.fixture
def server(clock: Clock) -> OAuthServer:
    server = OAuthServer(clock, seed=7)
    server.register(Application("app.1", "secret", "https://app/cb", frozenset({"crm", "task"})))
    server.install("app.1", Site(MEMBER, "acme.localhost", "https://acme.localhost/rest/"))
    return server


def exchange(server: OAuthServer, **params: str) -> dict[str, object]:
    return server.token({"client_id": "app.1", "client_secret": "secret", **params})


def first_tokens(server: OAuthServer) -> dict[str, object]:
    code = server.authorize("app.1", MEMBER, user_id=67)
    return exchange(server, grant_type="authorization_code", code=code)


def refusal(server: OAuthServer, **params: str) -> tuple[int, str]:
    with pytest.raises(OAuthError) as caught:
        server.token(params)
    return caught.value.status, caught.value.code


def test_a_code_buys_a_pair_with_every_documented_key(server: OAuthServer) -> None:
    tokens = first_tokens(server)

    assert len(str(tokens.pop("access_token"))) == 70
    assert len(str(tokens.pop("refresh_token"))) == 70
    assert tokens == {
        "client_endpoint": "https://acme.localhost/rest/",
        "domain": "oauth.bitrix.info",
        "expires": 1_766_050_724,
        "expires_in": 3600,
        "member_id": MEMBER,
        "scope": "crm,task",
        "server_endpoint": "https://oauth.bitrix.info/rest/",
        "status": "L",
        "user_id": 67,
    }


def test_a_code_serves_once(server: OAuthServer) -> None:
    code = server.authorize("app.1", MEMBER, user_id=1)
    exchange(server, grant_type="authorization_code", code=code)

    with pytest.raises(OAuthError, match="invalid_grant"):
        exchange(server, grant_type="authorization_code", code=code)


def test_a_code_dies_after_thirty_seconds(server: OAuthServer, clock: Clock) -> None:
    code = server.authorize("app.1", MEMBER, user_id=1)
    clock.move(30)

    with pytest.raises(OAuthError, match="invalid_grant"):
        exchange(server, grant_type="authorization_code", code=code)


def test_a_refresh_gives_a_new_pair_and_kills_the_old_refresh_token(server: OAuthServer) -> None:
    old = first_tokens(server)
    new = exchange(server, grant_type="refresh_token", refresh_token=str(old["refresh_token"]))

    assert new["access_token"] != old["access_token"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        exchange(server, grant_type="refresh_token", refresh_token=str(old["refresh_token"]))
    assert server.identify(str(old["access_token"]), MEMBER).user_id == 67
    assert server.identify(str(new["access_token"]), MEMBER).user_id == 67


def test_an_access_token_expires_after_its_hour(server: OAuthServer, clock: Clock) -> None:
    token = str(first_tokens(server)["access_token"])
    clock.move(3_599)
    assert server.identify(token, MEMBER).key == "app:app.1"
    clock.move(1)

    with pytest.raises(RestError) as caught:
        server.identify(token, MEMBER)
    assert (caught.value.status, caught.value.code) == (401, "expired_token")


def test_tokens_can_be_expired_on_demand(server: OAuthServer) -> None:
    tokens = first_tokens(server)

    assert server.expire_access(MEMBER) == 1
    with pytest.raises(RestError, match="has expired"):
        server.identify(str(tokens["access_token"]), MEMBER)
    assert exchange(server, grant_type="refresh_token", refresh_token=str(tokens["refresh_token"]))


def test_a_token_of_one_portal_is_worthless_on_another(server: OAuthServer) -> None:
    token = str(first_tokens(server)["access_token"])

    with pytest.raises(RestError) as caught:
        server.identify(token, "another")
    assert (caught.value.status, caught.value.code) == (401, "invalid_token")


def test_refusals_have_the_documented_statuses(server: OAuthServer) -> None:
    known = {"client_id": "app.1", "client_secret": "secret"}

    assert refusal(server, grant_type="refresh_token") == (400, "invalid_request")
    assert refusal(server, client_id="app.2", client_secret="x") == (200, "wrong_client")
    assert refusal(server, client_id="app.1", client_secret="x") == (400, "invalid_client")
    assert refusal(server, **known, grant_type="refresh_token") == (400, "invalid_request")
    assert refusal(server, **known, grant_type="password") == (400, "invalid_request")
    assert refusal(server, **known, grant_type="refresh_token", refresh_token="x") == (
        400,
        "invalid_grant",
    )


def test_an_unpaid_subscription_gets_no_tokens(server: OAuthServer) -> None:
    tokens = first_tokens(server)
    install = server.installed("app.1", MEMBER)
    assert install is not None
    install.paid = False

    with pytest.raises(OAuthError, match="PAYMENT_REQUIRED"):
        exchange(server, grant_type="refresh_token", refresh_token=str(tokens["refresh_token"]))


def test_uninstalling_kills_every_token(server: OAuthServer) -> None:
    tokens = first_tokens(server)

    assert server.uninstall("app.1", MEMBER)
    with pytest.raises(RestError, match="Unable to get application"):
        server.identify(str(tokens["access_token"]), MEMBER)
    with pytest.raises(OAuthError, match="invalid_grant"):
        exchange(server, grant_type="refresh_token", refresh_token=str(tokens["refresh_token"]))
    with pytest.raises(OAuthError, match="NOT_INSTALLED"):
        server.authorize("app.1", MEMBER, user_id=1)


def test_app_info_proves_whose_token_it_is(server: OAuthServer) -> None:
    told = server.app_info(str(first_tokens(server)["access_token"]))

    assert told["client_id"] == "app.1"
    assert told["user_id"] == 67
    assert told["install"]["member_id"] == MEMBER
    assert told["install"]["domain"] == "acme.localhost"
    assert told["expires"] == "2025-12-18T09:38:44+00:00"


def test_secrets_stay_out_of_reprs(server: OAuthServer) -> None:
    install = server.installed("app.1", MEMBER)

    assert install is not None
    assert "secret" not in repr(install)
    assert install.application_token not in repr(install)
