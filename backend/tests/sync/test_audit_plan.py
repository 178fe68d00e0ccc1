"""The planner takes the cheapest way of comparing, by what pages cost on the portal."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge24.sync.audit.plan import (
    FEW_CALLS,
    MOST_PARTS,
    SHARE,
    TARGET_SECONDS,
    Allowance,
    Costs,
    Method,
    call_counts,
    cheapest,
    due,
    estimates,
)

MILLION = 1_000_000
CHEAP = Costs(page=0.05, counted=0.05, counted_row=0.0)


def test_where_counting_is_cheap_a_large_table_is_counted() -> None:
    chosen = cheapest(estimates(MILLION, CHEAP, Allowance()))

    assert chosen.method is Method.FINGERPRINT
    assert chosen.http_calls <= 60


def test_where_a_count_takes_twenty_seconds_ids_are_read() -> None:
    dear = Costs(page=0.05, counted=20.0, counted_row=0.0)

    assert cheapest(estimates(MILLION, dear, Allowance())).method is Method.IDS


def test_a_small_table_is_read_whole_because_that_is_exact() -> None:
    assert cheapest(estimates(5_000, CHEAP, Allowance())).method is Method.IDS


def test_a_million_ids_take_four_hundred_calls() -> None:
    told = estimates(MILLION, CHEAP, Allowance())[Method.IDS]

    assert told.http_calls == 401
    assert told.operating_seconds == 1_000.05


def test_seconds_beyond_the_limit_are_waited_for() -> None:
    told = estimates(MILLION, CHEAP, Allowance(operating_left=480.0))[Method.IDS]
    assert told.wall_seconds == 1_200


def test_many_differences_speak_for_reading_everything() -> None:
    few = estimates(MILLION, CHEAP, Allowance(), differing=3)[Method.FINGERPRINT]
    many = estimates(MILLION, CHEAP, Allowance(), differing=10_000)

    assert few.http_calls < many[Method.FINGERPRINT].http_calls
    assert cheapest(many).method is Method.IDS


seconds = st.floats(0.001, 60)


@given(rows=st.integers(0, 10_000_000), page=seconds, counted=seconds, row=st.floats(0, 0.001))
def test_counting_never_costs_more_than_its_share_of_a_sweep(
    rows: int, page: float, counted: float, row: float
) -> None:
    costs = Costs(page=page, counted=counted, counted_row=row)
    told = estimates(rows, costs, Allowance())
    parts = told[Method.FINGERPRINT].parts

    assert 0 <= parts <= MOST_PARTS
    if parts:
        spent = costs.of_counts(2 * parts, rows=2 * rows)
        assert spent <= SHARE * rows / 50 * page * 1.0001
    chosen = cheapest(told)
    if chosen.method is Method.FINGERPRINT:
        assert chosen.operating_seconds <= told[Method.IDS].operating_seconds
        assert told[Method.IDS].http_calls > FEW_CALLS


@given(counted=seconds, rows=st.integers(0, 100_000), row=st.floats(0, 0.001))
def test_one_call_never_counts_for_longer_than_planned(
    counted: float, rows: int, row: float
) -> None:
    costs = Costs(counted=counted, counted_row=row)
    number = call_counts(costs, rows=rows)

    assert 1 <= number <= 50
    assert number == 1 or number * (counted + rows * row) <= TARGET_SECONDS


def test_every_id_is_compared_once_a_week_however_cheap_counting_is() -> None:
    told = estimates(MILLION, CHEAP, Allowance())
    now = datetime(2026, 11, 24)

    assert cheapest(told).method is Method.FINGERPRINT
    yesterday, long_ago = now - timedelta(days=1), now - timedelta(days=7)
    assert due(told, exact_at=yesterday, now=now).method is Method.FINGERPRINT
    assert due(told, exact_at=long_ago, now=now).method is Method.IDS
    assert due(told, exact_at=None, now=now).method is Method.IDS
