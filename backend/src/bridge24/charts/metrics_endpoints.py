"""The operator's door to the business terms: what they mean here, and what they meant at first."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.charts import queries
from bridge24.charts.metrics import DEFAULTS, Metric, merged
from bridge24.charts.models import ChartMetric
from bridge24.charts.schemas import BuiltInMetricOut, MetricBody, MetricOut, RestoreIn
from bridge24.core.db import transaction
from bridge24.core.errors import NotFound

router = APIRouter(prefix="/api/v1/charts/metrics", tags=["charts"])
MOST_TERMS = 200


class NoSuchTerm(NotFound):
    """There is no built-in term "{term}"."""


@router.get("")
async def list_metrics() -> list[MetricOut]:
    """List the business terms and what they mean here."""
    async with transaction() as session:
        return _told(await _own(session))


@router.put("")
async def replace_metrics(
    body: Annotated[list[MetricBody], Body(max_length=MOST_TERMS)],
) -> list[MetricOut]:
    """Keep these terms; those that say what the built-in ones say are not kept as one's own.

    A built-in term that is not named is switched off; ``restore`` brings it back.
    """
    built_in = {metric.term: metric.meaning for metric in DEFAULTS}
    given = {each.term: each.meaning for each in body}
    own = {term: text for term, text in given.items() if built_in.get(term) != text}
    own |= {term: "" for term in built_in if term not in given}
    return await _keep(own)


@router.get("/built-in")
async def list_built_in() -> list[BuiltInMetricOut]:
    """List the built-in terms as they were at first, and what has become of each."""
    async with transaction() as session:
        own = await _own(session)
    return [
        BuiltInMetricOut(term=each.term, meaning=each.meaning, state=_state(own, each.term))
        for each in DEFAULTS
    ]


@router.post("/restore")
async def restore_metrics(body: RestoreIn) -> list[MetricOut]:
    """Give built-in terms their first meaning again, the removed and the changed ones.

    Terms of one's own stay. Without a list of terms it concerns all built-in ones.
    """
    built_in = [metric.term for metric in DEFAULTS]
    strange = next((term for term in body.terms or () if term not in built_in), None)
    if strange is not None:
        raise NoSuchTerm(term=strange)
    restored = set(built_in if body.terms is None else body.terms)
    async with transaction() as session:
        own = await _own(session)
    return await _keep({term: text for term, text in own.items() if term not in restored})


async def _own(session: AsyncSession) -> dict[str, str]:
    return {row.term: row.meaning for row in await queries.metrics(session)}


async def _keep(own: dict[str, str]) -> list[MetricOut]:
    async with transaction() as session:
        terms = [ChartMetric(term=term, meaning=text) for term, text in own.items()]
        await queries.replace_metrics(session, terms)
    return _told(own)


def _told(own: dict[str, str]) -> list[MetricOut]:
    metrics = merged([Metric(term, meaning) for term, meaning in own.items()])
    return [
        MetricOut(term=each.term, meaning=each.meaning, own=each.term in own) for each in metrics
    ]


def _state(own: dict[str, str], term: str) -> Literal["used", "changed", "removed"]:
    if term not in own:
        return "used"
    return "changed" if own[term].strip() else "removed"
