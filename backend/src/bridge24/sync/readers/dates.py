"""Days and moments.

A ``date`` arrives as UTC midnight printed in the portal's offset: it is never run through
a time zone. A ``datetime`` carries its offset and is kept in UTC.
https://apidocs.bitrix24.com/api-reference/data-types.html
"""

import re
from datetime import UTC, date, datetime, time

from bridge24.sync.readers.texts import is_empty, read_text

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NO_DAY = ("0000-", "-0001-")
"""How PHP and MySQL spell a date that is not set."""


def read_date(raw: object) -> date | str | None:
    """Read a day: the UTC one of a UTC midnight, else the day as it is written."""
    if _is_unset(raw):
        return None
    if isinstance(raw, str):
        try:
            return _day(raw)
        except (ValueError, OverflowError):
            return raw
    return read_text(raw)


def _day(raw: str) -> date | str:
    if _DAY.fullmatch(raw):
        return date.fromisoformat(raw)
    if not _MOMENT.fullmatch(raw):
        return raw
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is not None:
        utc = moment.astimezone(UTC)
        if utc.time() == time.min:
            return utc.date()
    return moment.date()


def read_datetime(raw: object) -> datetime | str | None:
    """Read a moment as UTC without a zone; one that names no offset is taken as UTC."""
    if _is_unset(raw):
        return None
    if isinstance(raw, str):
        try:
            return _moment(raw)
        except (ValueError, OverflowError):
            return raw
    return read_text(raw)


def _moment(raw: str) -> datetime | str:
    if not (_MOMENT.fullmatch(raw) or _DAY.fullmatch(raw)):
        return raw
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _is_unset(raw: object) -> bool:
    if isinstance(raw, str):
        return raw in {"", "0"} or raw.startswith(_NO_DAY)
    return is_empty(raw) or raw == 0
