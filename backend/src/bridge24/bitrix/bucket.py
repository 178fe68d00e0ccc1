"""Pure: the portal's leaky bucket of requests, as seen from our side.

Rules: https://apidocs.bitrix24.com/limits.html (threshold 50, two leave a second).
"""

from dataclasses import dataclass

# The portal counts by its own clock. Leaking a thousandth slower keeps us below
# its level for ever, however long a full bucket is held; it costs 0.1 % of rate.
_CLOCK_DRIFT = 0.999


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the bucket: how long to wait for it, and whether it still counts."""

    wait_seconds: float
    epoch: int


class LeakyBucket:
    """Hands out moments for requests so that the portal's bucket never overflows.

    Requests are served in the order of their tickets. All times are monotonic
    seconds given by the caller.
    """

    def __init__(self, *, capacity: float, leaks_per_second: float, reserve: float) -> None:
        self._full = capacity
        self._whole = (capacity - reserve, leaks_per_second * _CLOCK_DRIFT)
        self._usable, self._leak = self._whole
        self.parts = 1
        self._level = 0.0
        self._seen_at = float("-inf")
        self.epoch = 0

    def divide(self, parts: int, now: float) -> None:
        """Use one of so many equal parts: other processes call the same portal too.

        Nothing is known of what the others have filled, so after a change our part counts
        as full until it has leaked away; calls at the steady rate go on.
        """
        if parts == self.parts:
            return
        self._drain(now)
        self.parts = parts
        self._usable, self._leak = (amount / parts for amount in self._whole)
        self._level = max(self._level, self._usable)

    def suppose(self, level: float, now: float) -> None:
        """Believe that others have filled the bucket so far, if that is more than we know."""
        self._drain(now)
        self._level = max(self._level, min(level, self._usable))

    def level(self, now: float) -> float:
        """How full the bucket is, as far as we know."""
        return self._level_at(now)

    def room(self, now: float) -> float:
        """How many requests may go at once; negative when some are already waiting."""
        return self._usable - self._level_at(now)

    def reserve(self, now: float) -> Ticket:
        """Take a place for one request and say how long to wait before sending it."""
        self._drain(now)
        self._level += 1
        overflow = max(0.0, self._level - self._usable)
        return Ticket(wait_seconds=overflow / self._leak, epoch=self.epoch)

    def give_back(self, ticket: Ticket, now: float) -> None:
        """Return a place that will not be used."""
        if ticket.epoch == self.epoch:
            self._drain(now)
            self._level = max(0.0, self._level - 1)

    def overflowed(self, now: float) -> None:
        """Believe the portal that its bucket is full: somebody else fills it too.

        Tickets given before are void; their holders must reserve again.
        """
        self._drain(now)
        self._level = self._full
        self.epoch += 1

    def _drain(self, now: float) -> None:
        self._level = self._level_at(now)
        self._seen_at = max(now, self._seen_at)

    def _level_at(self, now: float) -> float:
        passed = max(0.0, now - self._seen_at)
        return max(0.0, self._level - passed * self._leak)
