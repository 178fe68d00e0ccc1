"""Pure: where a portal lives by now, and where it may move to.

After a rename the old host answers 302 with the new one in ``Location``:
https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

from collections.abc import Callable

from bridge24.bitrix.errors import ForbiddenRedirect
from bridge24.bitrix.hosts import is_loopback, origin_of, split

HostPolicy = Callable[[str], bool]
REDIRECTS = frozenset({301, 302, 307, 308})


class Routes:
    """Remembers the moves of one portal and refuses hosts nobody approved."""

    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy
        self._home_hosts: set[str] = set()
        self._moves: dict[str, str] = {}

    def current(self, base: str) -> str:
        """Where a portal configured at ``base`` lives by now.

        The first base ever asked for is the configured one and always allowed.

        Raises:
            ForbiddenRedirect: fresh tokens name a host that is not approved.
        """
        host = host_of(base)
        if not self._home_hosts:
            self._home_hosts.add(host)
        if not self._is_allowed(host):
            raise ForbiddenRedirect(f"the tokens are for {host}, which is not approved")
        while base in self._moves:
            base = self._moves[base]
        return base

    def follow(self, base: str, *, location: str) -> str:
        """The new base a redirect names.

        Raises:
            ForbiddenRedirect: unreadable, not approved, or from https to http.
        """
        try:
            parts = split(location)
            origin = origin_of(parts)
        except ValueError:
            raise ForbiddenRedirect("the portal redirects to nowhere") from None
        host = parts.hostname or ""
        if not self._is_allowed(host):
            raise ForbiddenRedirect(f"the portal redirects to {host}, which is not approved")
        if parts.scheme == "http" and not (base.startswith("http:") and is_loopback(host)):
            raise ForbiddenRedirect(f"the portal redirects to {host} without https")
        prefix, rest, _ = parts.path.partition("/rest/")
        moved = origin + (prefix if rest else "")
        if moved == base:
            raise ForbiddenRedirect("the portal redirects to itself")
        return moved

    def move(self, old: str, new: str) -> bool:
        """Remember that a portal has moved; False when that was known."""
        if self._moves.get(old) == new:
            return False
        self._moves.pop(new, None)  # it may have moved back
        self._moves[old] = new
        return True

    def _is_allowed(self, host: str) -> bool:
        return host in self._home_hosts or self._policy(host)


def host_of(base: str) -> str:
    """The host of a base, without port."""
    return split(base).hostname or ""
