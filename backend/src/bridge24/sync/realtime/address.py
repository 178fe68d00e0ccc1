"""The address of ours that the portal posts events to."""

from urllib.parse import urlsplit

from bridge24.core.settings import Settings
from bridge24.sync.realtime.errors import PublicAddressMissing

PATH = "/api/v1/webhooks/bitrix"


def handler_url(settings: Settings) -> str:
    """Write the whole address, as it is to be put into the portal.

    Raises:
        PublicAddressMissing: PUBLIC_URL is not set, or is no address.
    """
    base = settings.public_url.strip().rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        reason = "it is not set" if not base else "it is no web address"
        raise PublicAddressMissing(setting="PUBLIC_URL", reason=reason)
    return f"{base}{PATH}"
