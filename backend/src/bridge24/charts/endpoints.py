"""The operator's door to charts."""

import asyncio

import orjson
from fastapi import APIRouter, Request, Response

from bridge24.charts import saved
from bridge24.charts.build import Choices, build
from bridge24.charts.describe import tables_of_crm
from bridge24.charts.errors import QueryRefused
from bridge24.charts.execute import check_chart_query, execute_chart_query, until_gone
from bridge24.charts.exports import MEDIA_TYPES, FileKind, exported
from bridge24.charts.models import AIChart
from bridge24.charts.parameters import values_of
from bridge24.charts.records import MOST_RECORDS, card_url, portal_of, records_query
from bridge24.charts.saved import ChartData, NoSuchChart
from bridge24.charts.schemas import (
    ChangeIn,
    ChartOut,
    ChartsOut,
    CheckIn,
    CheckOut,
    DataOut,
    Id,
    OrderIn,
    PinOut,
    RecordOut,
    RecordsIn,
    RecordsOut,
    RunIn,
    SaveIn,
)
from bridge24.charts.service import ChartService
from bridge24.charts.spec import ChartSpec
from bridge24.core.clock import today_in, utc_naive
from bridge24.core.db import get_dialect, transaction
from bridge24.core.errors import told_facts
from bridge24.core.settings import get_settings
from bridge24.operators.guard import CurrentCaller

router = APIRouter(prefix="/api/v1/charts", tags=["charts"])
service = ChartService()
MOST_PAGES = 1_000_000
OWN_PARAMETERS = frozenset({"force", "kept"})


@router.post("/save", status_code=201)
async def save(body: SaveIn, caller: CurrentCaller) -> ChartOut:
    """Keep a chart; its query is checked first."""
    kept = await service.save_chart({**body.model_dump(), "created_by": caller.name})
    return ChartOut.model_validate(kept)


@router.get("/list")
async def list_charts(page: int = 1, per_page: int = 20) -> ChartsOut:
    """List saved charts, pinned ones first; at most 100 a page."""
    page, per_page = min(MOST_PAGES, max(1, page)), min(100, max(1, per_page))
    charts, total = await service.get_charts(page, per_page)
    listed = [ChartOut.model_validate(chart) for chart in charts]
    return ChartsOut(charts=listed, total=total, page=page, per_page=per_page)


@router.post("/build")
async def build_chart(body: Choices) -> ChartSpec:
    """Make a chart of what was chosen in the builder, without any language model."""
    tables = {table.name: table for table in await tables_of_crm()}
    return build(body, tables, dialect=get_dialect())


@router.post("/check")
async def check(body: CheckIn) -> CheckOut:
    """Say whether a query may be run, and if not, why: for the editor, while one writes."""
    try:
        checked = await check_chart_query(body.sql, parameters=body.parameters)
    except QueryRefused as error:
        return CheckOut(ok=False, error=error.code, message=str(error), facts=told_facts(error))
    return CheckOut(ok=True, tables=sorted(checked.tables))


@router.post("/run", response_model=DataOut)
async def run(body: RunIn, request: Request) -> Response:
    """Run the query of a chart that is not saved; it stops when the reader goes away."""
    answer = await until_gone(saved.run(body.chart, body.parameters), request.is_disconnected)
    return _told(saved.data_of(answer, at=utc_naive()))


@router.post("/records")
async def records(body: RecordsIn) -> RecordsOut:
    """List the records behind a part of a chart, with their cards in the portal."""
    columns = {
        table.name: [column.name for column in table.columns] for table in await tables_of_crm()
    }
    table, sql, values = records_query(body.chart, body.where, columns, dialect=get_dialect())
    today = today_in(get_settings().charts_timezone)
    given = values_of(body.chart.parameters, body.parameters, today=today)
    answer = await execute_chart_query(sql, parameters={**given, **values})
    portal = portal_of(get_settings().bitrix_webhook_url)
    found = [(int(str(row["id"])), str(row["title"])) for row in answer.rows]
    listed = [
        RecordOut(id=number, title=title, url=card_url(portal, table, number))
        for number, title in found
    ]
    return RecordsOut(table=table, records=listed, truncated=len(listed) == MOST_RECORDS)


@router.put("/order", status_code=204)
async def put_in_order(body: OrderIn) -> None:
    """Put the charts of the dashboard into an order."""
    async with transaction() as session:
        await saved.arrange(session, body.ids)


@router.get("/{chart_id}")
async def one(chart_id: Id) -> ChartOut:
    """Tell one saved chart."""
    return ChartOut.model_validate(await service.get_chart(chart_id))


@router.patch("/{chart_id}")
async def change(chart_id: Id, body: ChangeIn) -> ChartOut:
    """Change a saved chart; what is not named stays."""
    changes = body.model_dump(exclude_unset=True)
    return ChartOut.model_validate(await service.change_chart(chart_id, changes))


@router.delete("/{chart_id}", status_code=204)
async def delete(chart_id: Id) -> None:
    """Delete a chart."""
    if not await service.delete_chart(chart_id):
        raise NoSuchChart(chart=chart_id)


@router.post("/{chart_id}/pin")
async def pin(chart_id: Id) -> PinOut:
    """Put a chart on the dashboard, or take it off."""
    return PinOut.model_validate(await service.toggle_pin(chart_id))


@router.post("/{chart_id}/duplicate", status_code=201)
async def duplicate(chart_id: Id, caller: CurrentCaller) -> ChartOut:
    """Make a copy of a chart."""
    return ChartOut.model_validate(await service.duplicate_chart(chart_id, by=caller.name))


@router.get("/{chart_id}/data", response_model=DataOut, responses={304: {"model": None}})
async def data(
    chart_id: Id, request: Request, *, force: bool = False, kept: bool = False
) -> Response:
    """Give a chart's answer: the kept one while it is fresh, else a new one.

    With ``kept`` the last answer is given at once, however old, where there is one; with
    ``force`` always a new one. Every other query parameter is a parameter of the chart.
    ``ETag`` names the answer.
    """
    chosen = {
        name: value for name, value in request.query_params.items() if name not in OWN_PARAMETERS
    }
    age = saved.Age.NEW if force else saved.Age.ANY if kept else saved.Age.FRESH
    work = saved.data(chart_id, chosen=chosen, age=age)
    answer = await until_gone(work, request.is_disconnected)
    if request.headers.get("If-None-Match") == answer.etag and not chosen:
        return Response(status_code=304, headers={"ETag": answer.etag})
    return _told(answer)


@router.get("/{chart_id}/export")
async def export(chart_id: Id, request: Request, kind: FileKind = FileKind.CSV) -> Response:
    """Give a chart's answer as a file: CSV, XLSX or JSON."""
    chosen = {name: value for name, value in request.query_params.items() if name != "kind"}
    async with transaction() as session:
        chart: AIChart = await saved.found(session, chart_id)
    answer = await saved.data(chart_id, chosen=chosen)
    # Writing thousands of rows takes seconds, in which nobody else would be answered.
    content = await asyncio.to_thread(
        exported, kind, answer.columns, answer.rows, title=chart.title
    )
    disposition = f'attachment; filename="chart-{chart_id}.{kind}"'
    return Response(
        content, media_type=MEDIA_TYPES[kind], headers={"Content-Disposition": disposition}
    )


def _told(answer: ChartData) -> Response:
    """Write an answer; thousands of rows are not looked at once more on their way out."""
    parts = {name: getattr(answer, name) for name in ChartData.__dataclass_fields__}
    body = orjson.dumps(parts)
    headers = {"ETag": answer.etag, "Cache-Control": "private, no-cache"}
    return Response(body, media_type="application/json", headers=headers)
