"""Codes are told with what they are called, in the table as in its view, but never a person's."""

import httpx2
from charts_api import run_sql

VIEW = (
    "CREATE VIEW v_crm_leads AS SELECT l.id, l.status_id, s.name AS status, l.closed, "
    "CASE WHEN l.closed THEN 'да' ELSE 'нет' END AS closed_label, l.assigned_by_id, "
    "u.last_name AS responsible FROM crm_leads l "
    "LEFT JOIN crm_statuses s ON s.status_id = l.status_id "
    "LEFT JOIN crm_users u ON u.id = l.assigned_by_id"
)


async def test_values_are_told_with_their_labels(charts: httpx2.AsyncClient) -> None:
    await run_sql("CREATE TABLE crm_statuses (id BIGINT, status_id VARCHAR(20), name VARCHAR(90))")
    await run_sql("INSERT INTO crm_statuses VALUES (1, 'NEW', 'Новый'), (2, 'JUNK', 'Брак')")
    await run_sql("CREATE TABLE crm_users (id BIGINT, last_name VARCHAR(90))")
    await run_sql("INSERT INTO crm_users VALUES (7, 'Тайнов')")
    await run_sql(
        "CREATE TABLE crm_leads (id BIGINT PRIMARY KEY, status_id VARCHAR(20), closed BOOLEAN, "
        "assigned_by_id BIGINT)"
    )
    for number in range(20):
        status = ("'NEW'", "'JUNK'", "NULL", "'GONE'")[number % 4]
        await run_sql(f"INSERT INTO crm_leads VALUES ({number}, {status}, TRUE, 7)")
    await run_sql(VIEW)

    told = (await charts.get("/api/v1/schema/tables")).json()["tables"]

    columns = {
        f"{table['name']}.{column['name']}": column for table in told for column in table["columns"]
    }
    for name in ("crm_leads.status_id", "v_crm_leads.status_id"):
        assert set(columns[name]["values"]) == {"NEW", "JUNK", "GONE"}
        assert columns[name]["labels"] == {"NEW": "Новый", "JUNK": "Брак"}
    assert list(columns["v_crm_leads.closed"]["labels"].values()) == ["да"]
    assert columns["v_crm_leads.status"]["labels"] == {}
    assert "Тайнов" not in str(told)
