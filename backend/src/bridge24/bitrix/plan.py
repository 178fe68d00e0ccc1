"""How much to ask next, and when: spends a portal's limits knowingly.

Pure: the caller brings the time and what the limits allow now.
Limits: https://apidocs.bitrix24.com/limits.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bridge24.bitrix.account import TELLING_PAGES, Estimate
from bridge24.bitrix.errors import BitrixError, OperationTimeLimit, QueryLimitExceeded
from bridge24.bitrix.wire import Time

BATCH_PAGES = 50
"""Commands of one batch."""

TARGET_SECONDS = 25.0
"""Server time planned for one call; the portal cuts a call off after 60 s."""

FEWEST_LANES, FIRST_LANES, MOST_LANES = 1, 10, 18
PATIENT_LANES = 12
"""Enough to spend a whole window within a minute, so that it comes back in one piece."""

OPERATING_RESERVE = 2.0
"""Seconds left unspent, for pages that turn out dearer than the ones before.

At least the cost of a page, so that one more always passes.
"""

SHORTEST_CALL_SECONDS = 1.0
"""Calls are not made shorter than this to keep all lanes busy at the end of a walk."""

BURST_SHARE = 0.6
"""Part of the calls free now that is planned with; ends of ranges need the others."""

SLOWED = 2.0
"""The portal is crowded when a page takes this many times its usual duration."""

LONGEST_PAUSE_SECONDS = 60.0
SHORTEST_WAIT_SECONDS = 0.01


class Reason(StrEnum):
    """Why a walk waits."""

    OPERATING = "operating"
    """The method has used its seconds of the last ten minutes."""
    BUCKET = "bucket"
    """Another call would overflow the portal's bucket."""
    TROUBLE = "trouble"
    """The portal failed, and gets a rest."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the limits allow at this moment."""

    operating_left: float
    """Seconds the method may still use, calls under way taken off; infinite if not metered."""
    operating_limit: float
    """Seconds of a whole window."""
    operating_reset_in: float
    """Seconds until some of them come back."""
    calls_free: float
    """Calls that fit into the bucket at once; negative when some are waiting."""
    calls_per_second: float
    """What the bucket allows in the long run."""
    page_cost: float
    """Operating seconds of an average page; 0 where they are not metered."""
    room: float
    """Pages for which there is memory, whether used or not."""
    room_left: float
    """Of these, pages neither on their way nor waiting for the consumer."""
    walks: int = 1
    """Walks under way that share the bucket, this one included."""

    def after(self, pages: int) -> "Budget":
        """What is left when a call for so many pages has been sent."""
        return replace(
            self,
            operating_left=self.operating_left - pages * self.page_cost,
            calls_free=self.calls_free - 1,
            room_left=self.room_left - pages,
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a call for this many pages now."""

    pages: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be sent for so many seconds."""

    seconds: float
    reason: Reason


@dataclass(slots=True)
class Planner:
    """Learns how long a page takes on this portal and decides the next call."""

    batch_pages: int = BATCH_PAGES
    """The most pages of one call."""
    page_seconds: Estimate = field(default_factory=Estimate)
    """Server time of a page."""
    failures: int = 0
    """Failed calls since the last good one."""
    _lanes: float = FIRST_LANES
    _most_pages: int = field(init=False)
    _fastest: float = math.inf
    _rest_until: float = -math.inf
    _spent: bool = False
    _asked_at: float = -math.inf

    def __post_init__(self) -> None:
        self._most_pages = self.batch_pages

    def lanes(self, budget: Budget, *, pages_left: float) -> int:
        """How many calls may be under way together."""
        is_short = pages_left * budget.page_cost > budget.operating_left
        return min(PATIENT_LANES if is_short else MOST_LANES, int(self._lanes))

    def size(self, budget: Budget, *, pages_left: float) -> float:
        """Pages a call should have, and below which a range is not split."""
        return max(self._shortest, self._balanced(budget, pages_left=pages_left))

    @property
    def _shortest(self) -> float:
        """Pages below which a call of its own is not worth while."""
        seconds = self.page_seconds.mean
        return max(2.0, SHORTEST_CALL_SECONDS / seconds) if seconds else BATCH_PAGES

    def decide(self, now: float, *, budget: Budget, pages_left: float) -> Ask | Wait | None:
        """Decide the next call, given the pages nobody has asked for yet.

        None: an answer under way has to be seen first. Either there is no memory for one
        more, or the method was at its limit: then a single page asks what has come back. It
        passes even if nothing has, for the call that crosses the limit still completes.
        """
        if wait := self._until_turn(now, budget):
            return wait
        affordable = _affordable(budget)
        if affordable < 1:
            self._spent = True
            if budget.operating_reset_in > 0:
                return _wait(budget.operating_reset_in, Reason.OPERATING)
        under_way = budget.room_left < budget.room
        size = self.size(budget, pages_left=pages_left)
        if under_way and (self._spent or budget.room_left < size):
            return None
        self._asked_at = now
        if self._spent:
            return Ask(1)
        pages = min(affordable, self._fitting(), size, budget.room_left)
        return Ask(max(1, int(pages)))

    def _until_turn(self, now: float, budget: Budget) -> Wait | None:
        if now < self._rest_until:
            return _wait(self._rest_until - now, Reason.TROUBLE)
        if budget.calls_free < 1:
            return _wait((1 - budget.calls_free) / budget.calls_per_second, Reason.BUCKET)
        turn = self._asked_at + budget.walks / budget.calls_per_second
        if now < turn and budget.calls_free < budget.walks > 1:
            # Whoever looks most often would take every call from those that wait.
            return _wait(turn - now, Reason.BUCKET)
        return None

    def answered(self, times: Sequence[Time], *, elapsed_seconds: float) -> None:
        """Learn from the times of the commands one call has run.

        ``elapsed_seconds`` of the whole call count where the portal tells no durations.
        """
        self.failures = 0
        self._spent = False
        grown = self._most_pages + max(1, self._most_pages // 2)
        self._most_pages = min(self.batch_pages, grown)
        if len(times) < TELLING_PAGES and self.page_seconds.mean:
            return
        seconds = sum(time.duration for time in times) or elapsed_seconds
        self._pace(seconds / len(times))

    def well(self) -> None:
        """Note an answer that came as expected, and taught nothing."""
        self._spent = False
        self._lanes = min(MOST_LANES, self._lanes + 1)

    def failed(self, now: float, error: BitrixError) -> None:
        """Ask for less after a failure, and rest longer each time.

        Limits say nothing about the size of the call; everything else might be the
        portal's 60 s cap.
        """
        self.failures += 1
        self._lanes = max(FEWEST_LANES, self._lanes / 2)
        if not isinstance(error, QueryLimitExceeded | OperationTimeLimit):
            self._most_pages = max(1, self._most_pages // 2)
        pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** (self.failures - 1))
        self._rest_until = now + max(pause, error.retry_after or 0.0)

    def _fitting(self) -> float:
        """Pages that end within the target."""
        if self.page_seconds.high <= 0:
            return self._most_pages
        return min(self._most_pages, TARGET_SECONDS / self.page_seconds.high)

    def _balanced(self, budget: Budget, *, pages_left: float) -> float:
        """Pages for one call so that bucket, memory and lanes are used up together.

        Memory holds ``room`` pages: calls of ``k`` pages leave place for ``room / k`` of them,
        so that the rest takes ``T = pages_left * seconds * k / room``, while the bucket lets
        ``pages_left / k = calls_free + calls_per_second * T`` calls pass. Solved for ``k``;
        never less than lets the bucket feed all lanes.
        """
        seconds = self.page_seconds.mean
        if not seconds or not pages_left:
            return BATCH_PAGES
        free = max(1.0, budget.calls_free * BURST_SHARE / budget.walks)
        rate = budget.calls_per_second / budget.walks
        load = rate * pages_left * seconds / budget.room
        by_room = (math.sqrt(free**2 + 4 * load * pages_left) - free) / (2 * load)
        lanes = self.lanes(budget, pages_left=pages_left)
        by_lanes = pages_left / (free + rate * pages_left * seconds / lanes)
        return max(by_room, by_lanes)

    def _pace(self, seconds: float) -> None:
        """One more lane after each answer, fewer while the portal is slowing down."""
        self.page_seconds.note(seconds)
        self._fastest = min(self._fastest * 1.01, seconds)
        is_slow = seconds > SLOWED * self._fastest
        self._lanes = max(FEWEST_LANES, self._lanes * 0.8) if is_slow else self._lanes + 1
        self._lanes = min(MOST_LANES, self._lanes)


def _wait(seconds: float, reason: Reason) -> Wait:
    """Wait at least a moment: rounding must not make anybody ask again at once."""
    return Wait(max(seconds, SHORTEST_WAIT_SECONDS), reason)


def _affordable(budget: Budget) -> float:
    """Pages the operating seconds suffice for, one always kept back.

    One page is allowed whenever half of the limit is free, however dear it is: it would
    otherwise never be read.
    """
    if budget.page_cost <= 0:
        return math.inf
    reserve = max(OPERATING_RESERVE, budget.page_cost)
    pages = (budget.operating_left - reserve) / budget.page_cost
    return max(1.0, pages) if budget.operating_left >= budget.operating_limit / 2 else pages
