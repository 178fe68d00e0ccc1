"""An asyncio client for the Bitrix24 REST API."""

from bridge24.bitrix.auth import BadWebhook, Webhook
from bridge24.bitrix.batch import BatchReply, Outcome, Skipped, reference
from bridge24.bitrix.client import BitrixClient
from bridge24.bitrix.errors import BitrixError
from bridge24.bitrix.oauth import MemoryTokenStore, OAuth, Tokens, TokenStore
from bridge24.bitrix.throttle import ENTERPRISE, STANDARD, Limits, PortalLimits
from bridge24.bitrix.transport import HttpTransport, Transport
from bridge24.bitrix.wire import Call, Reply, Time

__all__ = [
    "ENTERPRISE",
    "STANDARD",
    "BadWebhook",
    "BatchReply",
    "BitrixClient",
    "BitrixError",
    "Call",
    "HttpTransport",
    "Limits",
    "MemoryTokenStore",
    "OAuth",
    "Outcome",
    "PortalLimits",
    "Reply",
    "Skipped",
    "Time",
    "TokenStore",
    "Tokens",
    "Transport",
    "Webhook",
    "reference",
]
