"""The worker's door: charts that are run again by themselves."""

from collections.abc import Iterable
from datetime import timedelta

from bridge24.charts import queries, saved
from bridge24.charts.errors import ChartServiceError
from bridge24.charts.saved import NoSuchChart
from bridge24.core.db import transaction
from bridge24.core.jobs import Retry, task
from bridge24.core.schedule import Schedule

REFRESH = "charts.refresh"
LONGEST = timedelta(minutes=10)


@task(
    name=REFRESH,
    retry=Retry(max_attempts=3, never=(ChartServiceError, NoSuchChart)),
    concurrency_per_key=2,
    order="any",
    timeout=LONGEST,
)
async def refresh(chart_id: int) -> None:
    """Run a chart's query again and keep its answer."""
    await saved.data(chart_id, age=saved.Age.NEW)


async def schedules() -> Iterable[Schedule]:
    """List the charts that are refreshed, each with its interval."""
    async with transaction() as session:
        charts = await queries.refreshed_charts(session)
    return [
        Schedule(
            name=f"{REFRESH}:{chart_id}",
            task=REFRESH,
            arguments={"chart_id": chart_id},
            every=timedelta(minutes=minutes),
            key=REFRESH,
        )
        for chart_id, minutes in charts
    ]
