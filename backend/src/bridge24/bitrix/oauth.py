"""An application's OAuth tokens: kept in a store, renewed once for all who wait.

Rules: https://apidocs.bitrix24.com/settings/oauth/index.html
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from bridge24.bitrix.auth import Send, Signature
from bridge24.bitrix.errors import (
    BitrixError,
    ForbiddenRedirect,
    InvalidCredentials,
    RefreshRefused,
    UnexpectedAnswer,
)
from bridge24.bitrix.hosts import is_loopback, split
from bridge24.bitrix.refusals import refusal
from bridge24.bitrix.wire import Answer, Request, parse

TOKEN_URL = "https://oauth.bitrix.info/oauth/token/"  # noqa: S105 - an address


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the OAuth server gave. The access token lives an hour, the other 180 days."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    client_endpoint: str
    """``https://portal/rest/``."""
    member_id: str = ""
    """Names the portal for ever, whatever its host."""
    expires_at: int | None = None
    """Unix seconds."""
    scope: str = ""
    user_id: int | None = None


class TokenStore(Protocol):
    """Where the tokens of one portal are kept, shared by all its processes."""

    async def load(self) -> Tokens:
        """The newest tokens."""

    async def save(self, tokens: Tokens) -> None:
        """Keep new tokens, durably: the old refresh token is void from now on."""


class MemoryTokenStore:
    """Keeps tokens as long as the process lives; for scripts and tests."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def load(self) -> Tokens:
        """The tokens kept last."""
        return self.tokens

    async def save(self, tokens: Tokens) -> None:
        """Replace them."""
        self.tokens = tokens


class OAuth:
    """Signs calls with an application's token and renews it when it has expired.

    Args:
        store: Where the tokens are.
        client_id: The application's code.
        client_secret: The application's key.
        token_url: The OAuth server.
        allow_http: Plain HTTP to a portal that is not on this machine.
    """

    def __init__(
        self,
        store: TokenStore,
        *,
        client_id: str,
        client_secret: str,
        token_url: str = TOKEN_URL,
        allow_http: bool = False,
    ) -> None:
        self._allow_http = allow_http
        self._check(token_url)
        self._store = store
        self._client_id = client_id
        self._client_secret = client_secret
        self._token_url = token_url
        self._tokens: Tokens | None = None
        self._unsaved: Tokens | None = None
        self._renewal: asyncio.Task[None] | None = None

    @property
    def caller(self) -> str:
        """The application."""
        return f"app {self._client_id}"

    async def sign(self) -> Signature:
        """The newest token known to this process."""
        if self._unsaved is not None:
            await self._keep(self._unsaved)
        tokens = self._tokens or await self._load()
        self._check(tokens.client_endpoint)
        base = tokens.client_endpoint.rstrip("/").removesuffix("/rest")
        return Signature(base=base, path="/rest", token=tokens.access_token)

    async def renew(self, stale_token: str, *, send: Send) -> bool:
        """Wait for a newer token; however many wait, the server is asked once.

        The asking goes on when a waiter is cancelled: the server voids the old
        refresh token at once, so an answer thrown away would lock us out.

        Raises:
            BitrixError: the server refused or was not reached.
        """
        if self._tokens is not None and self._tokens.access_token != stale_token:
            return True
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(stale_token, send=send))
            self._renewal.add_done_callback(self._renewed)
        await asyncio.shield(self._renewal)
        return True

    def secrets(self) -> tuple[str, ...]:
        """Both tokens and the application's key."""
        known = self._tokens
        tokens = (known.access_token, known.refresh_token) if known else ()
        return (*tokens, self._client_secret)

    def _renewed(self, renewal: asyncio.Task[None]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # seen, even when every waiter has gone

    async def _renew(self, stale_token: str, *, send: Send) -> None:
        tokens = await self._load()
        if tokens.access_token != stale_token:
            return  # another process was faster
        fresh = tokens_of(await send(self._request(tokens)), old=tokens)
        await self._keep(fresh)

    async def _keep(self, tokens: Tokens) -> None:
        """Save tokens; if the store fails, they are not lost and are saved with the next call."""
        self._tokens = self._unsaved = tokens
        await self._store.save(tokens)
        self._unsaved = None

    async def _load(self) -> Tokens:
        self._tokens = await self._store.load()
        return self._tokens

    def _request(self, tokens: Tokens) -> Request:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "refresh_token": tokens.refresh_token,
        }
        kind = "application/x-www-form-urlencoded"
        return Request(url=self._token_url, body=urlencode(form).encode(), content_type=kind)

    def _check(self, endpoint: str) -> None:
        parts = split(endpoint)
        host = parts.hostname or ""
        is_safe = parts.scheme == "https" or self._allow_http or is_loopback(host)
        if not host or not is_safe:
            raise ForbiddenRedirect(f"the tokens are for {host or 'no host'}, without https")


def tokens_of(answer: Answer, *, old: Tokens) -> Tokens:
    """Read the answer of the OAuth server.

    Raises:
        RefreshRefused: no new token, or one of another portal.
        BitrixError: any other refusal; some come with status 200.
    """
    body = parse(answer.body)
    if not isinstance(body, Mapping):
        raise UnexpectedAnswer("the OAuth server sent no JSON", status=answer.status)
    if "error" in body or answer.status >= 400:
        raise _refused(body, status=answer.status)
    if not body.get("access_token") or not body.get("refresh_token"):
        raise UnexpectedAnswer("the OAuth server sent no token", status=answer.status)
    member_id = str(body.get("member_id") or old.member_id)
    if old.member_id and member_id != old.member_id:
        raise RefreshRefused("the OAuth server sent the token of another portal")
    return Tokens(
        access_token=str(body["access_token"]),
        refresh_token=str(body["refresh_token"]),
        client_endpoint=str(body.get("client_endpoint") or old.client_endpoint),
        member_id=member_id,
        expires_at=_whole(body.get("expires")),
        scope=str(body.get("scope") or old.scope),
        user_id=_whole(body.get("user_id")),
    )


def _refused(body: Mapping[str, Any], *, status: int) -> BitrixError:
    error = refusal(body.get("error", ""), body.get("error_description", ""), status=status)
    if isinstance(error, InvalidCredentials):
        return RefreshRefused(error.description, code=error.code, status=status)
    return error


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None
