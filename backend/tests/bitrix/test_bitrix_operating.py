"""The operating seconds against a portal that keeps ten one-minute baskets."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.bitrix.operating import OperatingBudget
from bridge24.bitrix.wire import Time

LIMIT = 480.0
EPOCH = 1_700_000_000.0


@dataclass
class _Portal:
    """Baskets by minute; a call is refused when the sum is already over the limit."""

    baskets: dict[int, tuple[float, float]] = field(default_factory=dict)
    refused: int = 0

    def spend(self, seconds: float, *, now: float) -> Time | None:
        alive = {m: b for m, b in self.baskets.items() if b[0] + 600 > now}
        self.baskets = alive
        if sum(spent for _, spent in alive.values()) > LIMIT:
            self.refused += 1
            return None
        opened, spent = alive.get(int(now / 60), (now, 0.0))
        alive[int(now / 60)] = (opened, spent + seconds)
        total = sum(spent for _, spent in alive.values())
        oldest = min(opened for opened, _ in alive.values())
        reset = math.floor(EPOCH + oldest + 600)
        return Time(finish=EPOCH + now, duration=seconds, operating=total, operating_reset_at=reset)


def _drive(
    portal: _Portal, budget: OperatingBudget, *, costs: list[float], now: float, until: float
) -> float:
    """Call as fast as the budget allows; the seconds spent."""
    spent = 0.0
    number = 0
    while now < until:
        wait = budget.wait({"m": 1}, now)
        if wait:
            now += wait
            continue
        cost = costs[number % len(costs)]
        number += 1
        claims = budget.depart({"m": 1})
        time = portal.spend(cost, now=now)
        now += cost
        budget.arrive(claims)
        if time is None:
            budget.block("m", now)
            continue
        spent += cost
        budget.observe("m", time, now)
    return spent


@settings(deadline=None, max_examples=30)
@given(costs=st.lists(st.floats(0.3, 20), min_size=1, max_size=8), start=st.floats(0, 59))
def test_steady_caller_is_never_refused(costs: list[float], start: float) -> None:
    portal, budget = _Portal(), OperatingBudget(LIMIT)

    _drive(portal, budget, costs=costs, now=start, until=3000)

    assert portal.refused == 0


@pytest.mark.parametrize("cost", [0.5, 1.0, 7.0])
def test_steady_caller_spends_nearly_all_there_is(cost: float) -> None:
    portal, budget = _Portal(), OperatingBudget(LIMIT)

    spent = _drive(portal, budget, costs=[cost], now=0.0, until=3000)

    assert spent >= 0.95 * LIMIT * 5


@settings(deadline=None, max_examples=30)
@given(
    before=st.lists(st.tuples(st.floats(0, 599), st.floats(1, 100)), max_size=20),
    costs=st.lists(st.floats(0.3, 5), min_size=1, max_size=5),
)
def test_newcomer_to_a_used_portal_is_refused_rarely(
    before: list[tuple[float, float]], costs: list[float]
) -> None:
    portal, budget = _Portal(), OperatingBudget(LIMIT)
    for at, seconds in sorted(before):
        portal.spend(seconds, now=at)
    portal.refused = 0

    _drive(portal, budget, costs=costs, now=600.0, until=3000)

    # A refusal tells no reset: one call a minute asks until the portal relents.
    assert portal.refused <= 10


@settings(deadline=None)
@given(
    figures=st.lists(
        st.tuples(st.floats(0, 120), st.floats(0, 600), st.floats(0, 600)), max_size=60
    )
)
def test_portals_figure_is_the_truth_right_after_it(
    figures: list[tuple[float, float, float]],
) -> None:
    budget, now = OperatingBudget(LIMIT), 0.0
    for gap, figure, reset_in in figures:
        now += gap + 0.001
        time = Time(
            finish=EPOCH + now,
            duration=1.0,
            operating=figure,
            operating_reset_at=EPOCH + now + reset_in,
        )
        budget.observe("m", time, now)
        assert budget.used("m", now) == pytest.approx(figure, abs=1e-6)
        assert budget.remaining("m", now) == pytest.approx(max(0.0, LIMIT - figure), abs=1e-6)
        assert budget.reset_in("m", now) <= 601.001


def test_nonsense_about_the_reset_parks_nobody_longer_than_the_window() -> None:
    budget = OperatingBudget(LIMIT)

    budget.observe("m", Time(finish=0, operating=500.0, operating_reset_at=1.8e9), 1.0)

    assert budget.reset_in("m", 1.0) <= 610
    assert budget.wait({"m": 1}, 1.0) <= 610


def test_figure_that_was_overtaken_is_ignored() -> None:
    budget = OperatingBudget(LIMIT)
    budget.observe("m", Time(finish=200, operating=50.0), 10.0)

    budget.observe("m", Time(finish=100, operating=5.0), 11.0)

    assert budget.used("m", 11.0) == 50.0


def test_answers_that_overtake_each_other_leave_the_mean_cost_right() -> None:
    budget = OperatingBudget(LIMIT)
    budget.observe("m", Time(finish=1, duration=3, operating=3.0), 1.0)

    budget.observe("m", Time(finish=3, duration=3, operating=9.0), 2.0)
    budget.observe("m", Time(finish=2, duration=3, operating=6.0), 3.0)

    assert budget.mean_cost("m") == pytest.approx(3.0)


def test_relief_does_not_make_calls_seem_cheap() -> None:
    budget = OperatingBudget(LIMIT)
    spent = Time(finish=1, duration=8, operating=8.0, operating_reset_at=61)
    budget.observe("m", spent, 1.0)

    budget.observe("m", Time(finish=71, duration=8, operating=8.0, operating_reset_at=671), 71.0)

    assert budget.mean_cost("m") == 8.0


def test_answer_without_figures_changes_nothing() -> None:
    budget = OperatingBudget(LIMIT)

    budget.observe("m", Time(finish=100), 1.0)

    assert budget.remaining("m", 1.0) == LIMIT
    assert budget.reset_in("m", 1.0) == 0


def test_calls_under_way_are_taken_off() -> None:
    budget = OperatingBudget(LIMIT)
    budget.observe("m", Time(finish=1, duration=30, operating=30.0), 1.0)

    claims = budget.depart({"m": 10})

    assert budget.remaining("m", 1.0) == 150.0
    assert budget.wait({"m": 10}, 1.0) > 0
    budget.arrive(claims)
    assert budget.remaining("m", 1.0) == 450.0


def test_methods_differing_in_case_share_an_account() -> None:
    budget = OperatingBudget(LIMIT)

    budget.observe("crm.Deal.List", Time(finish=1, operating=100.0), 1.0)

    assert budget.used("CRM.deal.list", 1.0) == 100.0
    assert budget.used("crm.lead.list", 1.0) == 0


def test_refused_method_is_tried_by_one_call_alone() -> None:
    budget = OperatingBudget(LIMIT)
    budget.block("m", 0.0)

    assert budget.remaining("m", 1.0) == 0
    assert budget.wait({"m": 1}, 1.0) == 59.0
    assert budget.wait({"m": 1}, 60.0) == 0
    budget.depart({"m": 1})
    assert budget.wait({"m": 1}, 60.0) > 0


def test_portal_that_meters_nothing_is_trusted_again_after_one_answer() -> None:
    budget = OperatingBudget(LIMIT)
    budget.block("m", 0.0)
    budget.observe("m", Time(finish=1), 60.0)
    budget.depart({"m": 1})

    assert budget.wait({"m": 1}, 60.0) == 0


def test_call_dearer_than_the_whole_window_may_go_one_day() -> None:
    budget = OperatingBudget(LIMIT)
    budget.observe("m", Time(finish=1, duration=400, operating=400.0), 1.0)

    assert budget.wait({"m": 50}, 1.0) > 0
    assert budget.wait({"m": 50}, 700.0) == 0


def test_relief_that_was_due_is_looked_for_by_one_call_alone() -> None:
    budget = OperatingBudget(LIMIT)
    spent = Time(finish=1, duration=2, operating=479.0, operating_reset_at=101)
    budget.observe("m", spent, 0.0)

    assert budget.wait({"m": 1}, 50.0) == 51.0
    assert budget.wait({"m": 1}, 101.0) == 0
    assert budget.remaining("m", 101.0) == budget.mean_cost("m") == 2.0
    assert budget.wait({"m": 50}, 101.0) > 0
    budget.depart({"m": 1})
    assert 0 < budget.wait({"m": 1}, 101.0) <= 1
    assert budget.remaining("m", 101.0) == 0


def test_nobody_asks_while_the_portal_may_still_be_above_its_limit() -> None:
    budget = OperatingBudget(LIMIT)
    spent = Time(finish=1, duration=490, operating=490.0, operating_reset_at=101)
    budget.observe("m", spent, 0.0)

    assert budget.wait({"m": 1}, 101.0) > 0
    assert budget.wait({"m": 1}, 611.0) == 0
