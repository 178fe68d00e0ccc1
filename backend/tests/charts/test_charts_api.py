"""Charts through the API: saved, shown, pinned, exported, refused where they must be."""

import csv
import io
import zipfile
from datetime import timedelta

import httpx2
import pytest
from charts_api import CHART, REVENUE, run_sql, saved
from sqlalchemy import text

from bridge24.charts import tasks
from bridge24.core.db import connection

PERIOD = {"name": "start", "kind": "date", "label": "С", "default": "2026-01-01"}
BY_DATE = {
    **CHART,
    "sql": "SELECT COUNT(*) AS deals FROM crm_deals WHERE closedate >= :start AND _deleted_at "
    "IS NULL",
    "chart_type": "number",
    "x": None,
    "series": [{"column": "deals", "label": "Сделки"}],
    "parameters": [PERIOD],
}


async def test_a_saved_chart_is_listed_pinned_first_and_shown_from_what_is_kept(
    charts: httpx2.AsyncClient,
) -> None:
    first, second = await saved(charts), await saved(charts)
    assert (await charts.post(f"/api/v1/charts/{first}/pin")).json() == {
        "id": first,
        "pinned": True,
    }
    listed = (await charts.get("/api/v1/charts/list?per_page=1")).json()
    assert (listed["total"], [chart["id"] for chart in listed["charts"]]) == (2, [first])

    shown = await charts.get(f"/api/v1/charts/{second}/data")
    assert shown.json()["rows"] == REVENUE
    await run_sql("UPDATE crm_deals SET opportunity = 6 WHERE id = 3")
    kept = await charts.get(
        f"/api/v1/charts/{second}/data", headers={"If-None-Match": shown.headers["ETag"]}
    )
    assert kept.status_code == 304
    forced = await charts.get(f"/api/v1/charts/{second}/data?force=true")
    assert forced.json()["rows"][1]["revenue"] == 6
    assert forced.headers["ETag"] != shown.headers["ETag"]


async def test_a_dashboard_opens_with_the_last_answer_however_old(
    charts: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await saved(charts)
    path = f"/api/v1/charts/{chart}/data"
    first = (await charts.get(f"{path}?kept=true")).json()  # there is none yet: it is made
    monkeypatch.setattr("bridge24.charts.saved.KEPT", timedelta(0))
    await run_sql("UPDATE crm_deals SET opportunity = 6 WHERE id = 3")
    assert (await charts.get(f"{path}?kept=true")).json() == first
    assert (await charts.get(path)).json()["rows"][1]["revenue"] == 6


async def test_a_column_that_is_gone_is_named_and_the_last_answer_stays(
    charts: httpx2.AsyncClient,
) -> None:
    chart = await saved(charts)
    await charts.get(f"/api/v1/charts/{chart}/data")
    await run_sql("ALTER TABLE crm_deals DROP COLUMN opportunity")
    told = (await charts.get(f"/api/v1/charts/{chart}/data?force=true")).json()
    assert told["rows"] == REVENUE
    assert told["error"]["code"] == "ColumnGone"
    assert "opportunity" in told["error"]["facts"]["reason"]
    fresh = await saved(charts)
    response = await charts.get(f"/api/v1/charts/{fresh}/data")
    assert (response.status_code, response.json()["error"]) == (409, "ColumnGone")


async def test_parameters_are_bound_and_checked(charts: httpx2.AsyncClient) -> None:
    chart = await saved(charts, BY_DATE)
    path = f"/api/v1/charts/{chart}/data"
    assert (await charts.get(path)).json()["rows"] == [{"deals": 2}]
    assert (await charts.get(f"{path}?start=2026-02-15")).json()["rows"] == [{"deals": 1}]
    hostile = await charts.get(path, params={"start": "2026-01-01' OR 1=1 --"})
    assert (hostile.status_code, hostile.json()["error"]) == (422, "BadParameter")
    assert (await charts.get(f"{path}?other=1")).json()["error"] == "NoSuchParameter"


async def test_another_default_of_a_parameter_asks_anew(charts: httpx2.AsyncClient) -> None:
    chart = await saved(charts, BY_DATE)
    path = f"/api/v1/charts/{chart}"
    first = await charts.get(f"{path}/data")
    named = await charts.get(f"{path}/data?start=2026-01-01")
    assert named.headers["ETag"] == first.headers["ETag"]  # the kept answer
    later = {**BY_DATE, "parameters": [{**PERIOD, "default": "2026-02-15"}]}
    await charts.patch(path, json={"chart": later})
    assert (await charts.get(f"{path}/data")).json()["rows"] == [{"deals": 1}]


async def test_an_answer_without_what_the_chart_draws_is_said_to_lack_it(
    charts: httpx2.AsyncClient,
) -> None:
    drawn = [{"column": "opportunity", "label": "Сумма"}]
    everything = {**CHART, "sql": "SELECT * FROM crm_deals", "x": "title", "series": drawn}
    chart = await saved(charts, everything)
    assert (await charts.get(f"/api/v1/charts/{chart}/data")).json()["error"] is None
    await run_sql("ALTER TABLE crm_deals DROP COLUMN opportunity")
    told = (await charts.get(f"/api/v1/charts/{chart}/data?force=true")).json()
    assert "no column opportunity" in told["error"]["message"] and len(told["rows"]) == 4
    fresh = await charts.get(f"/api/v1/charts/{await saved(charts, everything)}/data")
    assert (fresh.status_code, fresh.json()["error"]) == (409, "ChartMisfit")


async def test_a_chart_is_changed_copied_and_deleted(charts: httpx2.AsyncClient) -> None:
    chart = await saved(charts)
    await charts.get(f"/api/v1/charts/{chart}/data")
    changed = await charts.patch(
        f"/api/v1/charts/{chart}", json={"chart": BY_DATE, "refresh_minutes": 30}
    )
    assert (changed.json()["refresh_minutes"], changed.json()["result_at"]) == (30, None)
    copy = (await charts.post(f"/api/v1/charts/{chart}/duplicate")).json()
    assert copy["chart"] == changed.json()["chart"]
    assert (await charts.delete(f"/api/v1/charts/{chart}")).status_code == 204
    gone = await charts.get(f"/api/v1/charts/{chart}/data")
    assert (gone.status_code, gone.json()["error"]) == (404, "NoSuchChart")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("POST", "save", {}),
        ("POST", "run", {}),
        ("POST", "examples", {"question": "?"}),
        ("POST", "records", {"where": {}}),
        ("PATCH", "{chart}", {}),
    ],
)
async def test_every_path_goes_through_the_one_gate(
    charts: httpx2.AsyncClient, method: str, path: str, more: dict[str, object]
) -> None:
    address = f"/api/v1/charts/{path.format(chart=await saved(charts))}"
    for sql in ("SELECT 1; DROP TABLE crm_deals", "SELECT id FROM crm_deals FOR UPDATE"):
        body = {"chart": {**CHART, "sql": sql}, **more}
        response = await charts.request(method, address, json=body)
        assert response.status_code == 422, (sql, response.text)
        assert response.json()["error"] in {"NotOneStatement", "ForbiddenConstruct"}, sql


async def test_a_saved_query_is_checked_again_at_every_run(charts: httpx2.AsyncClient) -> None:
    chart = await saved(charts)
    hostile = CHART["sql"].replace("crm_deals", "ai_charts")  # type: ignore[attr-defined]
    async with connection() as conn:
        await conn.execute(
            text("UPDATE ai_charts SET spec = REPLACE(spec, 'crm_deals', 'ai_charts')")
        )
    assert "ai_charts" in hostile
    response = await charts.get(f"/api/v1/charts/{chart}/data")
    assert (response.status_code, response.json()["error"]) == (422, "ForbiddenTable")


async def test_the_editor_is_told_why_a_query_will_not_do(charts: httpx2.AsyncClient) -> None:
    good = (await charts.post("/api/v1/charts/check", json={"sql": CHART["sql"]})).json()
    assert (good["ok"], good["tables"]) == (True, ["crm_deals"])
    bad = (await charts.post("/api/v1/charts/check", json={"sql": "SELECT * FROM users"})).json()
    assert (bad["ok"], bad["error"]) == (False, "ForbiddenTable")


async def test_the_records_behind_a_bar_lead_to_their_cards(
    charts: httpx2.AsyncClient,
) -> None:
    body = {"chart": CHART, "where": {"manager": 7}}
    told = (await charts.post("/api/v1/charts/records", json=body)).json()
    assert [record["id"] for record in told["records"]] == [2, 1]
    assert told["records"][0]["url"] == "https://acme.bitrix24.ru/crm/deal/details/2/"
    assert "secret123" not in str(told)
    summed = {"chart": CHART, "where": {"revenue": 5}}
    refused = await charts.post("/api/v1/charts/records", json=summed)
    assert refused.json()["error"] == "NoRecords"


async def test_exports_keep_numbers_and_defuse_formulas(charts: httpx2.AsyncClient) -> None:
    plain = {
        **CHART,
        "sql": "SELECT title, opportunity AS revenue FROM crm_deals WHERE _deleted_at IS NULL "
        "ORDER BY id",
        "chart_type": "table",
        "x": None,
    }
    chart = await saved(charts, plain)
    path = f"/api/v1/charts/{chart}/export"
    content = (await charts.get(f"{path}?kind=csv")).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content)))[:2] == [
        ["title", "revenue"],
        ["'=cmd()", "100.1"],
    ]
    assert (await charts.get(f"{path}?kind=json")).json()[0]["title"] == "=cmd()"
    book = await charts.get(f"{path}?kind=xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<v>100.1</v>" in sheet


async def test_the_dashboard_keeps_the_order_it_was_given(charts: httpx2.AsyncClient) -> None:
    pinned = [await saved(charts) for _ in range(3)]
    for chart in pinned:
        await charts.post(f"/api/v1/charts/{chart}/pin")
    await charts.put("/api/v1/charts/order", json={"ids": pinned[::-1]})
    listed = (await charts.get("/api/v1/charts/list")).json()["charts"]
    assert [chart["id"] for chart in listed] == pinned[::-1]


async def test_the_worker_refreshes_charts_by_their_interval(
    charts: httpx2.AsyncClient,
) -> None:
    body = {"chart": CHART, "refresh_minutes": 15}
    chart = (await charts.post("/api/v1/charts/save", json=body)).json()["id"]
    await saved(charts)
    (schedule,) = await tasks.schedules()
    assert schedule.arguments == {"chart_id": chart}
    await tasks.refresh(chart)
    assert (await charts.get(f"/api/v1/charts/{chart}")).json()["result_at"] is not None
