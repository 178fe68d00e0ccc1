"""The operating seconds of a method, by the portal's word."""

from bridge24.bitrix.account import Account, Estimate
from bridge24.bitrix.wire import Time


def time(finish: float, operating: float | None, *, duration: float = 0.25) -> Time:
    return Time(
        finish=finish, duration=duration, operating=operating, operating_reset_at=1_000 + 600
    )


def test_the_latest_answer_counts_even_when_an_older_one_arrives_after_it() -> None:
    account = Account()

    account.hear([time(1_010, 7.5)], 10.0)
    account.hear([time(1_008, 5.0)], 10.5)

    assert account.used == 7.5


def test_of_two_answers_that_ended_together_the_larger_sum_counts() -> None:
    account = Account()

    account.hear([time(1_010, 7.5)], 10.0)
    account.hear([time(1_010, 5.0)], 10.0)

    assert account.used == 7.5


def test_a_smaller_sum_told_later_is_believed() -> None:
    account = Account()

    account.hear([time(1_010, 470.0)], 10.0)
    account.hear([time(1_601, 0.5)], 601.0)

    assert account.used == 0.5


def test_relief_is_expected_by_the_portals_clock_and_a_second_late() -> None:
    account = Account()

    account.hear([time(1_010, 7.5)], 70.0)

    assert account.relief_in(70.0) == 591.0
    assert account.relief_in(700.0) == 0.0


def test_what_others_spend_meanwhile_is_not_taken_for_the_cost_of_a_page() -> None:
    account = Account()

    account.hear([time(1_001, 10.0), time(1_002, 14.0), time(1_003, 18.0)], 3.0)

    assert account.cost.mean == 0.25


def test_a_minute_leaving_the_window_does_not_make_pages_free() -> None:
    account = Account()

    account.hear([time(1_001, 100.0), time(1_002, 40.25), time(1_003, 40.5)], 3.0)

    assert account.cost.mean == 0.25


def test_a_portal_that_does_not_meter_costs_nothing() -> None:
    account = Account()

    account.hear([time(1_001, None), time(1_002, None)], 2.0)

    assert account.cost.mean == 0
    assert account.used == 0
    assert account.relief_in(2.0) == 0


def test_the_first_value_of_an_estimate_is_very_uncertain() -> None:
    estimate = Estimate()

    estimate.note(1.0)
    uncertain = estimate.high
    for _ in range(20):
        estimate.note(1.0)

    assert uncertain == 2.0
    assert estimate.high < 1.1
