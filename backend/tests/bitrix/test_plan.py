"""How much is asked next, and when."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix.errors import OperationTimeLimit, PortalFailed, QueryLimitExceeded, TimedOut
from bridge24.bitrix.plan import Ask, Budget, Planner, Reason, Wait
from bridge24.bitrix.wire import Time

sys.path.insert(0, str(Path(__file__).parent))
from planned import FRESH, planner


def asked(told: Ask | Wait | None) -> int:
    assert isinstance(told, Ask)
    return told.pages


budgets = st.builds(
    replace,
    st.just(FRESH),
    operating_left=st.floats(-5, 480),
    calls_free=st.floats(-5, 45),
    page_cost=st.sampled_from([0.0, 0.05, 0.25, 3.0, 600.0]),
    room_left=st.floats(0, 450),
)


@given(budgets, st.sampled_from([0.01, 0.1, 0.5, 5.0, 100.0]), st.integers(0, 10_000))
def test_no_call_breaks_a_limit(budget: Budget, page_seconds: float, left: int) -> None:
    told = planner(page_seconds).decide(0.0, budget=budget, pages_left=left)

    if not isinstance(told, Ask):
        return
    assert 1 <= told.pages <= 50
    assert budget.calls_free >= 1
    assert told.pages == 1 or told.pages * page_seconds <= 25
    dear = budget.page_cost > budget.operating_limit / 2
    metered = budget.page_cost > 0
    assert told.pages * budget.page_cost <= budget.operating_left or dear or not metered


@given(budgets, st.integers(0, 10_000))
def test_a_wait_is_never_so_short_that_nothing_can_have_changed(budget: Budget, left: int) -> None:
    told = planner().decide(0.0, budget=budget, pages_left=left)

    assert not isinstance(told, Wait) or told.seconds >= 0.01


def test_a_full_bucket_is_waited_for() -> None:
    told = planner().decide(0.0, budget=replace(FRESH, calls_free=0), pages_left=1_000)

    assert told == Wait(0.5, Reason.BUCKET)


def test_spent_seconds_are_waited_for_until_the_portal_gives_some_back() -> None:
    spent = replace(FRESH, operating_left=1.0, operating_reset_in=123.0)

    assert planner().decide(0.0, budget=spent, pages_left=1_000) == Wait(123.0, Reason.OPERATING)


def test_after_the_relief_one_page_asks_how_much_came_back() -> None:
    learned = planner()
    spent = replace(FRESH, operating_left=2.0)
    learned.decide(0.0, budget=spent, pages_left=1_000)
    due = replace(spent, operating_reset_in=0.0)

    assert learned.decide(600.0, budget=due, pages_left=1_000) == Ask(1)
    assert learned.decide(600.0, budget=due.after(1), pages_left=999) is None
    learned.answered([Time(duration=0.25)], elapsed_seconds=0)
    assert asked(learned.decide(601.0, budget=FRESH, pages_left=999)) > 1


def test_no_call_is_sent_for_whose_answer_there_is_no_memory() -> None:
    full = replace(FRESH, room_left=3)

    assert planner().decide(0.0, budget=full, pages_left=1_000) is None


@pytest.mark.parametrize("trouble", [TimedOut("slow"), PortalFailed("down")])
def test_calls_are_halved_at_once_and_grow_again(trouble: TimedOut | PortalFailed) -> None:
    learned = planner(0.01)
    size = asked(learned.decide(0.0, budget=FRESH, pages_left=10_000))

    learned.failed(0.0, trouble)
    learned.failed(0.0, trouble)
    smaller = asked(learned.decide(100.0, budget=FRESH, pages_left=10_000))
    for _ in range(10):
        learned.answered([Time(duration=0.01)] * smaller, elapsed_seconds=0)

    assert smaller <= math.ceil(size / 4)
    assert asked(learned.decide(100.0, budget=FRESH, pages_left=10_000)) == size


@pytest.mark.parametrize("limit", [QueryLimitExceeded("full"), OperationTimeLimit("spent")])
def test_a_limit_says_nothing_about_the_size_of_a_call(
    limit: QueryLimitExceeded | OperationTimeLimit,
) -> None:
    learned = planner(0.01)
    size = asked(learned.decide(0.0, budget=FRESH, pages_left=100_000))

    learned.failed(0.0, limit)

    assert asked(learned.decide(100.0, budget=FRESH, pages_left=100_000)) == size


def test_pauses_double_with_each_failure_in_a_row() -> None:
    learned = planner()
    pauses = []
    for _ in range(8):
        learned.failed(0.0, PortalFailed("down"))
        told = learned.decide(0.0, budget=FRESH, pages_left=10)
        assert isinstance(told, Wait)
        pauses.append(told.seconds)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_portal_that_slows_down_gets_fewer_calls_at_a_time() -> None:
    learned = planner(0.1)
    many = learned.lanes(FRESH, pages_left=10)

    for _ in range(20):
        learned.answered([Time(duration=0.5)] * 10, elapsed_seconds=0)

    assert learned.lanes(FRESH, pages_left=10) < many / 4


def test_cheap_short_ends_of_ranges_are_no_measure() -> None:
    learned = planner(0.5)

    learned.answered([Time(duration=0.001)], elapsed_seconds=0)

    assert learned.page_seconds.mean == pytest.approx(0.5)


def test_where_the_portal_tells_no_time_our_own_counts() -> None:
    learned = Planner()

    learned.answered([Time()] * 10, elapsed_seconds=5.0)

    assert learned.page_seconds.mean == 0.5


@given(budgets, st.integers(1, 50), st.integers(0, 10_000))
def test_no_call_asks_for_more_pages_than_it_was_told(budget: Budget, most: int, left: int) -> None:
    learned = Planner(batch_pages=most)
    learned.answered([Time(duration=0.1)] * 10, elapsed_seconds=0)
    told = learned.decide(0.0, budget=budget, pages_left=left)

    assert not isinstance(told, Ask) or told.pages <= most


def test_walks_that_share_the_bucket_take_turns() -> None:
    learned, tight = planner(), replace(FRESH, calls_free=1.5, walks=4)
    assert isinstance(learned.decide(0.0, budget=tight, pages_left=100), Ask)

    told = learned.decide(0.5, budget=tight, pages_left=100)

    # Two calls a second for four walks: one every two seconds for each.
    assert told == Wait(1.5, Reason.BUCKET)
    assert isinstance(learned.decide(2.0, budget=tight, pages_left=100), Ask)
    assert isinstance(learned.decide(2.0, budget=replace(tight, walks=1), pages_left=100), Ask)
