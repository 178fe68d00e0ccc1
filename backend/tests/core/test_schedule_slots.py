"""When a schedule is due: intervals, cron lines, clocks put forward and back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.core.schedule import BadSchedule, Schedule


def cron(line: str, zone: str = "Europe/Berlin") -> Schedule:
    """Make a schedule by a cron line."""
    return Schedule(name="s", task="t", cron=line, zone=zone)


def slots(schedule: Schedule, start: datetime, end: datetime) -> list[str]:
    """List the slots between two moments, in UTC."""
    found = []
    moment = schedule.next_slot(start)
    while moment is not None and moment <= end:
        found.append(f"{moment:%d %H:%M}")
        moment = schedule.next_slot(moment)
    return found


# Berlin: 02:00 becomes 03:00 at 01:00 UTC; 03:00 becomes 02:00 at 01:00 UTC.
SPRING = (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 30, tzinfo=UTC))
AUTUMN = (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 2 * * *", ["29 01:30"]),
        ("0 2 * * *", ["29 01:00"]),
        ("0 3 * * *", ["29 01:00"]),
        ("0 * * * *", ["29 00:00", "29 01:00", "29 02:00"]),
        ("*/30 1-3 * * *", ["29 00:00", "29 00:30", "29 01:00", "29 01:30"]),
    ],
)
def test_the_hour_left_out_in_spring_loses_no_slot(line: str, expected: list[str]) -> None:
    assert slots(cron(line), *SPRING) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 2 * * *", ["25 00:30"]),
        ("0 2 * * *", ["25 00:00"]),
        ("0 3 * * *", ["25 02:00"]),
        ("0 * * * *", ["24 23:00", "25 00:00", "25 01:00", "25 02:00"]),
        ("30 */1 * * *", ["24 23:30", "25 00:30", "25 01:30", "25 02:30"]),
        ("*/30 2 * * *", ["25 00:00", "25 00:30"]),
    ],
)
def test_the_hour_that_comes_twice_in_autumn_doubles_only_what_is_for_every_hour(
    line: str, expected: list[str]
) -> None:
    assert slots(cron(line), *AUTUMN) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("0", {6}),
        ("7", {6}),
        ("1-5", {0, 1, 2, 3, 4}),
        ("5-7", {4, 5, 6}),
        ("0,3", {6, 2}),
        ("mon-wed", {0, 1, 2}),
        ("*/2", {6, 1, 3, 5}),
        ("sun", {6}),
        ("*", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_days_of_the_week_count_from_sunday(days: str, expected: set[int]) -> None:
    schedule = cron(f"0 12 * * {days}", "UTC")
    start = datetime(2026, 6, 1, tzinfo=UTC)
    found, moment = set(), schedule.next_slot(start)
    while moment is not None and moment < start + timedelta(days=14):
        found.add(moment.weekday())
        moment = schedule.next_slot(moment)
    assert found == expected


def test_the_last_slot_of_a_rare_line_is_found_years_back() -> None:
    leap = cron("0 0 29 2 *", "UTC")
    assert leap.last_slot(datetime(2027, 5, 5, tzinfo=UTC)) == datetime(2024, 2, 29, tzinfo=UTC)


def test_a_day_that_never_comes_has_no_slot() -> None:
    never = cron("0 0 31 2 *", "UTC")
    assert never.last_slot(datetime(2027, 5, 5, tzinfo=UTC)) is None
    assert never.next_slot(datetime(2027, 5, 5, tzinfo=UTC)) is None


moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(1, 100_000))
def test_intervals_divide_time_evenly(moment: datetime, seconds: int) -> None:
    schedule = Schedule(name="s", task="t", every=timedelta(seconds=seconds))
    last, following = schedule.last_slot(moment), schedule.next_slot(moment)
    assert last <= moment < following
    assert following - last == schedule.every
    assert int(last.timestamp()) % seconds == 0


@given(moments)
def test_the_last_slot_of_a_line_is_the_one_no_other_comes_after(moment: datetime) -> None:
    schedule = cron("*/20 * * * *", "America/New_York")
    last = schedule.last_slot(moment)
    assert moment - timedelta(minutes=20) < last <= moment
    assert schedule.next_slot(last) > moment


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"cron": "* * * * *", "every": timedelta(hours=1)},
        {"every": timedelta(milliseconds=10)},
        {"cron": "* * * *"},
        {"cron": "* * * * *", "name": "n" * 101},
        {"cron": "61 * * * *"},
        {"cron": "* * * * 9"},
        {"cron": "* * * * noday"},
        {"cron": "* * * * *", "zone": "Europe/Atlantis"},
    ],
)
def test_a_schedule_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadSchedule):
        Schedule(**({"name": "s", "task": "t"} | wrong))
