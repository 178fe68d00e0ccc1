"""The limits of one portal, shared by every client of that portal in this process.

Rules: https://apidocs.bitrix24.com/limits.html
"""

from dataclasses import dataclass
from weakref import WeakValueDictionary

from bridge24.bitrix.breaker import Breaker
from bridge24.bitrix.bucket import LeakyBucket
from bridge24.bitrix.operating import OperatingBudget


@dataclass(frozen=True, slots=True)
class Limits:
    """What a portal's plan allows.

    ``reserve`` requests of the bucket stay unused: requests bunch up on their
    way, and the portal may empty its bucket once a second instead of steadily.
    """

    capacity: float = 50
    leaks_per_second: float = 2
    reserve: float = 5
    operating_seconds: float = 480


STANDARD = Limits()
ENTERPRISE = Limits(capacity=250, leaks_per_second=5, reserve=12)


class _Address:
    """Bucket and breaker belong to the portal and our address."""

    def __init__(self, limits: Limits) -> None:
        self.bucket = LeakyBucket(
            capacity=limits.capacity,
            leaks_per_second=limits.leaks_per_second,
            reserve=limits.reserve,
        )
        self.breaker = Breaker()
        self.calls_to_come: dict[object, float] = {}


class PortalLimits:
    """Bucket, operating budget and breaker of one portal.

    The portal counts requests per portal and address, but operating seconds per
    webhook or application: two webhooks share the bucket, not the seconds.
    """

    def __init__(self, limits: Limits = STANDARD, *, address: "_Address | None" = None) -> None:
        self.limits = limits
        self._address = address or _Address(limits)
        self.bucket = self._address.bucket
        self.breaker = self._address.breaker
        self.calls_to_come = self._address.calls_to_come
        """Of each walk under way, as far as it knows; infinite before its first answer."""
        self.operating = OperatingBudget(limits.operating_seconds)


_addresses: WeakValueDictionary[tuple[str, Limits], _Address] = WeakValueDictionary()
_portals: WeakValueDictionary[tuple[str, str, Limits], PortalLimits] = WeakValueDictionary()


def limits_of(portal: str, *, caller: str, limits: Limits) -> PortalLimits:
    """Find or make the limits shared by this process.

    Args:
        portal: Host (and path prefix) of the portal.
        caller: Which webhook or application, in a form that is not secret.
    """
    address = _addresses.get((portal, limits))
    if address is None:
        address = _addresses[portal, limits] = _Address(limits)
    shared = _portals.get((portal, caller, limits))
    if shared is None:
        shared = PortalLimits(limits, address=address)
        _portals[portal, caller, limits] = shared
    return shared
