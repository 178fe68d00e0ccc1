"""The circuit breaker: closed, open, half-open."""

from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix.breaker import Breaker, State


def _opened(at: float = 0.0) -> Breaker:
    breaker = Breaker(failures_to_open=3, rest_seconds=10, longest_rest_seconds=40)
    for _ in range(3):
        breaker.failed(at)
    return breaker


def test_failures_in_a_row_open_it_and_a_success_between_does_not() -> None:
    breaker = Breaker(failures_to_open=3)
    for _ in range(10):
        breaker.failed(0.0)
        breaker.failed(0.0)
        breaker.succeeded()

    assert breaker.state is State.CLOSED
    assert _opened().state is State.OPEN


def test_open_tells_how_long_to_stay_away() -> None:
    assert _opened(at=100.0).admit(104.0) == 6.0


def test_half_open_admits_exactly_one() -> None:
    breaker = _opened()

    assert breaker.admit(10.0) == 0
    assert breaker.admit(10.0) > 0
    assert breaker.state is State.HALF_OPEN


def test_rest_doubles_with_every_failed_trial_up_to_the_longest() -> None:
    breaker, now, rests = _opened(), 0.0, []
    for _ in range(4):
        rest = breaker.admit(now)
        rests.append(rest)
        now += rest
        assert breaker.admit(now) == 0
        breaker.failed(now)

    assert rests == [10, 20, 40, 40]


def test_successful_trial_closes_it_and_forgets() -> None:
    breaker = _opened()
    breaker.admit(10.0)
    breaker.succeeded()

    assert breaker.state is State.CLOSED
    breaker.failed(11.0)
    assert breaker.admit(11.0) == 0


def test_abandoned_trial_is_open_to_the_next() -> None:
    breaker = _opened()
    breaker.admit(10.0)
    breaker.abandoned()

    assert breaker.admit(10.0) == 0


def test_stragglers_failing_after_it_opened_do_not_prolong_the_rest() -> None:
    breaker = _opened(at=0.0)
    breaker.failed(9.0)

    assert breaker.admit(10.0) == 0


@given(st.lists(st.sampled_from(["admit", "failed", "succeeded", "abandoned"]), max_size=60))
def test_whatever_happens_a_call_is_admitted_in_the_end(steps: list[str]) -> None:
    breaker, now = Breaker(), 0.0
    for step in steps:
        now += 1
        if step == "admit":
            breaker.admit(now)
        elif step == "failed":
            breaker.failed(now)
        else:
            getattr(breaker, step)()
    breaker.abandoned()

    assert breaker.admit(now + 1000) == 0
