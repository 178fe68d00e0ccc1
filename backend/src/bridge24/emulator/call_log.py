"""What a portal was asked: every call with its cost, for tests and the control API."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

ENTRIES_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One call, or one command of a batch.

    Attributes:
        at: Unix seconds of the portal's clock when the call was finished.
        caller: `webhook` or the application's client id; never a secret.
        in_batch: Whether it was a command of a batch.
        error: The error code, ``None`` for a success.
        seconds: Operating seconds it cost.
        operating: Operating seconds of the method in the window after it.
    """

    at: float
    method: str
    user_id: int
    caller: str
    in_batch: bool
    status: int
    error: str | None
    rows: int
    seconds: float
    operating: float


class CallLog:
    """The calls of one portal, the latest hundred thousand of them."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self.calls = 0
        """Calls noted since the start, forgotten ones included."""
        self.requests = 0
        """HTTP requests received, a batch counting as one."""
        self.statuses: Counter[int] = Counter()
        """HTTP statuses answered."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def request(self, status: int) -> None:
        """Note an answered HTTP request."""
        self.requests += 1
        self.statuses[status] += 1

    def call(self, entry: Entry) -> None:
        """Note a call or a command of a batch."""
        self.calls += 1
        self._entries.append(entry)

    def operating(self) -> dict[str, float]:
        """Add up the operating seconds by method."""
        spent: defaultdict[str, float] = defaultdict(float)
        for entry in self._entries:
            spent[entry.method.lower()] += entry.seconds
        return dict(spent)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.statuses.clear()
        self.requests = 0
