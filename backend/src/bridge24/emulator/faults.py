"""What goes wrong on purpose: faults by name, for one call, a method or at a rate."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    """Every fault by the name tests and the control API use."""

    UNAVAILABLE = "503"
    BLOCKED = "429"
    BROKEN = "500"
    EXPIRED = "expired"
    HTML = "html"
    TRUNCATED = "truncated"
    HANG = "hang"
    RESET = "reset"
    SLOW = "slow"
    RENAME = "rename"
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    DOUBLED = "doubled"
    REORDERED = "reordered"


EVENT_KINDS = frozenset({Kind.LOST, Kind.DOUBLED, Kind.REORDERED})
CALL_KINDS = frozenset(Kind) - EVENT_KINDS

_ERRORS: dict[Kind, tuple[int, str, str]] = {
    Kind.UNAVAILABLE: (503, "QUERY_LIMIT_EXCEEDED", "Too many requests"),
    Kind.BLOCKED: (
        429,
        "OPERATION_TIME_LIMIT",
        "Method is blocked due to operation time limit.",
    ),
    Kind.BROKEN: (500, "INTERNAL_SERVER_ERROR", "Internal server error"),
    Kind.EXPIRED: (401, "expired_token", "The access token provided has expired."),
}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: What happens.
        only: Method or event names it concerns, in any case; empty for all.
        rate: Probability for each call, 0 to 1.
        times: After how many hits it is over; ``None`` for never.
        after: How many matching calls pass unharmed first.
        seconds: How long `slow` delays the answer.
        host: Where `rename` sends the client: ``host`` or ``host:port``.
        share: What part of all rows `withdrawn` takes out of sight, for good.
    """

    kind: Kind
    only: frozenset[str] = frozenset()
    rate: float = 1.0
    times: int | None = None
    after: int = 0
    seconds: float = 5.0
    host: str = ""
    share: float = 1.0

    def __post_init__(self) -> None:
        for name, part in (("rate", self.rate), ("share", self.share)):
            if not 0 <= part <= 1:
                raise ValueError(f"a {name} is between 0 and 1, not {part}")
        if self.kind is Kind.RENAME and not self.host:
            raise ValueError("a rename needs the new host")

    @property
    def error(self) -> tuple[int, str, str] | None:
        """The HTTP status, code and description of faults that are error answers."""
        return _ERRORS.get(self.kind)


@dataclass
class _Armed:
    number: int
    fault: Fault
    dice: random.Random
    seen: int = 0
    hits: int = 0

    def strikes(self, name: str) -> bool:
        fault = self.fault
        if fault.only and name.lower() not in fault.only:
            return False
        if fault.times is not None and self.hits >= fault.times:
            return False
        self.seen += 1
        if self.seen <= fault.after or self.dice.random() >= fault.rate:
            return False
        self.hits += 1
        return True


@dataclass(frozen=True)
class ActiveFault:
    """A fault as the control API lists it."""

    number: int
    fault: Fault
    hits: int


@dataclass
class Faults:
    """The faults of one portal; the same seed and calls give the same accidents.

    Attributes:
        withdraw: Takes rights away on the portal when `withdrawn` strikes; that call
            and all later ones are answered, but without the rows.
    """

    seed: int = 0
    withdraw: Callable[[Fault], None] | None = None
    _armed: list[_Armed] = field(default_factory=list)
    _added: int = 0

    def add(self, fault: Fault) -> int:
        """Arm a fault and say its number."""
        self._added += 1
        lowered = frozenset(name.lower() for name in fault.only)
        armed = _Armed(
            self._added,
            replace(fault, only=lowered),
            random.Random(f"{self.seed}:{self._added}"),
        )
        self._armed.append(armed)
        return armed.number

    def remove(self, number: int) -> bool:
        """Disarm a fault; false when there is none of that number."""
        before = len(self._armed)
        self._armed = [armed for armed in self._armed if armed.number != number]
        return len(self._armed) < before

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    def listing(self) -> list[ActiveFault]:
        """List what is armed and how often it struck."""
        return [ActiveFault(armed.number, armed.fault, armed.hits) for armed in self._armed]

    def for_call(self, method: str) -> Fault | None:
        """Say what happens to a call: ask once per HTTP request with its method.

        For a batch ask with ``batch``, and once more for each command with
        `for_command`.
        """
        fault = self._first(method, CALL_KINDS)
        if fault is None or fault.kind is not Kind.WITHDRAWN:
            return fault
        if self.withdraw is not None:
            self.withdraw(fault)
        return None

    def for_command(self, method: str) -> Fault | None:
        """Say what happens to a command inside a batch: only error answers can."""
        if not self._armed:
            return None
        return self._first(method, _ERRORS.keys(), named=True)

    def for_event(self, event: str) -> Fault | None:
        """Say what happens to an event: lost, doubled or overtaken by the next."""
        return self._first(event, EVENT_KINDS)

    def _first(self, name: str, kinds: Iterable[Kind], *, named: bool = False) -> Fault | None:
        for armed in self._armed:
            if armed.fault.kind not in kinds or (named and not armed.fault.only):
                continue
            if armed.strikes(name):
                return armed.fault
        return None
