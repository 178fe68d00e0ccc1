"""The portal that BITRIX_WEBHOOK_URL names."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bridge24.bitrix import (
    ENTERPRISE,
    STANDARD,
    BadWebhook,
    BitrixClient,
    BitrixError,
    Limits,
    Webhook,
)
from bridge24.core.settings import Settings, get_settings
from bridge24.sync.errors import WebhookMalformed, WebhookMissing, explain_portal_error
from bridge24.sync.runs.meter import MeteredTransport


class PortalClient(BitrixClient):
    """Calls the configured portal, and counts for the runs that call."""

    def __init__(self, settings: Settings) -> None:
        self.transport = MeteredTransport()
        super().__init__(webhook_of(settings), limits=_limits(settings), transport=self.transport)

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()


@dataclass(slots=True)
class _Process:
    client: PortalClient | None = None


_process = _Process()


def portal_client() -> BitrixClient:
    """Return this process's one client of the configured portal: all share its limits.

    Raises:
        WebhookMissing: BITRIX_WEBHOOK_URL is not set.
        WebhookMalformed: It is wrong.
    """
    if _process.client is None:
        _process.client = PortalClient(get_settings())
    return _process.client


def portal_host() -> str:
    """The portal's name for messages, without secrets; see ``portal_client``."""
    return webhook_of(get_settings()).host


def portal_origin() -> str:
    """The portal's address without the webhook's code: ``https://acme.bitrix24.com``."""
    parts = urlsplit(webhook_of(get_settings()).base)
    return f"{parts.scheme}://{parts.netloc}"


async def close_portal() -> None:
    """Close the process's client, if there is one; the next use opens another."""
    client, _process.client = _process.client, None
    if client is not None:
        await client.close()


def webhook_of(settings: Settings) -> Webhook:
    """Read the webhook's address.

    Raises:
        WebhookMissing: It is not set.
        WebhookMalformed: It is no address of a webhook, or plain HTTP where that is
            not allowed: outside this machine, and anywhere in production.
    """
    if settings.bitrix_webhook_url is None:
        raise WebhookMissing
    url = settings.bitrix_webhook_url.get_secret_value().strip()
    if settings.environment == "production" and urlsplit(url).scheme == "http":
        raise WebhookMalformed(reason="in production it must begin with https")
    try:
        return Webhook(url)
    except BadWebhook as error:
        raise WebhookMalformed(reason=str(error)) from None


def client_for(settings: Settings) -> BitrixClient:
    """Make a client of the portal, within its plan's limits; the caller closes it."""
    return PortalClient(settings)


def impatient_client_for(settings: Settings) -> BitrixClient:
    """Make a client that gives up after a second try, for when a person waits."""
    return BitrixClient(webhook_of(settings), limits=_limits(settings), attempts=2)


async def knock(settings: Settings) -> None:
    """See that the portal answers and accepts the webhook, before anything is begun.

    Raises:
        PortalError: It does not.
    """
    async with impatient_client_for(settings) as client:
        try:
            await client.call("server.time")
        except BitrixError as error:
            raise explain_portal_error(error, host=webhook_of(settings).host) from error


def _limits(settings: Settings) -> Limits:
    return ENTERPRISE if settings.bitrix_enterprise else STANDARD
