"""The operator's door to what a language model does: charts from questions, the schema in words."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bridge24.charts import descriptions, queries, saved
from bridge24.charts.ai import AIService
from bridge24.charts.describe import tables_of_crm
from bridge24.charts.execute import until_gone
from bridge24.charts.generate import Drawn, Stage
from bridge24.charts.knowledge.structure import fingerprint
from bridge24.charts.models import ChartExample
from bridge24.charts.saved import data_of
from bridge24.charts.schemas import (
    DataOut,
    DescriptionOut,
    ExampleIn,
    ExampleOut,
    GenerateIn,
    GenerateOut,
    Id,
    Language,
    TablesOut,
)
from bridge24.charts.service import ChartService
from bridge24.charts.spec import ChartSpec
from bridge24.core.auth import Role
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, NotFound, Told, told, told_facts
from bridge24.core.llm import ModelError
from bridge24.core.llm.connected import is_configured
from bridge24.core.settings import get_settings
from bridge24.core.web import ToldOut
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

    def ended(done: asyncio.Task[Drawn]) -> None:
        # Asked for here as well: whoever asked may be gone.
        _ = done.cancelled() or done.exception()
        stages.put_nowait(None)

    work.add_done_callback(ended)
    try:
        while (stage := await stages.get()) is not None:
            yield ServerSentEvent(event="stage", data=stage.value)
        yield ServerSentEvent(event="done", data=_shown(work.result()))
    except AppError as error:
        yield _failure(error)
    finally:
        work.cancel()


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
async def forget_example(example_id: Id) -> None:
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
async def describe(caller: CurrentCaller, language: Language = "ru") -> DescriptionOut:
    """Describe the schema as Markdown: a model is asked once for each state of the schema.

    It costs money, so only operators have it asked. Viewers get what it wrote of this state,
    and where there is nothing of it, or no model, or one that fails, everybody gets a
    description put together from the metadata.
    """
    kept = await descriptions.kept(language)
    if kept is None and caller.role.allows(Role.OPERATOR):
        return await _described(language, failed=await _written(language))
    return await _described(language)


@schema.post("/describe")
async def describe_anew(language: Language = "ru") -> DescriptionOut:
    """Have a model describe the schema anew, though nothing has changed."""
    return await _described(language, failed=await _written(language, again=True))


@schema.post("/describe/stream", response_class=EventSourceResponse)
async def describe_stream(language: Language = "ru") -> AsyncIterator[ServerSentEvent]:
    """Have a model describe the schema anew: ``text`` … while it writes, ``done`` or ``error``."""
    try:
        async for piece in AIService().describe(language):
            yield ServerSentEvent(event="text", data=piece)
        yield ServerSentEvent(event="done", data="")
    except AppError as error:
        yield _failure(error)


async def _written(language: Language, *, again: bool = False) -> Told | None:
    """Have a model describe the schema, where there is one; why it did not."""
    if not is_configured(get_settings()):
        return None
    try:
        await descriptions.write_once(AIService().describe(language), language, again=again)
    except ModelError as error:
        return told(error)
    return None


async def _described(language: Language, *, failed: Told | None = None) -> DescriptionOut:
    kept = await descriptions.kept(language)
    return DescriptionOut(
        markdown=kept.markdown if kept else await descriptions.without_model(language),
        written_by=kept.written_by if kept else "",
        written_at=kept.written_at if kept else None,
        model_available=is_configured(get_settings()),
        error=failed and ToldOut.model_validate(failed),
    )


def _failure(error: AppError) -> ServerSentEvent:
    told_of = {"error": error.code, "message": str(error), "detail": told_facts(error)}
    return ServerSentEvent(event="error", data=told_of)


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
