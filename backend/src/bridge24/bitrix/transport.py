"""HTTP by aiohttp: the only place where bytes leave for a portal."""

import asyncio
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import aiohttp

from bridge24.bitrix.errors import (
    BitrixError,
    ConnectionLost,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from bridge24.bitrix.wire import Answer, Request

# The portal gives up after 60 s; what comes later is not coming.
# https://apidocs.bitrix24.com/limits.html
TOTAL_SECONDS = 70.0
CONNECT_SECONDS = 10.0
_KEEPALIVE_SECONDS = 30.0


class Transport(Protocol):
    """Carries one POST to a portal and brings the answer back; follows no redirect."""

    async def send(self, request: Request) -> Answer:
        """Send, wait, read.

        Raises:
            TransportError: without address or body in it, nor in its context.
        """

    async def close(self) -> None:
        """Let go of every connection."""


class HttpTransport:
    """Keeps connections alive, understands gzip, verifies certificates.

    Args:
        total_seconds: For one request, from first to last byte.
        ca: A further certificate authority, for portals in a private network.
    """

    def __init__(
        self, *, total_seconds: float = TOTAL_SECONDS, ca: ssl.SSLContext | None = None
    ) -> None:
        self._timeout = aiohttp.ClientTimeout(total=total_seconds, sock_connect=CONNECT_SECONDS)
        self._ssl: ssl.SSLContext | bool = ca or True
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request) -> Answer:
        """Send one POST; see ``Transport``."""
        outcome = await self._attempt(request)
        # Raised out here, so that no aiohttp error with an address is its context.
        if isinstance(outcome, BitrixError):
            raise outcome
        return outcome

    async def _attempt(self, request: Request) -> Answer | BitrixError:
        try:
            return await self._post(request)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            return _explained(problem)

    async def _post(self, request: Request) -> Answer:
        headers = {"Content-Type": request.content_type}
        began = time.monotonic()
        async with self._open().post(
            request.url, data=request.body, headers=headers, allow_redirects=False
        ) as response:
            waited = timedelta(seconds=time.monotonic() - began)
            answered_at = _moment(response.headers.get("Date", ""))
            return Answer(
                status=response.status,
                location=response.headers.get("Location", ""),
                asked_at=answered_at and answered_at - waited,
                body=await response.read(),
            )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._ssl,
                    limit=0,  # the bucket is the limit; waiting here would eat the time-out
                    keepalive_timeout=_KEEPALIVE_SECONDS,
                ),
                timeout=self._timeout,
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "User-Agent": "bridge24-bitrix/0.1",
                },
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        """Close the connections; a later ``send`` opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            await asyncio.sleep(0)  # lets TLS transports finish


def _moment(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None


def _explained(problem: Exception) -> BitrixError:
    # The messages of aiohttp hold addresses, and addresses hold webhook codes.
    if isinstance(problem, aiohttp.ClientSSLError | ssl.SSLError):
        return TlsFailed(_tls_reason(problem))
    if isinstance(problem, aiohttp.ConnectionTimeoutError):
        return Unreachable("no connection within the time allowed")
    if isinstance(problem, aiohttp.ClientConnectorDNSError):
        return Unreachable("the host name is not known")
    if isinstance(problem, aiohttp.ClientConnectorError):
        return Unreachable(problem.os_error.strerror or "no connection")
    if isinstance(problem, TimeoutError):
        return TimedOut("no answer within the time allowed")
    return ConnectionLost("the connection broke before the answer was complete")


def _tls_reason(problem: Exception) -> str:
    cause = getattr(problem, "certificate_error", None) or getattr(problem, "os_error", None)
    reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
    return f"no trusted TLS connection: {reason or 'handshake failed'}"
