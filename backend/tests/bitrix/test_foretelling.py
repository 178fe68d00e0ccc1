"""The rest of a walk is foretold by playing its plan on."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix.foretelling import Expected, Rest, seconds_to_go
from bridge24.bitrix.walk import Stretch

sys.path.insert(0, str(Path(__file__).parent))
import planned
from planned import planner

FRESH = replace(planned.FRESH, operating_reset_in=0)


def rest(pages: float, *, returns: list[tuple[float, float]] | None = None) -> Rest:
    return Rest([Stretch(pages)], returns=returns or [])


@pytest.mark.parametrize(
    ("pages", "least"), [(400, 0), (1_900, 0), (1_930, 600), (4_000, 1_200), (40_000, 12_000)]
)
def test_the_finish_is_foretold_by_whole_windows(pages: int, least: float) -> None:
    foretold = seconds_to_go(planner(), FRESH, rest(pages), now=0.0)

    assert least <= foretold <= least + 70


def test_the_finish_knows_that_seconds_come_back_as_they_were_spent() -> None:
    spent = replace(FRESH, operating_left=2, operating_reset_in=30)

    def foretold(pages: int) -> float:
        told = rest(pages, returns=[(30, 20.0), (510, 458.0)])
        return seconds_to_go(planner(), spent, told, now=0.0)

    # 100 operating seconds: the 20 that come back in half a minute do not suffice.
    assert 510 <= foretold(400) < 530
    assert 30 <= foretold(60) < 50


def test_an_answer_that_has_come_costs_no_more_time() -> None:
    part = Stretch(0, asked=40)

    assert seconds_to_go(planner(), FRESH, Rest([part], [Expected(-1.0, [part])]), now=5.0) == 0


def test_an_answer_on_its_way_is_waited_for() -> None:
    part = Stretch(0, asked=40)

    told = seconds_to_go(planner(), FRESH, Rest([part], [Expected(7.5, [part])]), now=5.0)

    assert told == 7.5


def test_an_empty_bucket_lets_two_calls_a_second_pass() -> None:
    tight = replace(FRESH, calls_free=-40, page_cost=0.0)

    told = seconds_to_go(planner(0.5), tight, rest(2), now=0.0)

    assert told == pytest.approx(41 / 2 + 2 * 0.5)


def test_walks_beside_take_their_turns_until_they_are_over() -> None:
    tight = replace(FRESH, calls_free=0, page_cost=0.0)

    def among(others: list[float]) -> float:
        single = replace(planner(0.5), batch_pages=1)
        stretches = [Stretch(1) for _ in range(20)]
        return seconds_to_go(single, tight, Rest(stretches, others_calls=others), now=0.0)

    # One that goes on for ever gets every second call.
    assert among([]) == pytest.approx(20 / 2 + 0.5, abs=0.1)
    assert among([math.inf]) == pytest.approx(20 + 0.5, abs=0.1)
    assert among([]) < among([2]) < among([5]) < among([math.inf])


@given(
    st.lists(st.floats(0.1, 5_000), min_size=1, max_size=30),
    st.sampled_from([0.01, 0.1, 0.5, 5.0, 100.0]),
    st.floats(-5, 45),
    st.floats(1, 2_000),
)
def test_every_rest_has_an_end(
    pages: list[float], page_seconds: float, calls_free: float, room: float
) -> None:
    budget = replace(FRESH, calls_free=calls_free, page_cost=0.0, room=room, room_left=room)
    stretches = [Stretch(each, proven=number % 2 == 0) for number, each in enumerate(pages)]

    told = seconds_to_go(planner(page_seconds), budget, Rest(stretches, trusted=5), now=3.0)

    # Eighteen at a time at most, each page at its own pace.
    assert sum(pages) * page_seconds / 18 * 0.9 <= told < math.inf


def test_what_is_played_teaches_the_planner_nothing() -> None:
    learned = planner()
    before = repr(learned)

    seconds_to_go(learned, FRESH, rest(400), now=0.0)

    assert repr(learned) == before
