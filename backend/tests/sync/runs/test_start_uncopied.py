"""One word begins the first copy of everything."""

import httpx2

from bridge24.sync import discovery
from bridge24.sync.portal import portal_client


async def started(http: httpx2.AsyncClient) -> set[str]:
    response = await http.post("/api/v1/sync/start")
    assert response.status_code == 202
    return {run["entity"] for run in response.json()["runs"]}


async def test_everything_that_may_be_copied_and_is_not_yet_is_asked_for_once(
    http: httpx2.AsyncClient,
) -> None:
    await discovery.look(portal_client())
    await http.put("/api/v1/sync/config", json={"entities": {"quote": {"enabled": False}}})
    await http.post("/api/v1/sync/lead/pause")
    assert (await http.post("/api/v1/sync/start/deal")).status_code == 202
    opened = await started(http)
    assert {"contact", "company", "user", "deal_product_row"} <= opened
    assert any(entity.startswith("dynamic_") for entity in opened)
    assert not {"deal", "quote", "lead"} & opened
    assert await started(http) == set()
