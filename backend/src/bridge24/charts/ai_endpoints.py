"""The operator's door to what a language model does: charts from questions, the schema in words."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bridge24.charts import descriptions, queries, saved
from bridge24.charts.ai import AIService
from bridge24.charts.describe import tables_of_crm
from bridge24.charts.execute import until_gone
from bridge24.charts.generate import Drawn, Stage
from bridge24.charts.knowledge.structure import fingerprint
from bridge24.charts.metrics import DEFAULTS, Metric, merged
from bridge24.charts.models import ChartExample, ChartMetric
from bridge24.charts.saved import data_of
from bridge24.charts.schemas import (
    DataOut,
    DescriptionOut,
    ExampleIn,
    ExampleOut,
    GenerateIn,
    GenerateOut,
    Language,
    MetricBody,
    MetricOut,
    TablesOut,
)
from bridge24.charts.service import ChartService
from bridge24.charts.spec import ChartSpec
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, NotFound
from bridge24.core.llm.connected import is_configured
from bridge24.core.settings import get_settings
from bridge24.operators.guard import CurrentCaller

charts = APIRouter(prefix="/api/v1/charts", tags=["charts"])
schema = APIRouter(prefix="/api/v1/schema", tags=["schema"])


class NoSuchExample(NotFound):
    """There is no verified question number {example}."""


@charts.post("/generate")
async def generate(body: GenerateIn, request: Request) -> GenerateOut:
    """Draw a chart for a question, run it, and give both; or ask back."""
    work = AIService().ask(
        body.prompt, language=body.language, previous=body.previous, tables=body.tables
    )
    return _shown(await until_gone(work, request.is_disconnected))


@charts.post("/generate/stream", response_class=EventSourceResponse)
async def generate_stream(body: GenerateIn) -> AsyncIterator[ServerSentEvent]:
    """Draw a chart and tell each stage meanwhile: ``stage`` …, then ``done`` or ``error``."""
    stages: asyncio.Queue[Stage | None] = asyncio.Queue()
    work = asyncio.create_task(
        AIService().ask(
            body.prompt,
            language=body.language,
            previous=body.previous,
            tables=body.tables,
            tell=stages.put_nowait,
        )
    )
    work.add_done_callback(lambda _done: stages.put_nowait(None))
    try:
        while (stage := await stages.get()) is not None:
            yield ServerSentEvent(event="stage", data=stage.value)
        yield ServerSentEvent(event="done", data=_shown(work.result()))
    except AppError as error:
        yield _failure(error)
    finally:
        work.cancel()


@charts.get("/metrics")
async def list_metrics() -> list[MetricOut]:
    """List the business terms and what they mean here."""
    async with transaction() as session:
        own = [Metric(row.term, row.meaning) for row in await queries.metrics(session)]
    changed = {metric.term for metric in own}
    return [
        MetricOut(term=each.term, meaning=each.meaning, own=each.term in changed)
        for each in merged(own)
    ]


@charts.put("/metrics")
async def replace_metrics(body: list[MetricBody]) -> list[MetricOut]:
    """Keep these terms; those that say what the built-in ones say are not kept as one's own.

    A built-in term that is not named is switched off.
    """
    built_in = {metric.term: metric.meaning for metric in DEFAULTS}
    given = {each.term: each.meaning for each in body}
    own = {term: text for term, text in given.items() if built_in.get(term) != text}
    own |= {term: "" for term in built_in if term not in given}
    async with transaction() as session:
        terms = [ChartMetric(term=term, meaning=text) for term, text in own.items()]
        await queries.replace_metrics(session, terms)
    return await list_metrics()


@charts.get("/examples")
async def list_examples() -> list[ExampleOut]:
    """List the questions that operators have verified."""
    async with transaction() as session:
        return [_example(row) for row in await queries.examples(session)]


@charts.post("/examples", status_code=201)
async def verify(body: ExampleIn, caller: CurrentCaller) -> ExampleOut:
    """Say that a chart answers a question right: it will be used for the same question."""
    await saved.checked(body.chart)
    row = ChartExample(
        question=body.question,
        spec=body.chart.model_dump_json(),
        verified_by=caller.name,
        verified_at=utc_naive(),
    )
    async with transaction() as session:
        session.add(row)
        await session.flush()
        return _example(row)


@charts.delete("/examples/{example_id}", status_code=204)
async def forget_example(example_id: int) -> None:
    """Forget a verified question."""
    async with transaction() as session:
        row = await session.get(ChartExample, example_id)
        if row is None:
            raise NoSuchExample(example=example_id)
        await session.delete(row)


@schema.get("/tables")
async def list_tables(*, fresh: bool = False) -> TablesOut:
    """Describe every table of the CRM: columns, labels, figures; five minutes old at most."""
    tables = await ChartService().get_tables_info(fresh=fresh)
    digest = fingerprint(await tables_of_crm())
    return TablesOut.model_validate({"tables": tables, "fingerprint": digest})


@schema.get("/describe")
async def describe(
    language: Language = "ru", *, refresh: Annotated[bool, Query()] = False
) -> DescriptionOut:
    """Describe the schema as Markdown; a model is asked once for each state of the schema.

    Without a model the description is put together from the metadata.
    """
    available = is_configured(get_settings())
    kept = None if refresh else await descriptions.kept(language)
    if kept is None and available:
        async for _piece in AIService().describe(language):
            pass
        kept = await descriptions.kept(language)
    if kept is None:
        text = await descriptions.without_model(language)
        return DescriptionOut(
            markdown=text, written_by="", written_at=None, model_available=available
        )
    return DescriptionOut(
        markdown=kept.markdown,
        written_by=kept.written_by,
        written_at=kept.written_at,
        model_available=available,
    )


@schema.get("/describe/stream", response_class=EventSourceResponse)
async def describe_stream(language: Language = "ru") -> AsyncIterator[ServerSentEvent]:
    """Have a model describe the schema anew: ``text`` … while it writes, ``done`` or ``error``."""
    try:
        async for piece in AIService().describe(language):
            yield ServerSentEvent(event="text", data=piece)
        yield ServerSentEvent(event="done", data="")
    except AppError as error:
        yield _failure(error)


def _failure(error: AppError) -> ServerSentEvent:
    told = {"error": error.code, "message": str(error), "detail": None}
    return ServerSentEvent(event="error", data=told)


def _shown(drawn: Drawn) -> GenerateOut:
    answer = drawn.answer and data_of(drawn.answer, at=utc_naive())
    return GenerateOut(
        chart=drawn.spec,
        data=answer and DataOut.model_validate(answer, from_attributes=True),
        clarification=drawn.clarification,
        corrections=drawn.corrections,
        verified=drawn.verified,
    )


def _example(row: ChartExample) -> ExampleOut:
    return ExampleOut(
        id=row.id,
        question=row.question,
        chart=ChartSpec.model_validate_json(row.spec),
        verified_by=row.verified_by,
        verified_at=row.verified_at,
    )
