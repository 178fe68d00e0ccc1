"""Pure: the seconds each method has used of its 480 in ten minutes.

Rules: https://apidocs.bitrix24.com/limits.html (ten one-minute baskets; when the
oldest leaves, its seconds leave the sum). The portal tells the sum and the moment
of the next relief with every answer, and its figure is the truth. How its baskets
lie is not told, so between answers we believe that everything stays for the longest
time it may; and once a relief was due, a single call finds out what it has brought.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge24.bitrix.wire import Time

WINDOW_SECONDS = 600.0
BASKET_SECONDS = 60.0
_SLICE_SECONDS = 10.0
"""Ours are finer than the portal's baskets; a slice leaves when its last second does."""
_LATE_SECONDS = 1.0
"""The portal's Unix times may be whole seconds: wait one more than it says."""
_NEVER = float("-inf")


@dataclass(slots=True)
class _Slice:
    opened_at: float
    seconds: float
    guessed: bool = False
    """Used before we came; nobody told when."""

    @property
    def leaves_at(self) -> float:
        return self.opened_at + _SLICE_SECONDS + WINDOW_SECONDS


@dataclass(slots=True)
class _Account:
    """What we know of one method."""

    slices: deque[_Slice] = field(default_factory=deque)
    calls_in_flight: int = 0
    in_flight: float = 0.0
    relief_at: float = _NEVER
    """When the portal's oldest basket leaves, as it told."""
    blocked_until: float = _NEVER
    distrusted: bool = False
    """Refused and not answered since."""
    told_at: float = _NEVER
    mean_cost: float = 0.0
    answers: int = 0

    def used(self, now: float) -> float:
        return sum(each.seconds for each in self.slices if each.leaves_at > now)

    def may_ask(self, now: float, *, limit: float) -> bool:
        """Whether one call may find out how things are.

        The portal refuses only above the limit. When our sum, never smaller than
        its own, is not above, the call is safe whatever the relief has brought.
        """
        is_safe = self.used(now) - self._guess() <= limit
        is_due = _NEVER < self.relief_at <= now and is_safe
        is_free = self.blocked_until <= now and not self.calls_in_flight
        return is_free and (self.distrusted or is_due)

    def _guess(self) -> float:
        """What the relief has probably brought, when only a guess says how much."""
        oldest = self.slices[0] if self.slices else None
        return oldest.seconds if oldest is not None and oldest.guessed else 0.0


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

    def methods(self, now: float) -> list[str]:
        """Name the methods that have used seconds in the window."""
        return sorted(name for name, account in self._accounts.items() if account.used(now))

    def used(self, method: str, now: float) -> float:
        """Seconds used in the window, calls still under way not counted."""
        return self._account(method).used(now)

    def remaining(self, method: str, now: float) -> float:
        """Seconds that may still be spent; calls under way are taken off.

        Worth one average call where a single one should find out how things are.
        """
        account = self._account(method)
        if account.blocked_until > now:
            return 0.0
        least = account.mean_cost if account.may_ask(now, limit=self._limit) else 0.0
        if account.distrusted:
            return least
        return max(least, self._limit - account.used(now) - account.in_flight)

    def reset_in(self, method: str, now: float) -> float:
        """Seconds until the next relief is due; 0 when nothing is used."""
        account = self._account(method)
        due = [each.leaves_at for each in account.slices if each.leaves_at > now and each.seconds]
        if account.relief_at > now:
            due.append(account.relief_at)
        return max(0.0, min(due, default=now) - now, account.blocked_until - now)

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
        needed = min(account.mean_cost * count, self._limit / 2)
        room = self._limit - account.used(now) - account.in_flight
        is_blocked = account.blocked_until > now or account.distrusted
        if not is_blocked and room > 0 and room >= needed:
            return 0.0
        if account.may_ask(now, limit=self._limit) and (count == 1 or account.distrusted):
            return 0.0
        relief = self.reset_in(method, now) or _LATE_SECONDS
        # An answer under way may change everything: look again soon.
        return min(relief, _LATE_SECONDS) if account.calls_in_flight else relief

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
        account.distrusted = False
        if time.operating is None:
            return
        if time.finish < account.told_at:
            # Answers overtake each other. The newer figure holds this one's cost too.
            _learn_cost(account, cost=0.0)
            return
        _forget(account, now)
        change = time.operating - account.used(now)
        relief_at = _relief(time, now)
        if account.told_at == _NEVER:
            # What the first answer tells beyond its own duration was used before we came.
            own = min(change, time.duration or change)
            _guess(account, seconds=change - own, relief_at=relief_at, now=now)
            change = own
        if not _NEVER < account.relief_at <= now:  # else a relief hides what the call cost
            _learn_cost(account, cost=max(0.0, change))
        _correct(account, change=change, now=now)
        _renew_outdated(account, relief_at=relief_at, now=now)
        account.told_at = time.finish
        account.relief_at = relief_at

    def block(self, method: str, now: float) -> None:
        """The portal has refused the method: park it until the next relief.

        After the time the portal itself named, one call at a time tries once a
        minute.
        """
        account = self._account(method)
        account.blocked_until = now + (self.reset_in(method, now) or BASKET_SECONDS)
        account.distrusted = True

    def _account(self, method: str) -> _Account:
        return self._accounts[method.lower()]


def _forget(account: _Account, now: float) -> None:
    while account.slices and account.slices[0].leaves_at <= now:
        account.slices.popleft()


def _guess(account: _Account, *, seconds: float, relief_at: float, now: float) -> None:
    """Lay out evenly, a minute each, what was used before we came."""
    first = max(relief_at, now + BASKET_SECONDS)
    count = 1 + max(0, int((now + WINDOW_SECONDS - first) / BASKET_SECONDS))
    for number in range(count if seconds > 0 else 0):
        opened_at = first + number * BASKET_SECONDS - WINDOW_SECONDS
        account.slices.append(_Slice(opened_at, seconds / count, guessed=True))


def _renew_outdated(account: _Account, *, relief_at: float, now: float) -> None:
    """Nothing is older than the portal's oldest basket: what seems so is really newer.

    It got there because a relief and new seconds came in one figure.
    """
    while account.slices and account.slices[0].leaves_at < relief_at:
        _add(account, seconds=account.slices.popleft().seconds, now=now)


def _correct(account: _Account, *, change: float, now: float) -> None:
    """Make our sum the portal's: the newest grows, or the oldest leave."""
    if change > 0:
        _add(account, seconds=change, now=now)
    surplus = -change
    while surplus > 0 and account.slices:
        oldest = account.slices[0]
        oldest.seconds, surplus = max(0.0, oldest.seconds - surplus), surplus - oldest.seconds
        if surplus >= 0:
            account.slices.popleft()


def _add(account: _Account, *, seconds: float, now: float) -> None:
    newest = account.slices[-1] if account.slices else None
    if newest is not None and now - newest.opened_at < _SLICE_SECONDS:
        newest.seconds += seconds
        return
    account.slices.append(_Slice(opened_at=now, seconds=seconds))


def _learn_cost(account: _Account, *, cost: float) -> None:
    account.answers += 1
    weight = max(0.1, 1 / account.answers)
    account.mean_cost += weight * (cost - account.mean_cost)


def _relief(time: Time, now: float) -> float:
    """When the oldest basket leaves the sum, by our clock."""
    if time.operating_reset_at is None:
        return _NEVER
    told = time.operating_reset_at - time.finish
    return now + min(WINDOW_SECONDS, max(0.0, told)) + _LATE_SECONDS
