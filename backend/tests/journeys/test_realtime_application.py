"""With an application of our own nothing is clicked together, and no event is lost."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from bridge24.bitrix import BitrixClient
from bridge24.core.crypto import unseal
from bridge24.core.errors import DatabaseError
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.emulator.oauth import Application
from bridge24.sync.realtime import offline
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.drain import drain
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import Live, query, serving, set_up, until, working

CLIENT_ID, CLIENT_SECRET = "app.573ad8a0346747.09223434", "LJSl0lNB76B5YY6u0YVQ3AW0DrVADcRTwVr4y99P"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def migrated(migrated_pg_url: str) -> str:
    """One database is enough: nothing here is a matter of its dialect."""
    return migrated_pg_url


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=10)
    async with Emulator([spec], seed=7, limits="none") as running:
        running.feeds["acme"].settle(running.url)
        yield running


@dataclass
class Installation:
    """Our application on the portal, and our server."""

    emulator: Emulator
    live: Live
    http: httpx.AsyncClient

    @property
    def _feed(self):  # type: ignore[no-untyped-def]
        return self.emulator.feeds["acme"]

    async def announce(self, *, event: str = "ONAPPINSTALL", **forged: str) -> httpx.Response:
        """Do what the portal does when an administrator installs the application."""
        self._feed.subscriptions.drop_application(CLIENT_ID)
        install = self._feed.oauth.install(CLIENT_ID, self._feed.site)
        tokens = self._feed.oauth.issue(install, user_id=1)
        auth = {
            **{key: str(value) for key, value in tokens.items()},
            "domain": self._feed.site.domain,
            "application_token": install.application_token,
            **forged,
        }
        form = {"event": event, "data[VERSION]": "1"}
        form |= {f"auth[{key}]": value for key, value in auth.items()}
        return await self.http.post(PATH, content=urlencode(form), headers=FORM)


@pytest.fixture
async def installation(
    mirror: str,
    emulator: Emulator,
    client: BitrixClient,
    service: SyncService,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Installation]:
    """A server that knows the application's code and secret, and deals copied once."""
    await service.full_sync("deal")
    async with serving() as url:
        monkeypatch.setenv("BITRIX_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("BITRIX_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setenv("BITRIX_OAUTH_URL", f"{emulator.url}/oauth")
        set_up(monkeypatch, mirror, client, emulator)
        monkeypatch.setenv("PUBLIC_URL", url)
        get_settings.cache_clear()
        scopes = frozenset({"crm", "task", "user"})
        emulator.oauth.register(Application(CLIENT_ID, CLIENT_SECRET, "https://app/cb", scopes))
        async with httpx.AsyncClient(base_url=url) as http:
            live = Live(emulator, emulator.portal("acme"), url)
            yield Installation(emulator, live, http)
    get_settings.cache_clear()


async def test_an_installed_application_binds_itself_and_events_arrive(
    installation: Installation, portal: Portal
) -> None:
    async with working():
        assert (await installation.announce()).status_code == 200

        async def is_bound() -> bool:
            subscriptions = installation.emulator.feeds["acme"].subscriptions
            return bool(subscriptions.interested("ONCRMDEALMOVETOCATEGORY"))

        await until(is_bound)
        portal.update("deal", 5, {"TITLE": "by the application"})
        await installation.live.becomes(5, "by the application")
    sources = await query("SELECT DISTINCT source FROM sync_events WHERE entity = 'deal'")
    assert {"application"} <= {row["source"] for row in sources}


async def test_no_token_lies_open_in_the_database(installation: Installation) -> None:
    assert (await installation.announce()).is_success

    (row,) = await query("SELECT * FROM sync_application")

    sealed = [str(row[name]) for name in ("access_token", "refresh_token", "application_token")]
    assert all(text.startswith("gAAAA") for text in sealed)
    opened = [unseal(text, get_settings()) for text in sealed]
    assert not any(secret in str(row) for secret in opened)


async def test_an_update_that_dropped_every_handler_binds_anew(
    installation: Installation,
) -> None:
    subscriptions = installation.emulator.feeds["acme"].subscriptions
    await installation.announce()
    first = (await installation.http.post("/api/v1/webhooks/register")).json()
    before = len(subscriptions.of_application(CLIENT_ID))
    again = (await installation.http.post("/api/v1/webhooks/register")).json()
    assert len(subscriptions.of_application(CLIENT_ID)) == before

    assert (await installation.announce(event="ONAPPUPDATE")).status_code == 200
    assert subscriptions.of_application(CLIENT_ID) == []
    await installation.http.post("/api/v1/webhooks/register")

    assert first["way"] == "application"
    assert (first["events"], first["steps"]) == (again["events"], [])
    assert len(subscriptions.of_application(CLIENT_ID)) == before


async def test_a_forged_installation_changes_nothing(installation: Installation) -> None:
    forgeries = [
        {"access_token": "0" * 70},
        {"member_id": "0" * 32},
        {"client_endpoint": "https://evil.example.com/rest/"},
        {"access_token": ""},
    ]
    for forged in forgeries:
        assert (await installation.announce(**forged)).status_code == 403
    assert await query("SELECT client_id FROM sync_application") == []


async def test_an_uninstalled_application_leaves_no_tokens(installation: Installation) -> None:
    await installation.announce()
    (row,) = await query("SELECT application_token FROM sync_application")
    token = unseal(str(row["application_token"]), get_settings())
    form = {"event": "ONAPPUNINSTALL", "auth[application_token]": token}

    answer = await installation.http.post(PATH, content=urlencode(form), headers=FORM)

    assert answer.status_code == 200
    assert await query("SELECT client_id FROM sync_application") == []


async def test_offline_events_are_cleared_only_after_our_commit(
    installation: Installation,
    portal: Portal,
    client: BitrixClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await installation.announce()
    await installation.http.post("/api/v1/webhooks/register")
    feed = installation.emulator.feeds["acme"]
    for handler in feed.subscriptions.of_application(CLIENT_ID):
        if not handler.offline:  # the online way is lost, as if our server were down
            feed.subscriptions.unbind(CLIENT_ID, event=handler.event, url=handler.url)
    for row in portal.rows("deal"):
        portal.update("deal", int(row["ID"]), {"TITLE": f"offline {row['ID']}"})
    queue = feed.outbound.offline(CLIENT_ID)
    waiting = len(queue.listing())

    async def refuse(_rows: object) -> None:
        raise DatabaseError(reason="killed before the commit")

    with monkeypatch.context() as broken:
        broken.setattr(offline, "keep_all", refuse)
        with pytest.raises(DatabaseError):
            await offline.fetch(get_settings())
    assert len(queue.listing()) == waiting

    assert await offline.fetch(get_settings()) == waiting
    await drain(client)
    assert queue.listing() == []
    assert await installation.live.equal()
    assert await offline.fetch(get_settings()) == 0


async def test_tokens_of_the_settings_connect_an_application_without_an_installer(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = installation.emulator.feeds["acme"]
    tokens = feed.oauth.issue(feed.oauth.install(CLIENT_ID, feed.site), user_id=1)
    monkeypatch.setenv("BITRIX_REFRESH_TOKEN", str(tokens["refresh_token"]))
    get_settings.cache_clear()

    answer = (await installation.http.post("/api/v1/webhooks/register")).json()

    assert answer["way"] == "application"
    assert "ONCRMDEALUPDATE" in answer["offline_events"]
    feed.oauth.expire_access(feed.site.member_id)
    assert await offline.fetch(get_settings()) == 0


async def test_with_an_inbound_webhook_it_says_step_by_step_what_to_do(
    mirror: str, emulator: Emulator, client: BitrixClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, mirror, client, emulator)
    async with serving() as url, httpx.AsyncClient(base_url=url) as http:
        told = (await http.post("/api/v1/webhooks/register")).json()

    assert told["way"] == "outgoing_webhook"
    assert told["handler_url"] == f"https://crm.example.com{PATH}"
    assert {"ONCRMDEALUPDATE", "ONCRMDYNAMICITEMADD"} <= set(told["events"])
    for language in ("ru", "en"):
        texts = " ".join(step[language] for step in told["steps"])
        assert told["handler_url"] in texts
        assert "BITRIX_APPLICATION_TOKEN" in texts
    emulator.feeds["acme"].subscriptions.add_webhook(told["handler_url"], told["events"])
    get_settings.cache_clear()


def test_secrets_of_the_settings_are_not_shown() -> None:
    settings = Settings(bitrix_client_secret=SecretStr(CLIENT_SECRET))
    assert CLIENT_SECRET not in repr(settings)
