"""A chart and what it says of the rows below: shared by the tests of the API."""

import httpx2
from sqlalchemy import text

from bridge24.core.db import connection

CHART = {
    "title": "Сделки по менеджерам",
    "sql": "SELECT assigned_by_id AS manager, SUM(opportunity) AS revenue FROM crm_deals "
    "WHERE _deleted_at IS NULL GROUP BY assigned_by_id ORDER BY manager",
    "chart_type": "bar",
    "x": "manager",
    "series": [{"column": "revenue", "label": "Выручка", "format": "money", "currency": "RUB"}],
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


async def saved(charts: httpx2.AsyncClient, chart: dict[str, object] = CHART) -> int:
    response = await charts.post("/api/v1/charts/save", json={"chart": chart, "prompt": "?"})
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def run_sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))
