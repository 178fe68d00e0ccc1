"""How long the rest of a walk will take: its own plan is played on, as if all went on so.

Pure. What the limits, the sizes of calls and the ends of ranges will cost is not put into
formulas a second time: whoever decides the real calls decides the played ones. Only what has
to wait for operating seconds, ten minutes at a time, is reckoned instead.
"""

import copy
import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge24.bitrix.account import WINDOW_SECONDS
from bridge24.bitrix.plan import BATCH_PAGES, OPERATING_RESERVE, Ask, Budget, Planner
from bridge24.bitrix.walk import MOST_TRUSTED, SPARE, Stretch

MOST_CALLS = 500
"""So many are played, which takes about ten milliseconds; then the pace is known."""

SHRINKING = 2.0
"""Calls get smaller towards the end of a walk, so that so many times as many come."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An answer under way."""

    due_in: float
    """Seconds until it comes at the usual pace; not positive when it has, or is late."""
    parts: Sequence[Stretch]
    """What it is about, each with the pages asked of it."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a walk; it is used up by being played."""

    stretches: list[Stretch]
    under_way: Sequence[Expected] = ()
    trusted: float = MOST_TRUSTED
    """Pages first asked of a stretch that nothing is known of."""
    others_calls: Sequence[float] = ()
    """Calls to come of each other walk that shares the bucket; infinite while unknown."""
    returns: Sequence[tuple[float, float]] = ()
    """When operating seconds come back, in order: seconds from now, and how many."""
    page_seconds: float = 0.0
    """From page to page so far, calls side by side; 0 while unknown."""
    pages_per_call: float = BATCH_PAGES

    @property
    def pages_unasked(self) -> int:
        """Pages not on their way yet."""
        return sum(math.ceil(part.left) for part in self.stretches if part.left > 0)

    @property
    def pages_asked(self) -> float:
        """Pages on their way."""
        return sum(part.asked for each in self.under_way for part in each.parts)


def seconds_to_go(planner: Planner, budget: Budget, rest: Rest, *, now: float) -> float:
    """Foretell how long the rest of a walk takes.

    Args:
        planner: Who decides; it learns nothing here.
        budget: What the limits allow now, as if nothing were under way.
        rest: What is to come.
        now: The time that the planner knows.
    """
    pages = rest.pages_unasked + rest.pages_asked
    if pages * budget.page_cost <= budget.operating_left - OPERATING_RESERVE:
        return _Play(planner, budget, rest, now=now).seconds()
    return _with_waiting(planner, budget, rest, pages=pages)


def _with_waiting(planner: Planner, budget: Budget, rest: Rest, *, pages: float) -> float:
    """Count the windows that the operating seconds make a walk wait, and what comes after."""
    cost = pages * budget.page_cost
    spendable = max(0.0, budget.operating_left - OPERATING_RESERVE)
    used = budget.operating_limit - budget.operating_left
    relief = budget.operating_reset_in or WINDOW_SECONDS
    returns = rest.returns or [(relief, used)]
    # What is left is spent now and comes back after all the rest; then it begins anew.
    window = [*returns, (WINDOW_SECONDS, spendable)]
    whole = sum(seconds for _, seconds in window)
    windows = math.ceil((cost - spendable) / whole) - 1
    wait, last = _returned(window, cost - spendable - windows * whole)
    tail = _duration(planner, budget, rest, pages=last / budget.page_cost)
    return wait + windows * WINDOW_SECONDS + tail


def _returned(window: Sequence[tuple[float, float]], wanted: float) -> tuple[float, float]:
    """When so many operating seconds have come back, and how many of them came last."""
    for wait, seconds in window:
        if seconds >= wanted:
            return wait, wanted
        wanted -= seconds
    return WINDOW_SECONDS, wanted


def _duration(planner: Planner, budget: Budget, rest: Rest, *, pages: float) -> float:
    by_server = pages * planner.page_seconds.mean / planner.lanes(budget, pages_left=pages)
    calls = pages / rest.pages_per_call
    # Walks take turns, so that of a longer one only as many calls come before our last.
    before = sum(min(calls, others) for others in rest.others_calls)
    # A full bucket lets the first calls pass at once, and tells nothing of those to come.
    by_bucket = (calls + before - budget.calls_free) / budget.calls_per_second
    return max(by_server, by_bucket, pages * rest.page_seconds)


class _Play:
    """One game: the clock jumps from answer to answer."""

    def __init__(self, planner: Planner, budget: Budget, rest: Rest, *, now: float) -> None:
        self._planner = copy.copy(planner)
        self._budget = replace(budget, operating_left=math.inf, page_cost=0.0, walks=1)
        self._rest = rest
        self._trusted = rest.trusted
        self._others = sorted(SHRINKING * calls for calls in rest.others_calls)
        self._free = budget.calls_free / (1 + len(self._others))
        self._of_another = self._free
        """Calls each of the others has been able to send so far."""
        self._began = self._now = now
        self._order = itertools.count()
        self._coming = [
            (now + max(0.0, each.due_in), next(self._order), each.parts) for each in rest.under_way
        ]
        heapq.heapify(self._coming)
        self._asked = rest.pages_asked
        self._read = 0.0
        self._calls = 0

    def seconds(self) -> float:
        while self._rest.stretches and self._calls < MOST_CALLS:
            wait = self._launch()
            due = self._coming[0][0] if self._coming else math.inf
            if self._now + wait < due:
                self._pass_to(self._now + wait)
            else:
                self._pass_to(max(due, self._now))
                self._land(heapq.heappop(self._coming)[2])
        passed = self._now - self._began
        left = sum(part.left + part.asked for part in self._rest.stretches)
        return passed + (passed / self._read * left if left and self._read else 0.0)

    def _launch(self) -> float:
        """Send what the plan allows; say how long it waits then, if nothing comes meanwhile."""
        planner, budget = self._planner, self._shared_budget()
        left = self._rest.pages_unasked
        readers = planner.lanes(budget, pages_left=left) - len(self._coming)
        if readers > 0:
            self._spread(readers, smallest=planner.size(budget, pages_left=left))
        for _ in range(readers):
            if not any(not part.asked for part in self._rest.stretches):
                break
            decision = planner.decide(self._now, budget=budget, pages_left=self._rest.pages_unasked)
            if not isinstance(decision, Ask):
                return decision.seconds if decision else math.inf
            pages = self._send(decision.pages)
            budget = budget.after(pages)
        return math.inf

    def _shared_budget(self) -> Budget:
        return replace(
            self._budget,
            calls_free=self._free,
            calls_per_second=self._rate,
            room_left=self._budget.room - self._asked,
        )

    @property
    def _rate(self) -> float:
        return self._budget.calls_per_second / (1 + len(self._others))

    def _send(self, pages: int) -> int:
        parts = _take(self._rest.stretches, pages, trusted=self._trusted)
        sent = int(sum(part.asked for part in parts))
        due = self._now + sent * self._planner.page_seconds.mean
        heapq.heappush(self._coming, (due, next(self._order), parts))
        self._asked += sent
        self._free -= 1
        self._calls += 1
        return sent

    def _land(self, parts: Sequence[Stretch]) -> None:
        for part in parts:
            self._asked -= part.asked
            self._read += part.asked
            if not part.proven:
                self._trusted = min(MOST_TRUSTED, self._trusted * 2)
            part.asked, part.proven = 0.0, True
            if part.left <= 0:
                self._rest.stretches.remove(part)
        self._planner.well()

    def _pass_to(self, moment: float) -> None:
        """Let the bucket leak for all, until those that have no more calls leave it to us."""
        gained = self._rate * (moment - self._now)
        self._free += gained
        self._of_another += gained
        self._now = moment
        while self._others and self._others[0] <= self._of_another:
            del self._others[0]

    def _spread(self, readers: int, *, smallest: float) -> None:
        """Split as ``Frontier.spread`` does."""
        idle = sum(1 for part in self._rest.stretches if not part.asked and part.left > 1)
        while (missing := readers - idle) > 0:
            biggest = max(self._rest.stretches, key=_surplus)
            parts = min(missing + 1, int(_surplus(biggest) / smallest))
            if parts < 2:
                return
            share = _surplus(biggest) / parts
            biggest.left -= share * (parts - 1)
            new = [Stretch(share, proven=False) for _ in range(parts - 1)]
            self._rest.stretches.extend(new)
            idle += parts - 1


def _surplus(part: Stretch) -> float:
    return part.left - SPARE * part.asked


def _take(stretches: Sequence[Stretch], pages: int, *, trusted: float) -> list[Stretch]:
    """Take as ``Frontier.take`` does."""
    taken: list[Stretch] = []
    idle = sorted((part for part in stretches if not part.asked), key=_left, reverse=True)
    for part in idle:
        size = max(1, math.ceil(part.left))
        if not taken or size <= pages:
            wanted = size if part.proven else math.ceil(min(size, trusted))
            part.asked = math.ceil(wanted / math.ceil(wanted / pages))
            part.left -= part.asked
            pages -= int(part.asked)
            taken.append(part)
        if pages <= 0:
            break
    return taken


def _left(part: Stretch) -> float:
    return part.left
