"""How a walk is doing: counted while it goes on, readable at any time. Pure."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge24.bitrix.plan import Reason

FEWEST_LANDED = 4
"""Answers that tell a pace."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a walk is doing at one moment."""

    rows: int
    """Handed out by this walk; one that was resumed does not count the rows before."""
    expected_rows: int
    """At the end of this walk, estimated from the density of ids."""
    rows_per_second: float
    calls: int
    """Batches or pages asked for; what the client repeated by itself is not counted."""
    operating_seconds: float
    """Spent of the method's account by this walk; 0 where it is not metered."""
    waited_seconds: Mapping[Reason, float]
    """Time in which one more call could have been sent but for this reason."""
    waiting_for: Reason | None
    finish_in_seconds: float | None
    """None before the first answer."""


@dataclass(slots=True)
class Meter:
    """Counts; times are monotonic seconds given by the caller."""

    rows: int = 0
    calls: int = 0
    rows_to_come: float = 0.0
    operating_seconds: float = 0.0
    waiting_for: Reason | None = None
    finish_at: float | None = None
    began_at: float | None = None
    _waited: dict[Reason, float] = field(default_factory=dict)
    _landed: list[tuple[float, int]] = field(default_factory=list)

    def waited(self, reason: Reason, seconds: float) -> None:
        """Note time lost for a reason."""
        self._waited[reason] = self._waited.get(reason, 0.0) + seconds

    def landed(self, now: float) -> None:
        """Note that rows have arrived, in time that was not spent waiting for the account."""
        self._landed.append((self._busy(now), self.rows))

    @property
    def seconds_per_row(self) -> float:
        """The pace of the latter half, whoever else uses the portal; 0 while unknown.

        What the operating limit makes a walk wait is left out: it is foreseen by itself.
        """
        seconds, rows, _ = self._lately()
        return seconds / rows if rows else 0.0

    @property
    def rows_per_call(self) -> float:
        """What an answer has brought, in the same time; 0 while unknown."""
        _, rows, calls = self._lately()
        return rows / calls if calls else 0.0

    def _lately(self) -> tuple[float, int, int]:
        """Seconds, rows and answers since half of the time had passed."""
        if len(self._landed) < FEWEST_LANDED:
            return 0.0, 0, 0
        last, rows = self._landed[-1]
        middle = bisect_left(self._landed, (last / 2, 0))
        first = max(0, min(middle, len(self._landed) - FEWEST_LANDED))
        began, earlier = self._landed[first]
        return last - began, rows - earlier, len(self._landed) - 1 - first

    def _busy(self, now: float) -> float:
        return now - (self.began_at or 0.0) - self._waited.get(Reason.OPERATING, 0.0)

    def read(self, now: float) -> Progress:
        """The state at this moment."""
        lasted = 0.0 if self.began_at is None else now - self.began_at
        finish_in = None
        if self.finish_at is not None:
            # An answer may be late; what is still to come takes its time all the same.
            finish_in = max(self.finish_at - now, self.rows_to_come * self.seconds_per_row, 0.0)
        return Progress(
            rows=self.rows,
            expected_rows=self.rows + round(self.rows_to_come),
            rows_per_second=self.rows / lasted if lasted > 0 else 0.0,
            calls=self.calls,
            operating_seconds=self.operating_seconds,
            waited_seconds=dict(self._waited),
            waiting_for=self.waiting_for,
            finish_in_seconds=finish_in,
        )
