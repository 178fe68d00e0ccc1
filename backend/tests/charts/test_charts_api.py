"""Charts through the API: asked, saved, shown, pinned, exported, on a real mirror."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from bridge24 import api
from bridge24.canned import CannedModel, Rule
from bridge24.charts import tasks
from bridge24.charts.pool import close_charts
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.llm import close_model
from bridge24.core.settings import Settings, get_settings
from bridge24.core.tables import migrate

CHART = {
    "title": "Сделки по менеджерам",
    "sql": "SELECT assigned_by_id AS manager, SUM(opportunity) AS revenue FROM crm_deals "
    "WHERE _deleted_at IS NULL GROUP BY assigned_by_id ORDER BY manager",
    "chart_type": "bar",
    "x": "manager",
    "series": [{"column": "revenue", "label": "Выручка", "format": "money", "currency": "RUB"}],
}
BY_DATE = {
    **CHART,
    "sql": "SELECT COUNT(*) AS deals FROM crm_deals WHERE closedate >= :start AND _deleted_at "
    "IS NULL",
    "chart_type": "number",
    "x": None,
    "series": [{"column": "deals", "label": "Сделки"}],
    "parameters": [{"name": "start", "kind": "date", "label": "С", "default": "2026-01-01"}],
}
TABLE = (
    "CREATE TABLE crm_deals (id BIGINT PRIMARY KEY, title VARCHAR(255), opportunity "
    "NUMERIC(18,2), assigned_by_id BIGINT, closedate DATE, _synced_at TIMESTAMP NULL, "
    "_deleted_at TIMESTAMP NULL)"
)
ROWS = (
    "INSERT INTO crm_deals VALUES (1, '=cmd()', 100.10, 7, '2026-02-01', NULL, NULL), "
    "(2, 'B', 0.20, 7, '2025-02-01', NULL, NULL), (3, 'C', 5, 8, '2026-03-01', NULL, NULL), "
    "(4, 'gone', 900, 8, '2026-03-01', NULL, '2026-03-02 00:00:00')"
)
REVENUE = [{"manager": 7, "revenue": 100.3}, {"manager": 8, "revenue": 5}]


@pytest.fixture
async def model() -> AsyncIterator[CannedModel]:
    async with CannedModel([Rule("", {"chart": CHART})]) as running:
        yield running


@pytest.fixture
async def http(
    database: str, model: CannedModel, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", "https://acme.bitrix24.ru/rest/1/secret123/")
    get_settings.cache_clear()
    await init_db(Settings(database_url=SecretStr(database)))
    await migrate()
    async with connection() as conn:
        await conn.execute(text(TABLE))
        await conn.execute(text(ROWS))
    transport = httpx2.ASGITransport(app=api.build(FastAPI()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await close_model()
    await close_charts()
    await close_db()
    get_settings.cache_clear()


async def saved(http: httpx2.AsyncClient, chart: dict[str, object] = CHART) -> int:
    response = await http.post("/api/v1/charts/save", json={"chart": chart, "prompt": "?"})
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def run_sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


async def test_a_question_becomes_a_chart_with_its_data(http: httpx2.AsyncClient) -> None:
    body = {"prompt": "Выручка по менеджерам", "language": "ru"}
    told = (await http.post("/api/v1/charts/generate", json=body)).json()
    assert told["chart"]["title"] == "Сделки по менеджерам"
    assert told["data"]["rows"] == REVENUE


async def test_the_model_is_told_of_tables_terms_and_days_but_no_value_of_a_person(
    http: httpx2.AsyncClient, model: CannedModel
) -> None:
    await http.post("/api/v1/charts/generate", json={"prompt": "Выручка"})
    told = model.requests[0]["messages"][0]["content"]
    for wanted in ("crm_deals", "opportunity", "won deal", "This quarter"):
        assert wanted in told
    assert "cmd()" not in told


async def test_the_stages_are_told_while_one_waits(http: httpx2.AsyncClient) -> None:
    response = await http.post("/api/v1/charts/generate/stream", json={"prompt": "Выручка"})
    events = [line[7:] for line in response.text.splitlines() if line.startswith("event: ")]
    assert events == ["stage", "stage", "stage", "done"]
    assert '"understanding"' in response.text and '"running"' in response.text


async def test_a_hostile_answer_of_the_model_never_reaches_the_database(
    http: httpx2.AsyncClient, model: CannedModel
) -> None:
    model.rules = [Rule("", {"chart": {**CHART, "sql": "DELETE FROM crm_deals"}})]
    response = await http.post("/api/v1/charts/generate", json={"prompt": "Удали всё"})
    assert (response.status_code, response.json()["error"]) == (422, "NoChart")
    async with connection() as conn:
        assert await conn.scalar(text("SELECT COUNT(*) FROM crm_deals")) == 4


async def test_a_verified_question_needs_no_model(
    http: httpx2.AsyncClient, model: CannedModel
) -> None:
    example = {"question": "Выручка менеджеров по кварталам", "chart": CHART}
    kept = await http.post("/api/v1/charts/examples", json=example)
    assert kept.status_code == 201
    body = {"prompt": "выручка по кварталам у менеджеров?"}
    told = (await http.post("/api/v1/charts/generate", json=body)).json()
    assert (told["verified"], told["data"]["rows"]) == (True, REVENUE)
    assert model.requests == []
    await http.delete(f"/api/v1/charts/examples/{kept.json()['id']}")
    assert (await http.get("/api/v1/charts/examples")).json() == []


async def test_without_a_model_only_the_generation_says_what_is_missing(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    get_settings.cache_clear()
    response = await http.post("/api/v1/charts/generate", json={"prompt": "Выручка"})
    assert (response.status_code, response.json()["error"]) == (409, "ModelNotConfigured")
    described = (await http.get("/api/v1/schema/describe?language=en")).json()
    assert "`crm_deals`" in described["markdown"]
    assert (described["written_by"], described["model_available"]) == ("", False)


async def test_a_saved_chart_is_listed_pinned_first_and_shown_from_what_is_kept(
    http: httpx2.AsyncClient,
) -> None:
    first, second = await saved(http), await saved(http)
    assert (await http.post(f"/api/v1/charts/{first}/pin")).json() == {"id": first, "pinned": True}
    listed = (await http.get("/api/v1/charts/list?per_page=1")).json()
    assert (listed["total"], [chart["id"] for chart in listed["charts"]]) == (2, [first])

    shown = await http.get(f"/api/v1/charts/{second}/data")
    assert shown.json()["rows"] == REVENUE
    await run_sql("UPDATE crm_deals SET opportunity = 6 WHERE id = 3")
    kept = await http.get(
        f"/api/v1/charts/{second}/data", headers={"If-None-Match": shown.headers["ETag"]}
    )
    assert kept.status_code == 304
    forced = await http.get(f"/api/v1/charts/{second}/data?force=true")
    assert forced.json()["rows"][1]["revenue"] == 6
    assert forced.headers["ETag"] != shown.headers["ETag"]


async def test_a_column_that_is_gone_is_named_and_the_last_answer_stays(
    http: httpx2.AsyncClient,
) -> None:
    chart = await saved(http)
    await http.get(f"/api/v1/charts/{chart}/data")
    await run_sql("ALTER TABLE crm_deals DROP COLUMN opportunity")
    told = (await http.get(f"/api/v1/charts/{chart}/data?force=true")).json()
    assert told["rows"] == REVENUE
    assert "opportunity" in told["error"] and "not there" in told["error"]
    fresh = await saved(http)
    response = await http.get(f"/api/v1/charts/{fresh}/data")
    assert (response.status_code, response.json()["error"]) == (409, "ColumnGone")


async def test_parameters_are_bound_and_checked(http: httpx2.AsyncClient) -> None:
    chart = await saved(http, BY_DATE)
    path = f"/api/v1/charts/{chart}/data"
    assert (await http.get(path)).json()["rows"] == [{"deals": 2}]
    assert (await http.get(f"{path}?start=2026-02-15")).json()["rows"] == [{"deals": 1}]
    hostile = await http.get(path, params={"start": "2026-01-01' OR 1=1 --"})
    assert (hostile.status_code, hostile.json()["error"]) == (422, "BadParameter")
    assert (await http.get(f"{path}?other=1")).json()["error"] == "NoSuchParameter"


async def test_a_chart_is_changed_copied_and_deleted(http: httpx2.AsyncClient) -> None:
    chart = await saved(http)
    await http.get(f"/api/v1/charts/{chart}/data")
    changed = await http.patch(
        f"/api/v1/charts/{chart}", json={"chart": BY_DATE, "refresh_minutes": 30}
    )
    assert (changed.json()["refresh_minutes"], changed.json()["result_at"]) == (30, None)
    copy = (await http.post(f"/api/v1/charts/{chart}/duplicate")).json()
    assert copy["chart"] == changed.json()["chart"]
    assert (await http.delete(f"/api/v1/charts/{chart}")).status_code == 204
    gone = await http.get(f"/api/v1/charts/{chart}/data")
    assert (gone.status_code, gone.json()["error"]) == (404, "NoSuchChart")


@pytest.mark.parametrize("path", ["save", "run", "examples"])
async def test_every_path_goes_through_the_one_gate(http: httpx2.AsyncClient, path: str) -> None:
    hostile = {**CHART, "sql": "SELECT 1; DROP TABLE crm_deals"}
    body = {"chart": hostile, **({"question": "?"} if path == "examples" else {})}
    response = await http.post(f"/api/v1/charts/{path}", json=body)
    assert response.status_code == 422
    assert response.json()["error"] == "NotOneStatement"


async def test_a_saved_query_is_checked_again_at_every_run(http: httpx2.AsyncClient) -> None:
    chart = await saved(http)
    hostile = CHART["sql"].replace("crm_deals", "ai_charts")  # type: ignore[attr-defined]
    async with connection() as conn:
        await conn.execute(
            text("UPDATE ai_charts SET spec = REPLACE(spec, 'crm_deals', 'ai_charts')")
        )
    assert "ai_charts" in hostile
    response = await http.get(f"/api/v1/charts/{chart}/data")
    assert (response.status_code, response.json()["error"]) == (422, "ForbiddenTable")


async def test_the_editor_is_told_why_a_query_will_not_do(http: httpx2.AsyncClient) -> None:
    good = (await http.post("/api/v1/charts/check", json={"sql": CHART["sql"]})).json()
    assert (good["ok"], good["tables"]) == (True, ["crm_deals"])
    bad = (await http.post("/api/v1/charts/check", json={"sql": "SELECT * FROM users"})).json()
    assert (bad["ok"], bad["error"]) == (False, "ForbiddenTable")


async def test_the_records_behind_a_bar_lead_to_their_cards(http: httpx2.AsyncClient) -> None:
    body = {"chart": CHART, "where": {"manager": 7}}
    told = (await http.post("/api/v1/charts/records", json=body)).json()
    assert [record["id"] for record in told["records"]] == [2, 1]
    assert told["records"][0]["url"] == "https://acme.bitrix24.ru/crm/deal/details/2/"
    assert "secret123" not in str(told)
    summed = {"chart": CHART, "where": {"revenue": 5}}
    refused = await http.post("/api/v1/charts/records", json=summed)
    assert refused.json()["error"] == "NoRecords"


async def test_exports_keep_numbers_and_defuse_formulas(http: httpx2.AsyncClient) -> None:
    plain = {
        **CHART,
        "sql": "SELECT title, opportunity AS revenue FROM crm_deals WHERE _deleted_at IS NULL "
        "ORDER BY id",
        "chart_type": "table",
        "x": None,
    }
    chart = await saved(http, plain)
    path = f"/api/v1/charts/{chart}/export"
    content = (await http.get(f"{path}?kind=csv")).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content)))[:2] == [
        ["title", "revenue"],
        ["'=cmd()", "100.1"],
    ]
    assert (await http.get(f"{path}?kind=json")).json()[0]["title"] == "=cmd()"
    book = await http.get(f"{path}?kind=xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<v>100.1</v>" in sheet


async def test_the_dashboard_keeps_the_order_it_was_given(http: httpx2.AsyncClient) -> None:
    charts = [await saved(http) for _ in range(3)]
    for chart in charts:
        await http.post(f"/api/v1/charts/{chart}/pin")
    await http.put("/api/v1/charts/order", json={"ids": charts[::-1]})
    listed = (await http.get("/api/v1/charts/list")).json()["charts"]
    assert [chart["id"] for chart in listed] == charts[::-1]


async def test_the_worker_refreshes_charts_by_their_interval(http: httpx2.AsyncClient) -> None:
    body = {"chart": CHART, "refresh_minutes": 15}
    chart = (await http.post("/api/v1/charts/save", json=body)).json()["id"]
    await saved(http)
    (schedule,) = await tasks.schedules()
    assert schedule.arguments == {"chart_id": chart}
    await tasks.refresh(chart)
    assert (await http.get(f"/api/v1/charts/{chart}")).json()["result_at"] is not None


async def test_terms_are_edited_in_place_of_the_built_in_ones(
    http: httpx2.AsyncClient, model: CannedModel
) -> None:
    terms = (await http.get("/api/v1/charts/metrics")).json()
    kept = [{"term": each["term"], "meaning": each["meaning"]} for each in terms[1:]]
    kept.append({"term": "VIP", "meaning": "opportunity > 1000000"})
    told = (await http.put("/api/v1/charts/metrics", json=kept)).json()
    assert terms[0]["term"] not in [each["term"] for each in told]
    assert [each["term"] for each in told if each["own"]] == ["VIP"]
    await http.post("/api/v1/charts/generate", json={"prompt": "VIP сделки"})
    assert "opportunity > 1000000" in model.requests[0]["messages"][0]["content"]


async def test_the_schema_is_told_and_described_once_for_each_state(
    http: httpx2.AsyncClient, model: CannedModel
) -> None:
    tables = (await http.get("/api/v1/schema/tables")).json()["tables"]
    (deals,) = [table for table in tables if table["name"] == "crm_deals"]
    assert deals["rows"] == 4
    model.rules = [Rule("", "# База\nСделки.")]
    for _ in range(2):
        told = (await http.get("/api/v1/schema/describe")).json()
        assert told["markdown"] == "# База\nСделки."
    assert len(model.requests) == 1
    await run_sql("ALTER TABLE crm_deals ADD COLUMN uf_crm_1 VARCHAR(10)")
    await http.get("/api/v1/schema/describe")
    assert len(model.requests) == 2
    streamed = await http.get("/api/v1/schema/describe/stream")
    assert streamed.text.count("event: text") > 1 and "event: done" in streamed.text
