"""The arithmetic of the limits holds for every history of calls."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bridge24.emulator.limits import (
    DOCUMENTED,
    ENTERPRISE,
    NO_LIMITS,
    Costs,
    LeakyBucket,
    OperatingMeter,
    PortalLimits,
)

gaps = st.lists(st.floats(0, 5, allow_nan=False), max_size=300)
calls = st.lists(
    st.tuples(st.floats(0, 90, allow_nan=False), st.floats(0, 60, allow_nan=False)), max_size=200
)


def moments(waits: list[float]) -> list[float]:
    now, result = 1_700_000_000.0, []
    for wait in waits:
        now += wait
        result.append(now)
    return result


@given(gaps)
def test_a_bucket_never_admits_more_than_its_size_and_its_leak(waits: list[float]) -> None:
    bucket = LeakyBucket(50, 2)
    admitted = [now for now in moments(waits) if bucket.admit(now)]

    for first, start in enumerate(admitted):
        for last in range(first, len(admitted)):
            allowed = 50 + 2 * (admitted[last] - start) + 1e-6
            assert last - first + 1 <= allowed


def test_the_51st_quick_request_is_refused() -> None:
    limits = PortalLimits(DOCUMENTED)

    assert [limits.admit("ip", 0.0) for _ in range(51)] == [True] * 50 + [False]


def test_enterprise_lets_250_quick_requests_pass() -> None:
    limits = PortalLimits(ENTERPRISE)

    assert [limits.admit("ip", 0.0) for _ in range(251)] == [True] * 250 + [False]


def test_refused_requests_count_too() -> None:
    bucket = LeakyBucket(50, 2)
    for _ in range(60):
        bucket.admit(0.0)

    assert not bucket.admit(5.0)
    assert bucket.admit(6.0)


def test_two_requests_a_second_pass_for_ever() -> None:
    bucket = LeakyBucket(50, 2)

    assert all(bucket.admit(number / 2) for number in range(10_000))


def test_sources_have_buckets_of_their_own() -> None:
    limits = PortalLimits(DOCUMENTED)
    for _ in range(51):
        limits.admit("10.0.0.1", 0.0)

    assert limits.admit("10.0.0.2", 0.0)


@given(calls)
def test_operating_never_exceeds_the_limit_by_more_than_one_call(
    history: list[tuple[float, float]],
) -> None:
    """A basket leaves 600 s after its first call, so a call counts for at least 540 s."""
    limits = PortalLimits(DOCUMENTED)
    spent: list[tuple[float, float]] = []
    now = 1_700_000_000.0
    for wait, seconds in history:
        now += wait
        if limits.blocked("webhook", "crm.deal.list", now):
            continue
        limits.charge("webhook", "crm.deal.list", seconds=seconds, now=now)
        spent.append((now, seconds))
        window = [cost for at, cost in spent if now - at < 540]
        assert math.fsum(window[:-1]) <= 480 + 1e-6


@given(calls)
def test_the_meter_equals_a_plain_reading_of_the_rules(history: list[tuple[float, float]]) -> None:
    meter = OperatingMeter()
    baskets: list[list[float]] = []
    now = 1_700_000_000.0
    for wait, seconds in history:
        now += wait
        if baskets and now < baskets[-1][0] + 60:
            baskets[-1][1] += seconds
        else:
            baskets.append([now, seconds])
        alive = [basket for basket in baskets if now < basket[0] + 600]
        told = meter.charge(seconds, now)

        assert len(alive) <= 10
        assert math.isclose(told.seconds, math.fsum(basket[1] for basket in alive), abs_tol=1e-6)
        assert told.reset_at == int(alive[0][0] + 600)


def test_the_call_that_crosses_the_limit_completes_and_the_next_is_refused() -> None:
    limits = PortalLimits(DOCUMENTED)
    limits.charge("webhook", "crm.deal.list", seconds=480.0, now=0.0)

    assert not limits.blocked("webhook", "crm.deal.list", 1.0)
    limits.charge("webhook", "crm.deal.list", seconds=50.0, now=1.0)
    assert limits.blocked("webhook", "CRM.Deal.List", 2.0)


def test_only_the_oldest_basket_leaves_at_the_reset() -> None:
    limits = PortalLimits(DOCUMENTED)
    limits.charge("webhook", "crm.deal.list", seconds=300.0, now=10.0)
    told = limits.charge("webhook", "crm.deal.list", seconds=300.0, now=100.0)

    assert told.reset_at == 610
    assert limits.blocked("webhook", "crm.deal.list", 609.9)
    assert not limits.blocked("webhook", "crm.deal.list", 610.0)
    assert limits.charge("webhook", "crm.deal.list", seconds=1.0, now=610.0).seconds == 301.0


def test_a_basket_gathers_the_calls_of_one_minute() -> None:
    meter = OperatingMeter()
    for now in (0.0, 59.9, 60.0):
        meter.charge(1.0, now)

    assert meter.read(599.9).seconds == 3.0
    assert meter.read(600.0).seconds == 1.0
    assert meter.read(660.0).seconds == 0.0


def test_methods_and_callers_have_budgets_of_their_own() -> None:
    limits = PortalLimits(DOCUMENTED)
    limits.charge("webhook", "crm.deal.list", seconds=500.0, now=0.0)

    assert not limits.blocked("webhook", "crm.lead.list", 1.0)
    assert not limits.blocked("another", "crm.deal.list", 1.0)


def test_without_limits_everything_passes_and_no_seconds_are_told() -> None:
    limits = PortalLimits(NO_LIMITS)

    assert all(limits.admit("ip", 0.0) for _ in range(1_000))
    assert limits.charge("webhook", "crm.deal.list", seconds=9_999.0, now=0.0).seconds == 0
    assert not limits.blocked("webhook", "crm.deal.list", 1.0)


def test_costs_reproduce_the_official_figures() -> None:
    costs = Costs()

    assert round(costs.of_page(50, columns=100), 3) == 0.097
    assert round(costs.of_page(50, columns=100, counted=2_390_000), 1) == 49.9


@given(st.integers(0, 50), st.integers(1, 400), st.integers(0, 10_000_000))
def test_counting_offset_and_width_never_make_a_page_cheaper(
    rows: int, columns: int, number: int
) -> None:
    costs = Costs()
    page = costs.of_page(rows, columns=columns)

    assert costs.of_page(rows, columns=columns, counted=number) >= page
    assert costs.of_page(rows, columns=columns, offset=number) >= page
    assert costs.of_page(rows, columns=columns + 1) >= page


def test_jitter_is_small_and_the_same_for_the_same_call() -> None:
    costs = Costs(jitter=0.1)
    drawn = [costs.jittered(1.0, seed=7, number=number) for number in range(100)]

    assert drawn == [costs.jittered(1.0, seed=7, number=number) for number in range(100)]
    assert all(0.9 <= seconds <= 1.1 for seconds in drawn)
    assert len(set(drawn)) > 90
