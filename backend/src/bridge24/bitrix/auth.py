"""How a call proves who makes it: an inbound webhook, or an application's OAuth token.

Webhooks: https://apidocs.bitrix24.com/local-integrations/local-webhooks.html
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from bridge24.bitrix.hosts import is_loopback, origin_of, split
from bridge24.bitrix.wire import Answer, Request

Send = Callable[[Request], Awaitable[Answer]]

_WEBHOOK_PATH = re.compile(
    r"(?P<prefix>(?:/[\w.~-]+)*)/rest/(?P<user>\d+)/(?P<code>[\w-]+)"
    r"(?:/[a-z0-9.]*)?/?",
    re.IGNORECASE,
)


class BadWebhook(ValueError):
    """The address is not that of an inbound webhook; the message says why, masked."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What makes one request ours."""

    base: str
    """``https://host[/prefix]``: where the portal lives by now."""
    path: str = field(repr=False)
    """What follows: ``/rest/1/code`` or ``/rest``."""
    token: str = field(default="", repr=False)
    """The OAuth access token, sent in the body; empty for a webhook."""


class Auth(Protocol):
    """Signs requests. ``Webhook`` and ``OAuth`` are the two ways Bitrix24 knows."""

    @property
    def caller(self) -> str:
        """Which webhook or application, in a form that is not secret."""

    async def sign(self) -> Signature:
        """What to send with the next request."""

    async def renew(self, stale_token: str, *, send: Send) -> bool:
        """Get a newer token than ``stale_token``; False when there is no such thing."""

    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown."""


class Webhook:
    """An inbound webhook, as copied from the portal's developer pages.

    The address may end in an example method (``…/profile.json``), as the portal
    shows it. Plain HTTP is for portals on this machine only.

    Raises:
        BadWebhook: with a sentence that says what is wrong and shows no code.

    >>> Webhook("https://acme.bitrix24.ru/rest/1/abc123/")
    Webhook(https://acme.bitrix24.ru/rest/1/***)
    """

    def __init__(self, url: str, *, allow_http: bool = False) -> None:
        try:
            parts = split(url.strip())
            origin = origin_of(parts)
        except ValueError:
            raise BadWebhook("the webhook is not a web address: https://…/rest/…") from None
        found = _WEBHOOK_PATH.fullmatch(parts.path)
        if not found:
            raise BadWebhook("the webhook address must look like https://HOST/rest/USER/CODE/")
        host = parts.hostname or ""
        if parts.scheme == "http" and not (allow_http or is_loopback(host)):
            raise BadWebhook(f"the webhook of {host} must use https")
        self.base = origin + found["prefix"]
        self.host = host
        self.user_id = int(found["user"])
        self._code = found["code"]

    @property
    def caller(self) -> str:
        """The webhook's owner and a hash of its code."""
        return f"webhook {self.user_id} {hash(self._code)}"

    async def sign(self) -> Signature:
        """The webhook's code is part of the path."""
        return Signature(base=self.base, path=f"/rest/{self.user_id}/{self._code}")

    async def renew(self, stale_token: str, *, send: Send) -> bool:  # noqa: ARG002
        """A webhook has no token to renew."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The code in the path."""
        return (self._code,)

    def __repr__(self) -> str:
        return f"Webhook({self.base}/rest/{self.user_id}/***)"
