"""The time of day, always aware and always UTC."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def utc_naive() -> datetime:
    """Return the present moment as the databases keep it: UTC without a zone."""
    return utc_now().replace(tzinfo=None)
