"""Pure: the seconds each method has used of its 480 in ten minutes.

Rules: https://apidocs.bitrix24.com/limits.html (ten one-minute baskets; when the
oldest leaves, its seconds leave the sum). The portal tells the sum and the moment
of the next relief with every answer, and its figure is the truth; the baskets only
say how the sum will fall while nothing is asked.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge24.bitrix.wire import Time

WINDOW_SECONDS = 600.0
BASKET_SECONDS = 60.0
_LATE_SECONDS = 1.0
"""The portal's Unix times may be whole seconds: wait one more than it says."""


@dataclass(slots=True)
class _Basket:
    opened_at: float
    seconds: float

    @property
    def leaves_at(self) -> float:
        return self.opened_at + WINDOW_SECONDS


@dataclass(slots=True)
class _Account:
    """What we know of one method."""

    baskets: deque[_Basket] = field(default_factory=deque)
    calls_in_flight: int = 0
    in_flight: float = 0.0
    distrusted: bool = False
    """Refused and not answered since: one call at a time finds out."""
    blocked_until: float = float("-inf")
    told_at: float = float("-inf")
    mean_cost: float = 0.0
    answers: int = 0

    def used(self, now: float) -> float:
        return sum(basket.seconds for basket in self.baskets if basket.leaves_at > now)


class OperatingBudget:
    """Keeps every method of one portal within its operating seconds.

    Args:
        limit_seconds: What the portal allows in ten minutes.

    All times are monotonic seconds given by the caller.
    """

    def __init__(self, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._accounts: defaultdict[str, _Account] = defaultdict(_Account)

    @property
    def limit_seconds(self) -> float:
        """Seconds one method may use in ten minutes."""
        return self._limit

    def used(self, method: str, now: float) -> float:
        """Seconds used in the window, calls still under way not counted."""
        return self._account(method).used(now)

    def remaining(self, method: str, now: float) -> float:
        """Seconds that may still be spent; calls under way are taken off."""
        account = self._account(method)
        if account.blocked_until > now:
            return 0.0
        return max(0.0, self._limit - account.used(now) - account.in_flight)

    def reset_in(self, method: str, now: float) -> float:
        """Seconds until the oldest basket leaves the sum; 0 when nothing is used."""
        account = self._account(method)
        leaving = [b.leaves_at for b in account.baskets if b.leaves_at > now and b.seconds > 0]
        first = min(leaving, default=now)
        return max(0.0, first - now, account.blocked_until - now)

    def mean_cost(self, method: str) -> float:
        """Seconds an average call of this method has cost lately; 0 when unknown."""
        return self._account(method).mean_cost

    def wait(self, spends: Mapping[str, int], now: float) -> float:
        """How long to wait before ``{method: number of calls}`` may go, 0 at best.

        Half the limit is enough room for anything: a request that costs more
        than a whole window must be allowed to go one day.
        """
        return max((self._wait(m, count=n, now=now) for m, n in spends.items()), default=0.0)

    def _wait(self, method: str, *, count: int, now: float) -> float:
        account = self._account(method)
        if account.blocked_until > now:
            return account.blocked_until - now
        if account.distrusted:
            return _LATE_SECONDS if account.calls_in_flight else 0.0
        needed = min(account.mean_cost * count, self._limit / 2)
        room = self._limit - account.used(now) - account.in_flight
        if room > 0 and room >= needed:
            return 0.0
        # Nothing used means that only calls under way are in the way: look again soon.
        return self.reset_in(method, now) or _LATE_SECONDS

    def depart(self, spends: Mapping[str, int]) -> dict[str, float]:
        """Note calls under way; pass what is returned to ``arrive`` in any case."""
        claims = {m: self._account(m).mean_cost * count for m, count in spends.items()}
        for method, seconds in claims.items():
            self._account(method).in_flight += seconds
            self._account(method).calls_in_flight += 1
        return claims

    def arrive(self, claims: Mapping[str, float]) -> None:
        """The calls noted by ``depart`` are no longer under way."""
        for method, seconds in claims.items():
            account = self._account(method)
            account.calls_in_flight -= 1
            account.in_flight = max(0.0, account.in_flight - seconds)

    def observe(self, method: str, time: Time, now: float) -> None:
        """Learn from the ``time`` of an answer, single or inside a batch."""
        account = self._account(method)
        # Answers overtake each other: an older figure must not undo a newer one.
        if time.operating is None or time.finish < account.told_at:
            return
        is_first = account.told_at == float("-inf")
        account.told_at = time.finish
        account.distrusted = False
        self._forget(account, now)
        change = time.operating - account.used(now)
        cost = min(max(0.0, change), time.duration or max(0.0, change))
        relief_at = _relief(time, now)
        if is_first:
            self._spread(account, seconds=change - cost, relief_at=relief_at, now=now)
            change = cost
        self._correct(account, change=change, now=now)
        if account.baskets and time.operating_reset_at is not None:
            account.baskets[0].opened_at = min(now, relief_at - WINDOW_SECONDS)
        self._learn_cost(account, cost=cost)

    def block(self, method: str, now: float) -> None:
        """The portal has refused the method: park it until the next relief.

        After the time the portal itself named, we try once a minute.
        """
        account = self._account(method)
        account.blocked_until = now + (self.reset_in(method, now) or BASKET_SECONDS)
        account.distrusted = True

    def _account(self, method: str) -> _Account:
        return self._accounts[method.lower()]

    def _forget(self, account: _Account, now: float) -> None:
        while account.baskets and account.baskets[0].leaves_at <= now:
            account.baskets.popleft()

    def _spread(self, account: _Account, *, seconds: float, relief_at: float, now: float) -> None:
        """Lay what was used before we came into even baskets: nobody tells when it was."""
        if seconds <= 0:
            return
        last = now + WINDOW_SECONDS - BASKET_SECONDS
        count = 1 + max(0, int((last - relief_at) / BASKET_SECONDS))
        for number in range(count):
            leaves_at = relief_at + number * BASKET_SECONDS
            account.baskets.append(_Basket(leaves_at - WINDOW_SECONDS, seconds / count))

    def _correct(self, account: _Account, *, change: float, now: float) -> None:
        if change > 0:
            self._add(account, seconds=change, now=now)
            return
        surplus = -change
        while surplus > 0 and account.baskets:
            taken = min(surplus, account.baskets[0].seconds)
            account.baskets[0].seconds -= taken
            surplus -= taken
            if account.baskets[0].seconds <= 0:
                account.baskets.popleft()
            elif taken == 0:
                return

    def _add(self, account: _Account, *, seconds: float, now: float) -> None:
        newest = account.baskets[-1] if account.baskets else None
        if newest is not None and now - newest.opened_at < BASKET_SECONDS:
            newest.seconds += seconds
            return
        account.baskets.append(_Basket(opened_at=now, seconds=seconds))

    @staticmethod
    def _learn_cost(account: _Account, *, cost: float) -> None:
        account.answers += 1
        weight = max(0.1, 1 / account.answers)
        account.mean_cost += weight * (cost - account.mean_cost)


def _relief(time: Time, now: float) -> float:
    """When the oldest basket leaves the sum, by our clock; the full window when untold."""
    if time.operating_reset_at is None:
        return now + WINDOW_SECONDS
    return now + max(0.0, time.operating_reset_at - time.finish) + _LATE_SECONDS
