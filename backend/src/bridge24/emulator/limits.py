"""The portal's limits, as arithmetic: leaky bucket, operating seconds, costs of calls."""

import random
from collections import deque
from dataclasses import dataclass, field

from bridge24.emulator.calls import Work

BATCH_LENGTH = 50
"""Commands a batch may hold."""

REQUEST_SECONDS = 60.0
"""How long one HTTP request may take, everything in a batch included."""

WINDOW_SECONDS = 600.0
BASKET_SECONDS = 60.0


@dataclass(frozen=True)
class LimitSettings:
    """Which limits a portal enforces; ``None`` switches one off.

    https://apidocs.bitrix24.com/limits.html
    """

    bucket: float | None
    leak_per_second: float
    operating_seconds: float | None
    request_seconds: float | None


NO_LIMITS = LimitSettings(
    bucket=None, leak_per_second=0.0, operating_seconds=None, request_seconds=None
)
DOCUMENTED = LimitSettings(
    bucket=50, leak_per_second=2, operating_seconds=480, request_seconds=REQUEST_SECONDS
)
ENTERPRISE = LimitSettings(
    bucket=250, leak_per_second=5, operating_seconds=480, request_seconds=REQUEST_SECONDS
)
SETTINGS = {"none": NO_LIMITS, "documented": DOCUMENTED, "enterprise": ENTERPRISE}


class LeakyBucket:
    """Counts requests: one more per request, so many fewer per second.

    Refused requests count too, which is the careful reading of the documentation:
    who keeps hammering is never let in.
    """

    def __init__(self, capacity: float, leak_per_second: float) -> None:
        self.capacity = capacity
        self.leak_per_second = leak_per_second
        self._level = 0.0
        self._seen_at = float("-inf")

    def admit(self, now: float) -> bool:
        """Count one request and tell whether it may pass.

        Args:
            now: Seconds on any clock that does not run backwards.
        """
        drained = (now - self._seen_at) * self.leak_per_second
        self._level = max(0.0, self._level - drained) + 1
        self._seen_at = now
        return self._level <= self.capacity


@dataclass
class _Basket:
    opened_at: float
    seconds: float


@dataclass(frozen=True)
class Operating:
    """What the ``time`` object tells of a method's operating seconds."""

    seconds: float
    reset_at: int


class OperatingMeter:
    """Adds up the seconds one method spent for one caller in the last ten minutes.

    Ten baskets of a minute: a basket opens with its first call and leaves the sum
    600 s after that call.
    """

    def __init__(self) -> None:
        self._baskets: deque[_Basket] = deque()

    def read(self, now: float) -> Operating:
        """Say what is in the window, and when the oldest basket leaves it (Unix)."""
        self._expire(now)
        oldest = self._baskets[0].opened_at if self._baskets else now
        total = sum(basket.seconds for basket in self._baskets)
        return Operating(total, int(oldest + WINDOW_SECONDS))

    def charge(self, seconds: float, now: float) -> Operating:
        """Add a finished call to the basket of this minute."""
        self._expire(now)
        if not self._baskets or now - self._baskets[-1].opened_at >= BASKET_SECONDS:
            self._baskets.append(_Basket(now, 0.0))
        self._baskets[-1].seconds += seconds
        return self.read(now)

    def _expire(self, now: float) -> None:
        while self._baskets and now - self._baskets[0].opened_at >= WINDOW_SECONDS:
            self._baskets.popleft()


@dataclass
class PortalLimits:
    """All limits of one portal.

    Times are Unix seconds of the portal's clock. A caller is one webhook or
    application; a source is the address the request came from.
    """

    settings: LimitSettings = DOCUMENTED
    _buckets: dict[str, LeakyBucket] = field(default_factory=dict)
    _meters: dict[tuple[str, str], OperatingMeter] = field(default_factory=dict)

    def admit(self, source: str, now: float) -> bool:
        """Count an HTTP request (a batch is one); false means 503 QUERY_LIMIT_EXCEEDED."""
        if self.settings.bucket is None:
            return True
        bucket = self._buckets.get(source)
        if bucket is None:
            bucket = LeakyBucket(self.settings.bucket, self.settings.leak_per_second)
            self._buckets[source] = bucket
        return bucket.admit(now)

    def blocked(self, caller: str, method: str, now: float) -> bool:
        """Tell before a call whether it is refused: 429 OPERATION_TIME_LIMIT.

        The call that crosses the limit still completes; the next one is refused.
        """
        limit = self.settings.operating_seconds
        if limit is None:
            return False
        return self._meter(caller, method).read(now).seconds > limit

    def charge(self, caller: str, method: str, *, seconds: float, now: float) -> Operating:
        """Book a finished call; the answer goes into its ``time`` object.

        A portal that does not limit the seconds does not count them either.
        """
        if self.settings.operating_seconds is None:
            return Operating(seconds=0.0, reset_at=int(now + WINDOW_SECONDS))
        return self._meter(caller, method).charge(seconds, now)

    def change(self, settings: LimitSettings) -> None:
        """Enforce other limits from now on; the buckets start empty."""
        self.settings = settings
        self._buckets.clear()

    def _meter(self, caller: str, method: str) -> OperatingMeter:
        return self._meters.setdefault((caller, method.lower()), OperatingMeter())


@dataclass(frozen=True)
class Costs:
    """How many operating seconds a call takes.

    Fitted to the official figures for a table of 2.39 million rows: a page of 50
    rows and about 100 columns 0.097 s without counting, 49.9 s with it
    (https://dev.1c-bitrix.ru/rest_help/rest_sum/start.php).
    """

    page: float = 0.030
    row: float = 0.0004
    cell: float = 0.0000094
    counted_row: float = (49.9 - 0.097) / 2_390_000
    skipped_row: float = 0.000002
    single: float = 0.012
    write: float = 0.040
    dictionary: float = 0.006
    jitter: float = 0.0
    """Largest deviation, as a fraction of the cost; zero keeps costs exact."""

    def of_page(
        self, rows: int, *, columns: int, offset: int = 0, counted: int | None = None
    ) -> float:
        """Price a list page.

        Args:
            rows: Rows on the page.
            columns: Fields selected; wide pages are dearer.
            offset: Rows skipped before the page.
            counted: Rows of the table when ``total`` was counted, ``None`` with
                ``start=-1``.
        """
        return (
            self.page
            + rows * (self.row + columns * self.cell)
            + offset * self.skipped_row
            + (counted or 0) * self.counted_row
        )

    def of_record(self, columns: int) -> float:
        """Price reading one record by its id."""
        return self.single + columns * self.cell

    def of(self, work: Work) -> float:
        """Price what answering a call took."""
        if work.kind == "page":
            return self.of_page(
                work.rows, columns=work.columns, offset=work.offset, counted=work.counted
            )
        if work.kind == "record":
            return self.of_record(work.columns)
        return self.write if work.kind == "write" else self.dictionary

    def jittered(self, seconds: float, *, seed: int, number: int) -> float:
        """Deviate a little, always the same for the same call of the same portal."""
        if not self.jitter:
            return seconds
        draw = random.Random(f"{seed}:{number}").uniform(-1, 1)
        return seconds * (1 + self.jitter * draw)
