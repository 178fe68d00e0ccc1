"""Days and moments are printed and read as in the portal's zone, and never slip."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.emulator import Clock, PortalSpec
from bridge24.emulator.schema import custom_name
from bridge24.emulator.seed import found
from bridge24.emulator.zones import Zone

ZONES = ("+03:00", "-05:00", "+00:00", "+05:30", "Europe/Berlin", "America/New_York")


@pytest.mark.parametrize(
    ("zone", "day", "printed"),
    [
        ("+03:00", date(2024, 8, 30), "2024-08-30T03:00:00+03:00"),
        ("+00:00", date(2024, 8, 30), "2024-08-30T00:00:00+00:00"),
        ("-05:00", date(2024, 8, 30), "2024-08-29T19:00:00-05:00"),
        ("Europe/Berlin", date(2024, 8, 30), "2024-08-30T02:00:00+02:00"),
        ("Europe/Berlin", date(2024, 12, 30), "2024-12-30T01:00:00+01:00"),
    ],
)
def test_a_day_is_utc_midnight_in_the_offset_of_the_portal(zone, day, printed):
    number = day.toordinal() - date(1970, 1, 1).toordinal()

    assert Zone(zone).day(number) == printed
    assert Zone(zone).read_day(printed) == number


@given(st.sampled_from(ZONES), st.integers(0, 4_000_000_000))
def test_a_printed_moment_reads_back_to_the_second(zone, seconds):
    printed = Zone(zone).moment(seconds)

    assert Zone(zone).read(printed) == seconds
    assert datetime.fromisoformat(printed) == datetime.fromtimestamp(seconds, UTC)


@given(st.sampled_from(ZONES), st.integers(0, 40_000))
def test_a_printed_day_reads_back(zone, number):
    assert Zone(zone).read_day(Zone(zone).day(number)) == number


def test_a_date_written_without_an_offset_is_the_day_as_written():
    portal = found(PortalSpec(zone="-05:00"), seed=7, clock=Clock(1.79e9))
    portal.update("deal", 1, {"BEGINDATE": "2026-03-01", "CLOSEDATE": "2026-03-31T23:30:00-05:00"})

    row = portal.get("deal", 1)
    assert row["BEGINDATE"] == "2026-02-28T19:00:00-05:00"
    assert portal.zone.read_day(row["CLOSEDATE"]) == portal.zone.read_day("2026-03-31")


def test_rows_of_a_zone_with_summer_time_show_both_offsets():
    portal = found(PortalSpec(zone="Europe/Berlin"), seed=7, clock=Clock(1.79e9))

    offsets = {row["DATE_CREATE"][-6:] for row in portal.rows("deal")}
    assert offsets == {"+01:00", "+02:00"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("UF_CRM_1721244707107", "ufCrm_1721244707107"),
        ("UF_CRM_10_5186744711", "ufCrm10_5186744711"),
        ("UF_CRM_10_DIGIT", "ufCrm10Digit"),
        ("UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"),
        ("UF_CRM_SMART_INVOICE_1721", "ufCrm_SMART_INVOICE_1721"),
    ],
)
def test_custom_codes_become_camel_case_by_the_documented_rules(code, name):
    assert custom_name(code) == name
