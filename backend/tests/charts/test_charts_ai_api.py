"""Charts from questions and the schema in words, through the API, with a canned model."""

import httpx2
import pytest
from charts_api import CHART, REVENUE, run_sql
from sqlalchemy import text

from bridge24.canned import CannedModel, Rule
from bridge24.core.db import connection, get_dialect
from bridge24.core.settings import get_settings


async def test_a_question_becomes_a_chart_with_its_data(charts: httpx2.AsyncClient) -> None:
    body = {"prompt": "Выручка по менеджерам", "language": "ru"}
    told = (await charts.post("/api/v1/charts/generate", json=body)).json()
    assert told["chart"]["title"] == "Сделки по менеджерам"
    assert told["data"]["rows"] == REVENUE


async def test_the_model_is_told_of_tables_terms_and_days_but_no_value_of_a_person(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    await charts.post("/api/v1/charts/generate", json={"prompt": "Выручка"})
    told = chart_model.requests[0]["messages"][0]["content"]
    for wanted in ("crm_deals", "opportunity", "won deal", "This quarter"):
        assert wanted in told
    assert "cmd()" not in told
    assert ("DATE_TRUNC('month'" in told) == (get_dialect() == "postgresql")


async def test_the_stages_are_told_while_one_waits(charts: httpx2.AsyncClient) -> None:
    response = await charts.post("/api/v1/charts/generate/stream", json={"prompt": "Выручка"})
    events = [line[7:] for line in response.text.splitlines() if line.startswith("event: ")]
    assert events == ["stage", "stage", "stage", "done"]
    assert '"understanding"' in response.text and '"running"' in response.text


async def test_a_hostile_answer_of_the_model_never_reaches_the_database(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    chart_model.rules = [Rule("", {"chart": {**CHART, "sql": "DELETE FROM crm_deals"}})]
    response = await charts.post("/api/v1/charts/generate", json={"prompt": "Удали всё"})
    assert (response.status_code, response.json()["error"]) == (422, "NoChart")
    async with connection() as conn:
        assert await conn.scalar(text("SELECT COUNT(*) FROM crm_deals")) == 4


async def test_a_verified_question_needs_no_model(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    example = {"question": "Выручка менеджеров по кварталам", "chart": CHART}
    kept = await charts.post("/api/v1/charts/examples", json=example)
    assert kept.status_code == 201
    body = {"prompt": "выручка по кварталам у менеджеров?"}
    told = (await charts.post("/api/v1/charts/generate", json=body)).json()
    assert (told["verified"], told["data"]["rows"]) == (True, REVENUE)
    assert chart_model.requests == []
    await charts.delete(f"/api/v1/charts/examples/{kept.json()['id']}")
    assert (await charts.get("/api/v1/charts/examples")).json() == []


async def test_without_a_model_only_the_generation_says_what_is_missing(
    charts: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    get_settings.cache_clear()
    response = await charts.post("/api/v1/charts/generate", json={"prompt": "Выручка"})
    assert (response.status_code, response.json()["error"]) == (409, "ModelNotConfigured")
    described = (await charts.get("/api/v1/schema/describe?language=en")).json()
    assert "`crm_deals`" in described["markdown"]
    assert (described["written_by"], described["model_available"]) == ("", False)


async def test_the_schema_is_told_and_described_once_for_each_state(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    tables = (await charts.get("/api/v1/schema/tables")).json()["tables"]
    (deals,) = [table for table in tables if table["name"] == "crm_deals"]
    assert deals["rows"] == 4
    chart_model.rules = [Rule("", "# База\nСделки.")]
    for _ in range(2):
        told = (await charts.get("/api/v1/schema/describe")).json()
        assert told["markdown"] == "# База\nСделки."
    assert len(chart_model.requests) == 1
    await run_sql("ALTER TABLE crm_deals ADD COLUMN uf_crm_1 VARCHAR(10)")
    await charts.get("/api/v1/schema/describe")
    assert len(chart_model.requests) == 2
    streamed = await charts.post("/api/v1/schema/describe/stream")
    assert streamed.text.count("event: text") > 1 and "event: done" in streamed.text
    assert (await charts.post("/api/v1/schema/describe")).status_code == 200
    assert len(chart_model.requests) == 4


async def test_what_the_model_has_cost_is_told_by_day_and_purpose(
    charts: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for price in ("OPENAI_PROMPT_PRICE", "OPENAI_ANSWER_PRICE"):
        monkeypatch.setenv(price, "2")
    get_settings.cache_clear()
    for _ in range(2):
        await charts.post("/api/v1/charts/generate", json={"prompt": "Выручка по менеджерам"})
    told = (await charts.get("/api/v1/system/llm")).json()
    (day,) = told["days"]
    assert (told["configured"], day["purpose"], day["calls"], day["failed"]) == (
        True,
        "chart",
        2,
        0,
    )
    assert day["dollars"] == pytest.approx(2e-6 * (day["prompt_tokens"] + day["answer_tokens"]))
    assert day["prompt_tokens"] > 100


async def test_a_drawn_chart_may_have_a_period_and_a_person_to_choose(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    sql = (
        "SELECT title, opportunity FROM crm_deals WHERE _deleted_at IS NULL "
        "AND closedate >= :since AND title = COALESCE(:title, title) ORDER BY title"
    )
    parameters = [
        {"name": "since", "kind": "date", "label": "С", "default": "2026-01-01"},
        {"name": "title", "kind": "text", "label": "Название", "default": None},
    ]
    chart = {**CHART, "sql": sql, "x": "title", "parameters": parameters}
    series = [{"column": "opportunity", "label": "Сумма"}]
    chart_model.rules = [Rule("", {"chart": {**chart, "series": series}})]
    told = (await charts.post("/api/v1/charts/generate", json={"prompt": "Сделки"})).json()
    assert [row["title"] for row in told["data"]["rows"]] == ["=cmd()", "C"]
    asked = chart_model.requests[0]["messages"][0]["content"]
    assert "quarter_start" in asked and "COALESCE(:funnel, funnel)" in asked
