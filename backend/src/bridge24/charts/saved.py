"""Saved charts with the answers they gave last."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.charts import queries
from bridge24.charts.errors import ChartServiceError
from bridge24.charts.execute import Answer, check_chart_query, execute_chart_query
from bridge24.charts.models import AIChart
from bridge24.charts.parameters import values_of
from bridge24.charts.spec import ChartSpec, lacking
from bridge24.charts.values import Json
from bridge24.core.clock import today_in, utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, NotFound, Told, told
from bridge24.core.settings import get_settings

KEPT = timedelta(minutes=5)
"""How long an answer stands for a new one."""
MOST_KEPT = 4 * 1024 * 1024
"""Characters; a larger answer is given, but not kept."""


class Age(StrEnum):
    """How old a kept answer may be to stand for a new one."""

    ANY = "any"
    FRESH = "fresh"
    NEW = "new"
    """Never: the query is run."""


class NoSuchChart(NotFound):
    """There is no chart number {chart}: it may have been deleted."""


class ChartMisfit(ChartServiceError):
    """The chart cannot be drawn: {reason}. Change the query, or what the chart draws."""

    status = 409


@dataclass(frozen=True, slots=True)
class ChartData:
    """A chart's answer as the reader gets it."""

    columns: list[str]
    rows: list[dict[str, Json]]
    truncated: bool
    seconds: float
    warnings: list[dict[str, str]]
    at: datetime
    """When the query ran, UTC."""
    error: Told | None = None
    """Why it could not be run again; the rows are then those of the last time."""

    @property
    def etag(self) -> str:
        """Names this answer: another one has another name."""
        named = f"{self.at.isoformat()}{self.error}"
        return f'"{hashlib.sha256(named.encode()).hexdigest()[:20]}"'


def data_of(answer: Answer, *, at: datetime) -> ChartData:
    """Turn a query's answer into what is shown and kept."""
    warnings = [
        {name: str(value) for name, value in asdict(one).items()} for one in answer.warnings
    ]
    return ChartData(
        columns=answer.columns,
        rows=answer.rows,
        truncated=answer.truncated,
        seconds=round(answer.seconds, 3),
        warnings=warnings,
        at=at,
    )


async def run(spec: ChartSpec, chosen: Mapping[str, str] | None = None) -> Answer:
    """Run a chart's query with what the reader chose, or the defaults; the one gate checks it."""
    today = today_in(get_settings().charts_timezone)
    parameters = values_of(spec.parameters, chosen or {}, today=today)
    return await execute_chart_query(spec.sql, parameters=parameters)


async def checked(spec: ChartSpec) -> None:
    """See that a chart's query may be run, before it is kept.

    Raises:
        QueryRefused: It may not.
    """
    await check_chart_query(spec.sql, parameters=[each.name for each in spec.parameters])


def asks_otherwise(chart: AIChart, spec: ChartSpec) -> bool:
    """Whether a chart changed to this one would have another answer than the kept one."""
    before = ChartSpec.model_validate_json(chart.spec)
    return (before.sql, before.parameters) != (spec.sql, spec.parameters)


async def found(session: AsyncSession, chart_id: int) -> AIChart:
    """Find a chart.

    Raises:
        NoSuchChart: It is not there.
    """
    chart = await session.get(AIChart, chart_id)
    if chart is None:
        raise NoSuchChart(chart=chart_id)
    return chart


async def data(
    chart_id: int, *, chosen: Mapping[str, str] | None = None, age: Age = Age.FRESH
) -> ChartData:
    """Give a chart's answer: the kept one while it is fresh, else a new one.

    When the query fails and there is an answer of before, that is given with the reason.

    Args:
        chart_id: Which chart.
        chosen: Values of parameters; the answer for others than the defaults is never kept.
        age: How old the kept answer may be.

    Raises:
        NoSuchChart: It is not there.
        AppError: It failed and never gave an answer before.
    """
    async with transaction() as session:
        chart = await found(session, chart_id)
    kept, spec = _kept(chart), ChartSpec.model_validate_json(chart.spec)
    defaults = {each.name: each.default or "" for each in spec.parameters}
    if any(defaults.get(name) != value for name, value in (chosen or {}).items()):
        return data_of(await run(spec, chosen), at=utc_naive())
    if kept is not None and _suffices(kept, age):
        return kept
    return await _renewed(chart_id, spec, kept)


def _suffices(kept: ChartData, age: Age) -> bool:
    if age is Age.FRESH:
        return utc_naive() - kept.at < KEPT and kept.error is None
    return age is Age.ANY


async def _renewed(chart_id: int, spec: ChartSpec, kept: ChartData | None) -> ChartData:
    try:
        answer = await run(spec)
        missing = lacking(spec, answer.columns)
        if missing:
            raise ChartMisfit(reason=missing)
    except AppError as error:
        failure = told(error)
        await _keep(chart_id, error=failure)
        if kept is None or not isinstance(error, ChartServiceError):
            raise
        return replace(kept, error=failure)
    fresh = data_of(answer, at=utc_naive())
    await _keep(chart_id, fresh)
    return fresh


async def _keep(
    chart_id: int, fresh: ChartData | None = None, *, error: Told | None = None
) -> None:
    async with transaction() as session:
        chart = await session.get(AIChart, chart_id)
        if chart is None:
            return
        chart.result_error = json.dumps(asdict(error), ensure_ascii=False) if error else None
        if fresh is not None:
            answer = json.dumps(_fields(fresh), default=str, ensure_ascii=False)
            small = len(answer) <= MOST_KEPT
            chart.result, chart.result_at = (answer, fresh.at) if small else (None, None)


def _kept(chart: AIChart) -> ChartData | None:
    if chart.result is None:
        return None
    answer = json.loads(chart.result)
    # The column may round the moment, and with it the answer's name.
    at = datetime.fromisoformat(answer["at"])
    return ChartData(**{**answer, "at": at, "error": failure_of(chart)})


def failure_of(chart: AIChart) -> Told | None:
    """Read why a chart's last run failed."""
    return None if chart.result_error is None else Told(**json.loads(chart.result_error))


def _fields(answer: ChartData) -> dict[str, object]:
    return {name: getattr(answer, name) for name in ChartData.__dataclass_fields__}


async def arrange(session: AsyncSession, order: Sequence[int]) -> None:
    """Put the charts of the dashboard into an order; those not named come after."""
    places = {chart_id: place for place, chart_id in enumerate(order)}
    for place, chart in enumerate(await queries.pinned_charts(session)):
        chart.position = places.get(chart.id, len(order) + place)
