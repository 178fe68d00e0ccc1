"""What is refused before anything is served, and who may ask where nobody signs in."""

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from bridge24 import api
from bridge24.core.auth.gate import OpenToTheNetwork, WeakSecret, check, is_loopback, same_origin
from bridge24.core.settings import Settings, get_settings

STRONG = "J7s0mXb1VqkQ4n8e2yTz5cLr9wPf3hGd6aUo"


def _settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_this_machine_may_be_served_without_signing_in(host: str) -> None:
    check(_settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "bridge.example.com", ""])
def test_the_network_is_not_served_without_signing_in(host: str) -> None:
    with pytest.raises(OpenToTheNetwork, match="AUTH_ENABLED=true"):
        check(_settings(host=host))
    check(_settings(host=host, auth_allow_open=True))
    check(_settings(host=host, auth_enabled=True, auth_secret=SecretStr(STRONG)))


@pytest.mark.parametrize("secret", [None, "", "short", "x" * 64, STRONG[:31]])
def test_signing_in_needs_a_strong_secret(secret: str | None) -> None:
    with pytest.raises(WeakSecret, match="openssl rand") as refused:
        check(_settings(auth_enabled=True, auth_secret=secret))
    assert not secret or secret not in str(refused.value)


def test_names_that_only_look_like_this_machine_are_not() -> None:
    for host in ("localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "example.com"):
        assert not is_loopback(host)
    assert is_loopback("[::1]")


def test_a_browser_says_which_page_it_asks_for() -> None:
    assert same_origin(None, "a.example", fetched=None)
    assert same_origin("https://a.example", "a.example", fetched="same-origin")
    assert not same_origin("https://b.example", "a.example", fetched=None)
    assert not same_origin(None, "a.example", fetched="cross-site")
    assert not same_origin("null", "a.example", fetched=None)


async def test_without_signing_in_only_local_names_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page elsewhere may let its own name point to this machine."""
    monkeypatch.delenv("AUTH_ENABLED", raising=False)
    get_settings.cache_clear()
    app = api.build(FastAPI())
    app.state.local_only = True
    transport = httpx2.ASGITransport(app=app)
    for host, status in (("localhost:8080", 200), ("rebound.example", 403)):
        base = f"http://{host}"
        async with httpx2.AsyncClient(transport=transport, base_url=base) as http:
            assert (await http.get("/api/v1/auth/me")).status_code == status
            assert (await http.get("/health")).status_code == 200
    get_settings.cache_clear()
