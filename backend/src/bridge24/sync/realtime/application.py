"""Our application on the portal: its installation proven, its tokens kept, its client.

https://apidocs.bitrix24.com/settings/oauth/index.html
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sqlalchemy import delete, select

from bridge24.bitrix import (
    ENTERPRISE,
    STANDARD,
    BitrixClient,
    BitrixError,
    HttpTransport,
    OAuth,
    Tokens,
)
from bridge24.bitrix.events import Event
from bridge24.bitrix.oauth import tokens_of
from bridge24.bitrix.wire import Answer, Request, parse
from bridge24.core.clock import utc_naive
from bridge24.core.crypto import SealBroken, seal, unseal
from bridge24.core.db import transaction
from bridge24.core.settings import Settings
from bridge24.sync.portal import webhook_of
from bridge24.sync.realtime.errors import ApplicationMissing, InstallationUnproven
from bridge24.sync.realtime.forms import FORM
from bridge24.sync.realtime.models import SyncApplication
from bridge24.sync.realtime.waking import wake_binding

UNINSTALLED = "ONAPPUNINSTALL"
_ANNOUNCEMENTS = frozenset({"ONAPPINSTALL", "ONAPPUPDATE"})
PROOF_SECONDS = 5.0
# Anyone may claim to be a new installation: one claim at a time is checked.
_one_at_a_time = asyncio.Semaphore(1)


def announces(event: Event) -> bool:
    """Whether an event brings new tokens, which must be proven before they are believed."""
    return event.name in _ANNOUNCEMENTS


async def install(event: Event, settings: Settings) -> None:
    """Keep the tokens of an installation, once the OAuth server has confirmed it.

    Raises:
        InstallationUnproven: It does not confirm it; nothing was changed.
    """
    auth = {key: value for key, value in event.auth.items() if isinstance(value, str)}
    if not all(auth.get(key) for key in ("access_token", "refresh_token", "application_token")):
        raise InstallationUnproven(reason="the event carries no tokens")
    if _one_at_a_time.locked():
        raise InstallationUnproven(reason="another installation is being checked")
    async with _one_at_a_time:
        told = await _app_info(auth["access_token"], settings)
    installed = _map(told.get("install"))
    _compare(told, installed, event, settings)
    tokens = Tokens(
        access_token=auth["access_token"],
        refresh_token=auth["refresh_token"],
        client_endpoint=str(installed.get("client_endpoint") or auth.get("client_endpoint", "")),
        member_id=str(installed.get("member_id")),
        expires_at=_whole(auth.get("expires")),
        scope=auth.get("scope", ""),
        user_id=_whole(auth.get("user_id")),
    )
    await _keep(settings, tokens, application_token=auth["application_token"])


async def forget() -> None:
    """Erase the tokens of an application that was removed from the portal."""
    async with transaction() as session:
        await session.execute(delete(SyncApplication))


async def is_connected(settings: Settings) -> bool:
    """Say whether there is an application that we can call the portal as."""
    if not settings.bitrix_client_id or settings.bitrix_client_secret is None:
        return False
    if settings.bitrix_refresh_token is not None:
        return True
    async with transaction() as session:
        return await session.get(SyncApplication, settings.bitrix_client_id) is not None


@asynccontextmanager
async def application_client(settings: Settings) -> AsyncIterator[BitrixClient]:
    """Open a client that acts as the application, not as the inbound webhook.

    Raises:
        ApplicationMissing: There is none.
    """
    secret = settings.bitrix_client_secret
    if not settings.bitrix_client_id or secret is None:
        raise ApplicationMissing(reason="no application is configured")
    store = DatabaseTokens(settings)
    if not await store.known():
        await _connect(store, settings)
    auth = OAuth(
        store,
        client_id=settings.bitrix_client_id,
        client_secret=secret.get_secret_value(),
        token_url=_token_url(settings),
    )
    limits = ENTERPRISE if settings.bitrix_enterprise else STANDARD
    async with BitrixClient(auth, limits=limits) as client:
        yield client


@dataclass(slots=True)
class DatabaseTokens:
    """The application's tokens, where all processes find the newest (a ``TokenStore``)."""

    settings: Settings

    async def known(self) -> bool:
        """Say whether there are any."""
        return await self._row() is not None

    async def load(self) -> Tokens:
        """Read the newest tokens.

        Raises:
            ApplicationMissing: They were erased: the application was removed.
            SealBroken: They were sealed with another key.
        """
        row = await self._row()
        if row is None:
            raise ApplicationMissing(reason="the application was removed")
        return Tokens(
            access_token=unseal(row.access_token, self.settings),
            refresh_token=unseal(row.refresh_token, self.settings),
            client_endpoint=row.client_endpoint,
            member_id=row.member_id,
            expires_at=row.expires_at,
            scope=row.scope,
            user_id=row.user_id,
        )

    async def save(self, tokens: Tokens) -> None:
        """Keep new tokens; the proof of events stays as it is."""
        await _keep(self.settings, tokens, application_token=None)

    async def _row(self) -> SyncApplication | None:
        async with transaction() as session:
            return await session.get(SyncApplication, self.settings.bitrix_client_id)


async def _keep(settings: Settings, tokens: Tokens, *, application_token: str | None) -> None:
    client_id = settings.bitrix_client_id
    async with transaction() as session:
        found = select(SyncApplication).where(SyncApplication.client_id == client_id)
        row = await session.scalar(found.with_for_update())
        if row is None:
            row = SyncApplication(client_id=client_id)
            session.add(row)
        row.member_id, row.client_endpoint = tokens.member_id, tokens.client_endpoint
        row.access_token = seal(tokens.access_token, settings)
        row.refresh_token = seal(tokens.refresh_token, settings)
        row.expires_at, row.scope, row.user_id = tokens.expires_at, tokens.scope, tokens.user_id
        _keep_proof(row, application_token, settings)
        if application_token:
            # An installation or an update has dropped every handler.
            await wake_binding(session)


def _keep_proof(row: SyncApplication, told: str | None, settings: Settings) -> None:
    """Keep what proves events, sealed with the present key whatever it was sealed with."""
    known = _opened(row.application_token, settings)
    if told and told != known:
        row.former_token, row.token_changed_at = row.application_token, utc_naive()
        known = told
    former = _opened(row.former_token, settings)
    row.application_token = seal(known, settings) if known else None
    row.former_token = seal(former, settings) if former else None


def _opened(sealed: str | None, settings: Settings) -> str | None:
    """Open a token; one whose key is lost proves nothing any more."""
    with suppress(SealBroken):
        return unseal(sealed, settings) if sealed else None
    return None


async def _connect(store: DatabaseTokens, settings: Settings) -> None:
    """Exchange the refresh token of the settings for a first pair."""
    first, secret = settings.bitrix_refresh_token, settings.bitrix_client_secret
    if first is None or secret is None:
        raise ApplicationMissing(reason="the application is not installed")
    form = {
        "grant_type": "refresh_token",
        "client_id": settings.bitrix_client_id,
        "client_secret": secret.get_secret_value(),
        "refresh_token": first.get_secret_value(),
    }
    answer = await _post(_token_url(settings), form)
    nothing = Tokens(access_token="", refresh_token="", client_endpoint="")
    await store.save(tokens_of(answer, old=nothing))


async def _app_info(access_token: str, settings: Settings) -> Mapping[str, object]:
    """Ask the OAuth server, not the portal the claim names, whose token it is.

    https://apidocs.bitrix24.com/api-reference/common/system/app-info.html
    """
    url = f"{settings.bitrix_oauth_url.rstrip('/')}/rest/app.info"
    try:
        answer = await _post(url, {"auth": access_token})
    except BitrixError as error:
        raise InstallationUnproven(reason=type(error).__name__) from None
    result = _map(_map(parse(answer.body)).get("result"))
    if not result:
        raise InstallationUnproven(reason="it does not know the access token")
    return result


def _compare(
    told: Mapping[str, object], installed: Mapping[str, object], event: Event, settings: Settings
) -> None:
    claimed = urlsplit(str(event.auth.get("client_endpoint", ""))).hostname
    proven = urlsplit(str(installed.get("client_endpoint", ""))).hostname
    if told.get("client_id") != settings.bitrix_client_id:
        raise InstallationUnproven(reason="the token is another application's")
    if not event.member_id or installed.get("member_id") != event.member_id:
        raise InstallationUnproven(reason="the token is another portal's")
    if claimed != proven:
        raise InstallationUnproven(reason="the portal has another address")
    # A Marketplace application may be installed by anyone: only our own portal counts.
    if settings.bitrix_webhook_url is not None and proven != webhook_of(settings).host:
        raise InstallationUnproven(reason="it is not the portal of BITRIX_WEBHOOK_URL")


async def _post(url: str, form: Mapping[str, str]) -> Answer:
    transport = HttpTransport(total_seconds=PROOF_SECONDS)
    try:
        return await transport.send(Request(url, urlencode(form).encode(), FORM))
    finally:
        await transport.close()


def _token_url(settings: Settings) -> str:
    return f"{settings.bitrix_oauth_url.rstrip('/')}/oauth/token/"


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else None
