"""What one list method has spent of its operating seconds, by the portal's own word.

Pure. Nothing is assumed of how much comes back and when a minute leaves the window: after
the moment of relief one page is asked for, and its answer tells the new sum.
https://apidocs.bitrix24.com/limits.html
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from bridge24.bitrix.wire import Time

LATE_SECONDS = 1.0
"""The portal tells whole seconds: wait one more than it says."""

WINDOW_SECONDS = 600.0
MINUTE_SECONDS = 60.0
"""Seconds come back a minute's worth at a time."""

TOGETHER = 18
"""More answers than that do not come at once."""

TELLING_PAGES = 5
"""Shorter calls are mostly ends of ranges, whose empty pages cost next to nothing."""


@dataclass(slots=True)
class Estimate:
    """A moving mean with its mean deviation, as TCP keeps for its round trips."""

    mean: float = 0.0
    deviation: float = 0.0
    _samples: int = 0

    @property
    def high(self) -> float:
        """What the next value will rarely exceed."""
        return self.mean + 2 * self.deviation

    def note(self, value: float) -> None:
        """Learn one value; the first one counts as very uncertain."""
        if not self._samples:
            self.mean, self.deviation = value, value / 2
        else:
            self.deviation += (abs(value - self.mean) - self.deviation) / 4
            self.mean += (value - self.mean) / 8
        self._samples += 1


@dataclass(slots=True)
class Account:
    """Seconds spent in the window, and what a page costs.

    Attributes:
        relief_at: When some of them come back, in monotonic seconds; None when not metered.
        cost: Operating seconds of a page; 0 where they are not metered.
    """

    relief_at: float | None = None
    cost: Estimate = field(default_factory=Estimate)
    _told: tuple[float, float] = (-math.inf, 0.0)
    _spent: deque[tuple[float, float]] = field(default_factory=deque)
    _beyond: deque[float] = field(default_factory=partial(deque, maxlen=TOGETHER))
    """What the portal's sum held beside what we had seen, after each of the last answers."""

    @property
    def used(self) -> float:
        """Seconds in the window by the latest answer, spending of others included."""
        return self._told[1]

    @property
    def settled(self) -> float:
        """Seconds in the window but for answers that are still under way.

        Answers that end together each tell of the others too, which have not been seen yet.
        """
        ours = sum(seconds for _, seconds in self._spent)
        return min(self.used, ours + min(self._beyond, default=math.inf))

    def hear(self, times: Sequence[Time], now: float) -> None:
        """Learn from the times of the commands one call has run, in order."""
        for time in times:
            # Answers overtake each other: an older figure must not undo a newer one, and of
            # two that ended together the larger one knows more.
            told = (time.finish, time.operating or 0.0)
            if time.operating is not None and told > self._told:
                self._told = told
                self._expect_relief(time, arrived=now - times[-1].finish)
        cost = _cost_of_page(times)
        if cost is not None and (len(times) >= TELLING_PAGES or not self.cost.mean):
            self.cost.note(cost)

    def relief_in(self, now: float) -> float:
        """Seconds until a page should ask what has come back; 0 when it is due."""
        return 0.0 if self.relief_at is None else max(0.0, self.relief_at - now)

    def spent(self, seconds: float, now: float) -> None:
        """Remember when we have spent seconds, to know when they come back."""
        self._spent.append((now, seconds))
        self._beyond.append(max(0.0, self.used - sum(spent for _, spent in self._spent)))
        while self._spent[0][0] < now - WINDOW_SECONDS - MINUTE_SECONDS:
            self._spent.popleft()

    def returns(self, now: float) -> list[tuple[float, float]]:
        """Foretell what comes back when: seconds from now, and operating seconds, in order.

        What we know nothing of has been spent by others, and counts as the oldest.
        """
        relief = self.relief_in(now)
        left = self.used
        found: list[tuple[float, float]] = []
        for moment, seconds in reversed(self._spent):
            minutes = math.ceil(max(0.0, moment + WINDOW_SECONDS - now - relief) / MINUTE_SECONDS)
            found.append((relief + minutes * MINUTE_SECONDS, min(seconds, left)))
            left -= min(seconds, left)
        return [(relief, left), *reversed(found)] if left > 0 else found[::-1]

    def _expect_relief(self, time: Time, *, arrived: float) -> None:
        """``arrived`` is what the portal's clock lacks to ours."""
        if time.operating_reset_at is not None:
            self.relief_at = time.operating_reset_at + arrived + LATE_SECONDS


def _cost_of_page(times: Sequence[Time]) -> float | None:
    """Operating seconds of one page; None where they are not metered.

    The sum also grows by what others do meanwhile, so a command's own share is at most
    its duration.
    """
    costs = [
        min(time.duration, time.operating - before.operating)
        for before, time in pairwise(times)
        if time.operating is not None and before.operating is not None
    ]
    grown = [cost for cost in costs if cost >= 0]  # it shrinks when an old minute leaves it
    return sum(grown) / len(grown) if grown else None
