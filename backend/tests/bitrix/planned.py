"""A planner that has learned, and limits nobody has used."""

from bridge24.bitrix.plan import Budget, Planner
from bridge24.bitrix.wire import Time

FRESH = Budget(
    operating_left=480,
    operating_limit=480,
    operating_reset_in=600,
    calls_free=45,
    calls_per_second=2,
    page_cost=0.25,
    room=450,
    room_left=450,
)


def planner(page_seconds: float = 0.25) -> Planner:
    """A planner that knows what a page takes."""
    learned = Planner()
    for _ in range(10):
        learned.answered([Time(duration=page_seconds)] * 10, elapsed_seconds=0)
    return learned
