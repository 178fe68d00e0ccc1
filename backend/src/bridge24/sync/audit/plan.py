"""What each way of comparing costs the portal, and which is the cheapest; pure.

A list that is not counted costs about the same however large its table is; a counted one may
cost hundreds of times as much (https://dev.1c-bitrix.ru/rest_help/rest_sum/start.php: 49.9 s
against 0.097 s for 2.39 million rows), or next to nothing. So both are measured.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAGE_ROWS = 50
CALL_PAGES = 50
CALL_ROWS = PAGE_ROWS * CALL_PAGES
WINDOW_SECONDS = 600.0
TARGET_SECONDS = 25.0
"""Server time planned for one call; the portal cuts a call off after 60 s."""
SIDE_BY_SIDE = 12
"""Calls of a sweep that are under way together."""

FINEST_ROWS = 400
"""Rows of the smallest range worth a count of its own: eight pages."""
MOST_PARTS = 1_225
"""Ranges by id, and as many by time of modification: 49 calls of 50 counts."""
COARSE_PARTS = 25
WIDE = 2.0
"""A page of whole rows takes so many times as long as one of ids, by official figures."""
SHARE = 0.5
"""Counting may cost so much of what a sweep costs: differences have to be read in any case."""
FEW_CALLS = 4
"""A sweep of so few calls is not worth avoiding: it is exact."""


EXACT_EVERY = timedelta(days=7)
"""Counts cannot see differences that make up for each other: so long at most."""


class Method(StrEnum):
    """How a table is compared with the portal."""

    COUNTS = "counts"
    """Only the number of all rows."""
    FINGERPRINT = "fingerprint"
    """Numbers of rows in ranges of ids and of times, with the latest changes of each. A row
    that is gone and one that is missing are not seen when they make up for each other: when
    both lie in one range of ids and one of times, and neither was changed lately."""
    IDS = "ids"
    """Every id with its time of modification."""
    ROWS = "rows"
    """Every row, field by field."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What one page takes on the portal, in operating seconds."""

    page: float = 0.05
    """Ids and times of fifty rows, not counted."""
    counted: float = 0.05
    """The same with the number of rows in a small range."""
    counted_row: float = (49.9 - 0.097) / 2_390_000
    """What a count takes longer for each row in its range."""
    measured_at: str | None = None
    """None: official figures instead of measured ones."""

    def of_counts(self, parts: int, *, rows: int) -> float:
        """Operating seconds for counting ``rows`` rows in ``parts`` ranges."""
        return parts * self.counted + rows * self.counted_row


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the portal's limits leave for the list method."""

    calls_free: float = 50.0
    """HTTP calls that may be made at once."""
    calls_per_second: float = 2.0
    operating_left: float = 480.0
    """Seconds left in the present ten minutes."""
    operating_limit: float = 480.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a comparison is expected to take."""

    method: Method
    http_calls: int
    operating_seconds: float
    wall_seconds: float
    parts: int = 0
    """Ranges of ids that are counted, and as many of times."""


def estimates(
    rows: int, costs: Costs, allowance: Allowance, *, differing: int = 0
) -> dict[Method, Estimate]:
    """Say what each method would take for a table of so many rows.

    Args:
        rows: As stored; the portal's number is not known before.
        costs: Of a page.
        allowance: What the limits leave.
        differing: Rows that differed the last time: the ranges they lie in are read whole.
    """
    pages = math.ceil(rows / PAGE_ROWS) + 1
    swept = pages * costs.page
    parts = _parts(rows, costs)
    counted = costs.of_counts(2 * parts, rows=2 * rows)
    read = min(pages, differing * (math.ceil(rows / max(1, parts) / PAGE_ROWS) + 1))
    fingerprint = 1 + _counting_calls(2 * parts, counted) + math.ceil(read / CALL_PAGES)
    whole = costs.of_counts(1, rows=rows)
    told = (
        _estimate(Method.COUNTS, allowance, calls=1, seconds=whole, lanes=1),
        _estimate(
            Method.FINGERPRINT,
            allowance,
            calls=fingerprint,
            seconds=counted + read * costs.page,
            lanes=1,
            parts=parts,
        ),
        _estimate(
            Method.IDS,
            allowance,
            calls=math.ceil(pages / CALL_PAGES),
            seconds=swept,
            lanes=SIDE_BY_SIDE,
        ),
        _estimate(
            Method.ROWS,
            allowance,
            calls=math.ceil(pages / CALL_PAGES),
            seconds=pages * costs.page * WIDE,
            lanes=SIDE_BY_SIDE,
        ),
    )
    return {estimate.method: estimate for estimate in told}


def cheapest(told: dict[Method, Estimate]) -> Estimate:
    """Choose between reading every id and counting ranges.

    A short sweep is always taken, because it is exact. Otherwise counting has to be
    cheaper in the portal's seconds and in calls.
    """
    ids, fingerprint = told[Method.IDS], told[Method.FINGERPRINT]
    if ids.http_calls <= FEW_CALLS or fingerprint.parts < COARSE_PARTS:
        return ids
    dear = fingerprint.operating_seconds > ids.operating_seconds
    return ids if dear or fingerprint.http_calls >= ids.http_calls else fingerprint


def due(told: dict[Method, Estimate], *, exact_at: datetime | None, now: datetime) -> Estimate:
    """Choose for an audit: the cheapest, but every id once a week.

    Args:
        told: What each method takes.
        exact_at: When every row or id was compared last; None: never.
        now: By the same clock, the portal's.
    """
    is_exact_due = exact_at is None or now - exact_at >= EXACT_EVERY
    return told[Method.IDS] if is_exact_due else cheapest(told)


def call_counts(costs: Costs, *, rows: int) -> int:
    """How many counts of ``rows`` rows each fit into one call."""
    each = costs.counted + rows * costs.counted_row
    return max(1, min(CALL_PAGES, int(TARGET_SECONDS / each) if each else CALL_PAGES))


def _parts(rows: int, costs: Costs) -> int:
    """As many ranges as are useful and affordable; 0 when counting is too dear."""
    swept = rows / PAGE_ROWS * costs.page
    spare = SHARE * swept - costs.of_counts(0, rows=2 * rows)
    affordable = int(spare / (2 * costs.counted)) if costs.counted else MOST_PARTS
    return max(0, min(MOST_PARTS, math.ceil(rows / FINEST_ROWS), affordable))


def _counting_calls(counts: int, seconds: float) -> int:
    if not counts:
        return 0
    return math.ceil(counts / max(1, min(CALL_PAGES, int(TARGET_SECONDS * counts / seconds))))


def _estimate(
    method: Method, allowance: Allowance, *, calls: int, seconds: float, lanes: int, parts: int = 0
) -> Estimate:
    by_bucket = (calls - allowance.calls_free) / allowance.calls_per_second
    beyond = max(0.0, seconds - allowance.operating_left)
    windows = math.ceil(beyond / allowance.operating_limit) if allowance.operating_limit else 0
    wall = max(by_bucket, seconds / lanes, windows * WINDOW_SECONDS)
    return Estimate(method, calls, round(seconds, 3), round(wall, 1), parts)
