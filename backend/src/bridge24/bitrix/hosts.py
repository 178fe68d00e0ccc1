"""Pure: which hosts a token or webhook code may be sent to."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# The zones the vendor serves portals in, one per language or country of its site.
ZONES = frozenset(
    (
        "ru",
        "com",
        "de",
        "eu",
        "by",
        "kz",
        "ua",
        "uz",
        "fr",
        "it",
        "es",
        "pl",
        "in",
        "cn",
        "co.uk",
        "uk",
        "com.br",
        "br",
        "com.tr",
        "tr",
        "jp",
        "mx",
        "vn",
        "id",
        "co",
        "site",
        "tech",
    )
)


def is_bitrix24(host: str) -> bool:
    """Whether a host is a portal of the Bitrix24 cloud.

    >>> is_bitrix24("acme.bitrix24.ru"), is_bitrix24("acme.bitrix24.ru.evil.com")
    (True, False)
    """
    name, _, zone = host.lower().partition(".bitrix24.")
    is_label = name.replace("-", "").isalnum() and name.isascii()
    return is_label and not name.startswith("-") and zone in ZONES


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where plain HTTP harms nobody.

    >>> is_loopback("acme.localhost"), is_loopback("::1"), is_loopback("localhost.evil.com")
    (True, True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(parts: SplitResult) -> str:
    """``https://host[:port]`` in lower case, without user name or default port.

    Raises:
        ValueError: no http(s), no host, or a port that is no number.
    """
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an http(s) address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in {None, default} else ""
    return f"{parts.scheme}://{host}{port}"


def split(url: str) -> SplitResult:
    """Take an address apart; backslashes and blanks, which parsers read differently, fail."""
    if "\\" in url or any(char.isspace() or ord(char) < 32 for char in url):
        raise ValueError("not an http(s) address")
    return urlsplit(url)
