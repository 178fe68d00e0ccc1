"""Pure: whether the settings may be served at all, and which hosts are this machine."""

import ipaddress
from urllib.parse import urlsplit

from bridge24.core.errors import BadConfiguration
from bridge24.core.settings import Settings

SHORTEST_SECRET = 32
FEWEST_LETTERS = 10


class OpenToTheNetwork(BadConfiguration):
    """HOST is {host}, so others reach this machine, and nobody has to sign in: set
    AUTH_ENABLED=true and AUTH_SECRET, or AUTH_ALLOW_OPEN=true if something in front of it
    keeps strangers out."""


class WeakSecret(BadConfiguration):
    """AUTH_ENABLED is on, but AUTH_SECRET {reason}: put there what "openssl rand -base64 48"
    prints."""


def check(settings: Settings) -> None:
    """Refuse to serve what anybody could take over.

    Raises:
        OpenToTheNetwork: Others reach it and nobody has to sign in.
        WeakSecret: Tokens could be forged.
    """
    if not settings.auth_enabled:
        if not is_loopback(settings.host) and not settings.auth_allow_open:
            raise OpenToTheNetwork(host=settings.host)
        return
    secret = settings.auth_secret.get_secret_value() if settings.auth_secret else ""
    if len(secret.encode()) < SHORTEST_SECRET:
        raise WeakSecret(reason=f"has fewer than {SHORTEST_SECRET} bytes")
    if len(set(secret)) < FEWEST_LETTERS:
        raise WeakSecret(reason="repeats a few letters")


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is only reached from this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def same_origin(origin: str | None, host: str | None, *, fetched: str | None) -> bool:
    """Say whether a browser sends a request from our own pages; others say nothing.

    Args:
        origin: The ``Origin`` header.
        host: The ``Host`` header.
        fetched: The ``Sec-Fetch-Site`` header.
    """
    if fetched in {"cross-site", "same-site"}:
        return False
    return origin is None or urlsplit(origin).netloc == host
