"""The time of day, always aware and always UTC."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def utc_naive() -> datetime:
    """Return the present moment as the databases keep it: UTC without a zone."""
    return utc_now().replace(tzinfo=None)


def today_in(zone: str) -> date:
    """Return the day it is in a time zone, ``Europe/Moscow`` …

    Raises:
        ZoneInfoNotFoundError: There is no such zone.
    """
    return utc_now().astimezone(ZoneInfo(zone)).date()
