"""How a walk is doing: counted while it goes on, readable at any time. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bridge24.bitrix.plan import Reason

FADING = 0.95
"""What a page still counts for when the next one has been taken."""
FORETOLD_SECONDS = 1.0
"""So long what was foretold holds, if no rows come meanwhile."""
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
class Consumer:
    """Learns how long rows take where they go, waiting for others there included."""

    _seconds: float = 0.0
    _rows: float = 0.0

    @property
    def seconds_per_row(self) -> float:
        """By the last pages rather than the first; 0 while unknown."""
        return self._seconds / self._rows if self._rows else 0.0

    def took(self, seconds: float, *, rows: int) -> None:
        """Note for how long a page was not given back."""
        self._seconds = self._seconds * FADING + seconds
        self._rows = self._rows * FADING + rows


@dataclass(slots=True)
class Meter:
    """Counts; times are monotonic seconds given by the caller."""

    rows: int = 0
    calls: int = 0
    rows_to_come: float = 0.0
    operating_seconds: float = 0.0
    waiting_for: Reason | None = None
    foretell: Callable[[], float] | None = None
    """Computes the seconds to go, when somebody looks; None before the first answer."""
    began_at: float | None = None
    _foretold: tuple[int, float, float] = (-1, 0.0, 0.0)
    """At how many rows, at which moment, and what."""
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
        return Progress(
            rows=self.rows,
            expected_rows=self.rows + round(self.rows_to_come),
            rows_per_second=self.rows / lasted if lasted > 0 else 0.0,
            calls=self.calls,
            operating_seconds=self.operating_seconds,
            waited_seconds=dict(self._waited),
            waiting_for=self.waiting_for,
            finish_in_seconds=self._finish_in(now),
        )

    def _finish_in(self, now: float) -> float | None:
        """Foretell, or remember: it takes milliseconds, and several look at once."""
        if self.foretell is None:
            return None
        rows, at, _ = self._foretold
        if rows != self.rows or now - at > FORETOLD_SECONDS:
            self._foretold = (self.rows, now, self.foretell())
        _, at, seconds = self._foretold
        return max(0.0, seconds - (now - at))
