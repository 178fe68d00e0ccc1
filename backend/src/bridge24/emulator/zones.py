"""The portal's time zone: how moments and days are printed and read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

DAY = 86_400
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


class Zone:
    """Prints Unix seconds the way a portal does, and reads dates the way it does.

    Args:
        name: A fixed offset such as `+03:00`, or an IANA name such as `Europe/Berlin`,
            whose rows then show different offsets in summer and in winter.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        fixed = _OFFSET.fullmatch(name)
        self._zone: tzinfo = _fixed(fixed) if fixed else ZoneInfo(name)
        self._is_fixed = fixed is not None
        self._offset = self._offset_at(0.0)
        self._days: dict[int, str] = {}

    def moment(self, seconds: float) -> str:
        """Print a `datetime`: ISO 8601, whole seconds, with the portal's offset."""
        offset = self._offset if self._is_fixed else self._offset_at(seconds)
        day, second = divmod(int(seconds) + offset, DAY)
        return _day(day) + _clock_texts(offset)[second]

    def day(self, number: int) -> str:
        """Print a `date`, counted in days since 1970: UTC midnight in the portal's offset.

        https://apidocs.bitrix24.com/data-types.html
        """
        printed = self._days.get(number)
        if printed is None:
            printed = self._days[number] = self.moment(number * DAY)
        return printed

    def read(self, text: object) -> float | None:
        """Read a date or moment as Unix seconds; without an offset it is portal time."""
        try:
            parsed = datetime.fromisoformat(str(text).strip())
        except ValueError:
            return None
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=self._zone)
        return parsed.timestamp()

    def read_day(self, text: object) -> int | None:
        """Read a `date` as days since 1970: UTC midnight means the UTC date, else as written."""
        try:
            parsed = datetime.fromisoformat(str(text).strip())
        except ValueError:
            return None
        if parsed.tzinfo is not None:
            seconds = parsed.timestamp()
            if seconds % DAY == 0:
                return int(seconds // DAY)
        return parsed.date().toordinal() - date(1970, 1, 1).toordinal()

    def _offset_at(self, seconds: float) -> int:
        offset = datetime.fromtimestamp(seconds, UTC).astimezone(self._zone).utcoffset()
        return int(offset.total_seconds()) if offset else 0


def _fixed(match: re.Match[str]) -> timezone:
    sign, hours, minutes = match.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if sign == "-" else span)


@cache
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat() + "T"


@cache
def _clock_texts(offset: int) -> list[str]:
    """Every second of a day, ready to be printed."""
    sign, minutes = ("-", -offset // 60) if offset < 0 else ("+", offset // 60)
    tail = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}{tail}" for s in range(DAY)]
