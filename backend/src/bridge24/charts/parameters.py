"""The values of a chart's parameters: what the reader chose, or the default; pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bridge24.charts.errors import ChartServiceError
from bridge24.charts.spec import Parameter

Value = None | str | Decimal | date
_DAYS = re.compile(r"([+-]\d{1,5})d")


class BadParameter(ChartServiceError):
    """The value "{value}" of the parameter "{name}" is no {kind}."""

    status = 422


class NoSuchParameter(ChartServiceError):
    """The chart has no parameter "{name}"."""

    status = 422


def values_of(
    parameters: Sequence[Parameter], chosen: Mapping[str, str], *, today: date
) -> dict[str, Value]:
    """Give every parameter its value, typed as the query expects it.

    Dates are ``2026-11-24``, or a day told from today: ``today``, ``-30d``,
    ``month_start``, ``quarter_start``, ``year_start``.

    Raises:
        BadParameter: A value does not suit its parameter.
        NoSuchParameter: Something is chosen that the chart does not have.
    """
    known = {parameter.name for parameter in parameters}
    strange = next((name for name in chosen if name not in known), None)
    if strange is not None:
        raise NoSuchParameter(name=strange)
    return {
        parameter.name: _typed(parameter, chosen.get(parameter.name, parameter.default), today)
        for parameter in parameters
    }


def _typed(parameter: Parameter, value: str | None, today: date) -> Value:
    if value is None or value == "":
        return None
    try:
        if parameter.kind == "date":
            return _day(value, today)
        if parameter.kind == "number":
            return _number(value)
    except (ValueError, InvalidOperation):
        raise BadParameter(value=value, name=parameter.name, kind=parameter.kind) from None
    return value


def _number(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _day(value: str, today: date) -> date:
    if value in _FIRSTS:
        return _FIRSTS[value](today)
    moved = _DAYS.fullmatch(value)
    if moved:
        return today + timedelta(days=int(moved[1]))
    return date.fromisoformat(value)


_FIRSTS: Mapping[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "month_start": lambda today: today.replace(day=1),
    "quarter_start": lambda today: today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
    "year_start": lambda today: today.replace(month=1, day=1),
}
