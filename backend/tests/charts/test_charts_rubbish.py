"""Rubbish sent to the paths of charts is refused in words, alike on both databases."""

import httpx2
import pytest
from charts_api import CHART, saved

NUL = "a\0b"
HUGE = 99999999999999999999


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("save", {"chart": {**CHART, "title": NUL}}),
        ("save", {"chart": CHART, "prompt": NUL}),
        ("save", {"chart": {**CHART, "assumptions": ["fine", NUL]}}),
        ("save", {"chart": CHART, "refresh_minutes": 1}),
        ("run", {"chart": CHART, "parameters": {NUL: "x"}}),
        ("generate", {"prompt": NUL}),
        ("build", {"title": "x", "table": NUL}),
        ("records", {"chart": CHART, "where": {"manager": NUL}}),
        ("examples", {"question": NUL, "chart": CHART}),
        ("metrics/restore", {"terms": [NUL]}),
    ],
)
async def test_a_body_that_cannot_be_kept_is_refused(
    charts: httpx2.AsyncClient, path: str, body: dict[str, object]
) -> None:
    response = await charts.post(f"/api/v1/charts/{path}", json=body)
    assert (response.status_code, response.json()["error"]) == (422, "InvalidRequest")


@pytest.mark.parametrize("name", ["chart", "description", "width"])
async def test_nothing_is_no_value_for_what_a_chart_must_have(
    charts: httpx2.AsyncClient, name: str
) -> None:
    path = f"/api/v1/charts/{await saved(charts)}"
    response = await charts.patch(path, json={name: None})
    assert response.status_code == 422
    assert (await charts.patch(path, json={"refresh_minutes": None})).status_code == 200


async def test_numbers_no_chart_has_are_refused_or_lead_nowhere(
    charts: httpx2.AsyncClient,
) -> None:
    for path in (f"{HUGE}/data", f"{HUGE}", "0/data", "-1/export", "abc/data"):
        assert (await charts.get(f"/api/v1/charts/{path}")).status_code == 422, path
    assert (await charts.delete(f"/api/v1/charts/examples/{HUGE}")).status_code == 422
    listed = await charts.get(f"/api/v1/charts/list?page={HUGE}&per_page={HUGE}")
    assert (listed.status_code, listed.json()["charts"]) == (200, [])
    assert (await charts.put("/api/v1/charts/order", json={"ids": [HUGE, -1]})).status_code == 204
