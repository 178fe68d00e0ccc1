"""How a walk is doing: counted while it goes on, readable at any time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge24.bitrix.plan import Reason


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

    def waited(self, reason: Reason, seconds: float) -> None:
        """Note time lost for a reason."""
        self._waited[reason] = self._waited.get(reason, 0.0) + seconds

    def read(self, now: float) -> Progress:
        """The state at this moment."""
        lasted = 0.0 if self.began_at is None else now - self.began_at
        finish_in = None if self.finish_at is None else max(0.0, self.finish_at - now)
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
