"""The leaky bucket against a portal that counts by its own clock."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.bitrix.bucket import LeakyBucket
from bridge24.bitrix.throttle import ENTERPRISE, STANDARD, Limits, limits_of


def _bucket(limits: Limits) -> LeakyBucket:
    return LeakyBucket(
        capacity=limits.capacity,
        leaks_per_second=limits.leaks_per_second,
        reserve=limits.reserve,
    )


def _worst_level(arrivals: list[float], *, limits: Limits, phase: float) -> float:
    """The highest level of a portal that empties its bucket once a second."""
    level = worst = 0.0
    ticked = 0
    for at in sorted(arrivals):
        ticks = int(at + phase)
        level = max(0.0, level - (ticks - ticked) * limits.leaks_per_second) + 1
        ticked = ticks
        worst = max(worst, level)
    return worst


@settings(deadline=None)
@given(
    limits=st.sampled_from([STANDARD, ENTERPRISE]),
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=400),
    delays=st.lists(st.floats(0, 0.8), min_size=1, max_size=50),
    phase=st.floats(0, 1),
    drift=st.floats(0.9995, 1.0005),
)
def test_portal_with_another_clock_never_overflows(
    limits: Limits, gaps: list[float], delays: list[float], phase: float, drift: float
) -> None:
    bucket, now, arrivals = _bucket(limits), 1000.0, []
    for number, gap in enumerate(gaps):
        now += gap if number % 40 == 0 else 0.0
        sent = now + bucket.reserve(now).wait_seconds
        arrivals.append(sent * drift + delays[number % len(delays)])

    assert _worst_level(arrivals, limits=limits, phase=phase) <= limits.capacity


@settings(deadline=None)
@given(st.integers(1, 5000))
def test_crowd_is_served_at_the_full_rate(count: int) -> None:
    bucket = _bucket(STANDARD)

    waits = [bucket.reserve(0.0).wait_seconds for _ in range(count)]

    assert waits == sorted(waits)
    ideal = max(0.0, count - STANDARD.capacity + STANDARD.reserve) / STANDARD.leaks_per_second
    assert waits[-1] == pytest.approx(ideal, rel=0.002)


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), max_size=200))
def test_room_is_never_more_than_the_bucket_holds(gaps: list[float]) -> None:
    bucket, now = _bucket(STANDARD), 0.0
    for gap in gaps:
        now += gap
        bucket.reserve(now)
        assert bucket.room(now) <= STANDARD.capacity - STANDARD.reserve


def test_place_given_back_is_free_again() -> None:
    bucket = _bucket(STANDARD)
    before = bucket.room(0.0)
    ticket = bucket.reserve(0.0)

    bucket.give_back(ticket, 0.0)

    assert bucket.room(0.0) == before


def test_overflow_at_the_portal_voids_tickets_and_fills_ours() -> None:
    bucket = _bucket(STANDARD)
    ticket = bucket.reserve(0.0)

    bucket.overflowed(0.0)
    bucket.give_back(ticket, 0.0)

    assert ticket.epoch != bucket.epoch
    assert bucket.room(0.0) == -STANDARD.reserve
    assert bucket.reserve(0.0).wait_seconds >= 1


def test_clock_that_runs_backwards_frees_nothing() -> None:
    bucket = _bucket(STANDARD)
    for _ in range(45):
        bucket.reserve(100.0)

    assert bucket.reserve(0.0).wait_seconds > 0


def test_clients_of_one_portal_share_the_bucket_but_not_the_seconds() -> None:
    one = limits_of("acme.bitrix24.ru", caller="webhook 1", limits=STANDARD)
    two = limits_of("acme.bitrix24.ru", caller="app", limits=STANDARD)
    other = limits_of("beta.bitrix24.ru", caller="app", limits=STANDARD)

    assert limits_of("acme.bitrix24.ru", caller="webhook 1", limits=STANDARD) is one
    assert one.bucket is two.bucket
    assert one.breaker is two.breaker
    assert one.operating is not two.operating
    assert other.bucket is not one.bucket
