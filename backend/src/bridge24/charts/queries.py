"""SQL over saved charts, business terms and known questions."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.charts.models import AIChart, ChartExample, ChartMetric

_ORDER = (AIChart.pinned.desc(), AIChart.position, AIChart.id.desc())


async def page_of_charts(
    session: AsyncSession, *, offset: int, limit: int
) -> tuple[Sequence[AIChart], int]:
    """List charts, pinned ones first, and count them all."""
    found = await session.scalars(select(AIChart).order_by(*_ORDER).offset(offset).limit(limit))
    count = await session.scalar(select(func.count()).select_from(AIChart))
    return found.all(), count or 0


async def pinned_charts(session: AsyncSession) -> Sequence[AIChart]:
    """List the charts of the dashboard, in their places."""
    found = await session.scalars(select(AIChart).where(AIChart.pinned).order_by(*_ORDER))
    return found.all()


async def refreshed_charts(session: AsyncSession) -> Sequence[tuple[int, int]]:
    """List the charts that are run again by themselves: (id, minutes)."""
    found = await session.execute(
        select(AIChart.id, AIChart.refresh_minutes).where(AIChart.refresh_minutes.is_not(None))
    )
    return [(chart_id, minutes) for chart_id, minutes in found if minutes]


async def last_position(session: AsyncSession) -> int:
    """Find the highest place taken on the dashboard; -1 when there is none."""
    place = await session.scalar(select(func.max(AIChart.position)).where(AIChart.pinned))
    return -1 if place is None else place


async def metrics(session: AsyncSession) -> Sequence[ChartMetric]:
    """List the terms that were changed or added here."""
    return (await session.scalars(select(ChartMetric).order_by(ChartMetric.term))).all()


async def replace_metrics(session: AsyncSession, terms: Sequence[ChartMetric]) -> None:
    """Keep exactly these terms."""
    await session.execute(delete(ChartMetric))
    session.add_all(terms)


async def examples(session: AsyncSession) -> Sequence[ChartExample]:
    """List the questions known to be right, the newest first."""
    found = await session.scalars(select(ChartExample).order_by(ChartExample.id.desc()))
    return found.all()
