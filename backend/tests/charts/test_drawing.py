"""From a question to a chart: what is asked of the model, and what is mended."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from bridge24.canned import CannedModel, Rule
from bridge24.charts.errors import QueryFailed, QueryRefused, QueryTimedOut
from bridge24.charts.execute import Answer
from bridge24.charts.generate import Drawn, NoChart, Stage, draw
from bridge24.charts.spec import ChartSpec
from bridge24.charts.values import Json
from bridge24.core.db import close_db, init_db
from bridge24.core.llm.accounting import Prices
from bridge24.core.llm.provider import OpenAIModel
from bridge24.core.settings import Settings

GOOD = {
    "title": "Выручка",
    "sql": "SELECT good",
    "chart_type": "bar",
    "x": "manager",
    "series": [{"column": "revenue", "label": "Выручка", "format": "money"}],
}


def gave(*rows: dict[str, Json]) -> Answer:
    return Answer(["manager", "revenue"], list(rows), seconds=0.1, truncated=False, warnings=[])


ROWS = gave({"manager": "Анна", "revenue": "10.00"})
NOTHING = gave()


def says(sql: str = "SELECT good", **more: object) -> dict[str, object]:
    return {"chart": {**GOOD, "sql": sql, **more}}


@pytest.fixture
async def server(migrated_pg_url: str) -> AsyncIterator[CannedModel]:
    await init_db(Settings(database_url=SecretStr(migrated_pg_url)))
    async with CannedModel() as running:
        yield running
    await close_db()


@pytest.fixture
async def drawn(server: CannedModel) -> AsyncIterator[Callable[..., object]]:
    model = OpenAIModel(
        key="k",
        base_url=server.base_url,
        model="canned",
        embedding_model="canned",
        seconds=5,
        side_by_side=1,
        prices=Prices(),
    )

    async def ask(run: object, **more: object) -> Drawn:
        return await draw(
            model,
            "Выручка по менеджерам",
            context="Tables: none",
            language="Russian",
            run=run,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )

    yield ask
    await model.close()


async def runs(spec: ChartSpec) -> Answer:
    if spec.sql == "SELECT good":
        return ROWS
    if spec.sql == "SELECT nothing":
        return NOTHING
    raise QueryFailed(reason=f"there is no {spec.sql}")


async def test_a_good_query_is_drawn_and_every_stage_is_told(server, drawn) -> None:
    server.rules = [Rule("Выручка", says())]
    stages: list[Stage] = []
    found = await drawn(runs, tell=stages.append)
    assert (found.spec.title, found.answer, found.corrections) == ("Выручка", ROWS, 0)
    assert stages == [Stage.WRITING, Stage.RUNNING]


async def test_a_failed_query_is_shown_to_the_model_with_the_error(server, drawn) -> None:
    server.rules = [
        Rule("query failed: The database could not run the query: there is no SELECT bad", says()),
        Rule("Выручка", says("SELECT bad")),
    ]
    found = await drawn(runs)
    assert (found.answer, found.corrections) == (ROWS, 1)


async def test_columns_that_are_not_in_the_answer_are_mended(server, drawn) -> None:
    server.rules = [
        Rule("no column sales; it has manager, revenue", says()),
        Rule("Выручка", says(x="sales")),
    ]
    assert (await drawn(runs)).corrections == 1


async def test_an_empty_answer_is_looked_at_again_and_then_believed(server, drawn) -> None:
    server.rules = [Rule("", says("SELECT nothing"))]
    found = await drawn(runs)
    assert (found.answer, found.corrections) == (NOTHING, 2)
    assert "returns no row" in server.requests[-1]["messages"][-1]["content"]


async def test_an_empty_answer_is_better_than_the_failures_after_it(server, drawn) -> None:
    server.rules = [
        Rule("returns no row|failed", says("SELECT bad")),
        Rule("", says("SELECT nothing")),
    ]
    assert (await drawn(runs)).answer == NOTHING


async def test_a_query_that_never_runs_ends_with_the_last_reason(server, drawn) -> None:
    async def refuses(spec: ChartSpec) -> Answer:
        raise QueryRefused(reason="it writes")

    server.rules = [Rule("", says("DELETE"))]
    with pytest.raises(NoChart, match="it writes"):
        await drawn(refuses)
    assert len(server.requests) == 3


async def test_a_timeout_is_the_readers_to_know_and_not_the_models(server, drawn) -> None:
    async def slow(spec: ChartSpec) -> Answer:
        raise QueryTimedOut(seconds=5)

    server.rules = [Rule("", says())]
    with pytest.raises(QueryTimedOut):
        await drawn(slow)
    assert len(server.requests) == 1


async def test_a_question_back_is_handed_on(server, drawn) -> None:
    choices = {"question": "По дате создания или закрытия?", "choices": ["Создания", "Закрытия"]}
    server.rules = [Rule("", {"clarification": choices})]
    found = await drawn(runs)
    assert found.spec is None
    assert found.clarification.choices == ["Создания", "Закрытия"]


async def test_a_follow_up_shows_the_chart_it_refines(server, drawn) -> None:
    server.rules = [Rule("", says())]
    await drawn(runs, previous=ChartSpec.model_validate(GOOD))
    shown = json.loads(server.requests[0]["messages"][1]["content"])
    assert shown["chart"]["sql"] == "SELECT good"
    assert "Change the chart above" in server.requests[0]["messages"][2]["content"]
