"""Pure: stay away from a portal that keeps failing."""

from enum import Enum


class State(Enum):
    """Closed lets calls through, open none, half-open exactly one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Opens after failures in a row, then tries one call from time to time.

    Args:
        failures_to_open: Failures in a row, of whichever calls.
        rest_seconds: First pause; it doubles with every failed trial.
        longest_rest_seconds: The pause never exceeds this.
    """

    def __init__(
        self,
        *,
        failures_to_open: int = 8,
        rest_seconds: float = 15.0,
        longest_rest_seconds: float = 300.0,
    ) -> None:
        self._failures_to_open = failures_to_open
        self._first_rest = rest_seconds
        self._longest_rest = longest_rest_seconds
        self._rest = rest_seconds
        self._failures = 0
        self._opened_at = 0.0
        self.state = State.CLOSED

    def admit(self, now: float) -> float:
        """Ask for permission to call.

        Returns:
            0 when the call may go; it must then be followed by ``succeeded``,
            ``failed`` or ``abandoned``. Otherwise the seconds to stay away.
        """
        if self.state is State.CLOSED:
            return 0.0
        left = self._opened_at + self._rest - now
        if self.state is State.OPEN and left <= 0:
            self.state = State.HALF_OPEN
            return 0.0
        return max(1.0, left)

    def succeeded(self) -> None:
        """The portal answered sensibly, be it with a refusal."""
        self._failures = 0
        self._rest = self._first_rest
        self.state = State.CLOSED

    def failed(self, now: float) -> None:
        """The portal did not answer, or failed inside."""
        self._failures += 1
        if self.state is State.HALF_OPEN:
            self._rest = min(self._longest_rest, self._rest * 2)
        elif self._failures < self._failures_to_open:
            return
        if self.state is not State.OPEN:
            self.state = State.OPEN
            self._opened_at = now

    def abandoned(self) -> None:
        """The call was given up before its answer: the trial is open to the next."""
        if self.state is State.HALF_OPEN:
            self.state = State.OPEN
