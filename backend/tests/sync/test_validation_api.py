"""Tables are compared with the portal, what differs is shown with both values, and repaired."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from bridge24 import api
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.jobs import run_worker
from bridge24.core.settings import get_settings
from bridge24.emulator import Emulator, Fault, Kind, Portal, PortalSpec
from bridge24.sync.portal import close_portal, portal_client, portal_host
from bridge24.sync.service import SyncService
from bridge24.sync.validation import service, tasks

HOUR = timedelta(hours=1).total_seconds()
Answer = Mapping[str, Any]
assert tasks.RETRY  # importing it declares the tasks


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=400, contacts=30, leads=20, companies=20)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
def portal(emulator: Emulator) -> Portal:
    """The company's portal, to be looked into and changed from behind."""
    return emulator.portal("acme")


@pytest.fixture
async def http(
    migrated: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    """The API of an application that knows the portal."""
    monkeypatch.setenv("DATABASE_URL", migrated)
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", emulator.webhook_url("acme"))
    monkeypatch.setenv("BITRIX_ENTERPRISE", "true")
    get_settings.cache_clear()
    await init_db(get_settings())
    transport = httpx2.ASGITransport(app=api.build(FastAPI()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client
    await close_portal()
    await close_db()
    get_settings.cache_clear()


async def _copied(emulator: Emulator, *entities: str) -> None:
    for entity in entities:
        await SyncService(portal_client(), host="acme").full_sync(entity)
    emulator.clock.move(HOUR)


async def _sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


async def _compared(http: httpx2.AsyncClient, entity: str, **wanted: object) -> Answer:
    answer = await http.post(f"/api/v1/validation/start/{entity}", json=wanted)
    assert answer.status_code == 202, answer.text
    return await _carried_out(http, int(answer.json()["id"]))


async def _carried_out(http: httpx2.AsyncClient, validation_id: int) -> Answer:
    await service.carry_out(validation_id, portal_client(), host=portal_host())
    told: Answer = (await http.get(f"/api/v1/validation/{validation_id}")).json()
    return told


async def _differences(http: httpx2.AsyncClient, validation_id: int) -> Sequence[Answer]:
    path = f"/api/v1/validation/{validation_id}/differences"
    listed: Sequence[Answer] = (await http.get(path)).json()["differences"]
    return listed


async def test_an_equal_table_is_shown_as_equal_by_every_method(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "deal")

    for method in ("counts", "fingerprint", "ids", "rows"):
        told = await _compared(http, "deal", method=method, sample=50)

        assert told["status"] == "succeeded", told["error_message"]
        assert (told["source_rows"], told["target_rows"], told["differing"]) == (400, 400, 0)
        assert told["method"] == method
        assert told["sampled"] > 0
        assert told["checked_at"].endswith("Z")


async def test_every_kind_of_difference_is_listed_and_repaired_by_one_call(
    http: httpx2.AsyncClient, emulator: Emulator, portal: Portal
) -> None:
    await _copied(emulator, "deal")
    ids = [int(row["ID"]) for row in portal.rows("deal")]
    gone, stale, lost, marked = ids[10], ids[20], ids[30], ids[40]
    portal.delete("deal", gone)
    portal.update("deal", stale, {"TITLE": "changed, and nobody heard"})
    await _sql(f"DELETE FROM crm_deals WHERE id = {lost}")
    await _sql(f"UPDATE crm_deals SET _deleted_at = '2026-01-01 00:00:00' WHERE id = {marked}")
    emulator.clock.move(HOUR)

    told = await _compared(http, "deal", method="ids", sample=0)

    assert (told["source_rows"], told["target_rows"], told["differing"]) == (399, 398, 4)
    assert told["unrepaired"] == 4
    found = await _differences(http, told["id"])
    kinds = {each["row_id"]: each["kind"] for each in found if each["kind"] != "value"}
    assert kinds == {gone: "gone", stale: "stale", lost: "missing", marked: "revived"}
    (title,) = [each for each in found if each["column_name"] == "title"]
    assert title["portal_value"] == "changed, and nobody heard"
    assert title["stored_value"]

    answer = await http.post(f"/api/v1/validation/{told['id']}/repair")
    assert answer.status_code == 202
    repaired = await _carried_out(http, told["id"])

    assert (repaired["status"], repaired["unrepaired"], repaired["repairs"]) == ("succeeded", 0, 1)
    again = await _compared(http, "deal", method="ids", sample=400)
    assert (again["source_rows"], again["target_rows"], again["differing"]) == (399, 399, 0)


async def test_a_value_altered_by_hand_is_found_in_the_sample_and_mended(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    """Its time of modification is as before, so only the values can tell."""
    await _copied(emulator, "deal")
    await _sql("UPDATE crm_deals SET title = 'forged', opportunity = opportunity + 1")

    told = await _compared(http, "deal", method="counts", sample=60)

    found = await _differences(http, told["id"])
    assert told["differing"] == told["sampled"] > 20
    assert {each["column_name"] for each in found} == {"title", "opportunity"}
    assert {each["stored_value"] for each in found if each["column_name"] == "title"} == {"forged"}
    await http.post(f"/api/v1/validation/{told['id']}/repair")
    repaired = await _carried_out(http, told["id"])
    assert repaired["unrepaired"] == 0


async def test_a_phone_altered_by_hand_is_found(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "contact")
    await _sql("UPDATE crm_contacts_multifields SET value = '+7 000' WHERE type_id = 'PHONE'")

    told = await _compared(http, "contact", method="rows")

    found = await _differences(http, told["id"])
    assert {each["column_name"] for each in found} == {"crm_contacts_multifields"}
    await http.post(f"/api/v1/validation/{told['id']}/repair")
    assert (await _carried_out(http, told["id"]))["unrepaired"] == 0


async def test_what_changed_a_moment_ago_is_no_difference(
    http: httpx2.AsyncClient, emulator: Emulator, portal: Portal
) -> None:
    await _copied(emulator, "deal")
    portal.update("deal", 5, {"TITLE": "on its way"})

    told = await _compared(http, "deal", method="ids", sample=0)

    assert (told["differing"], told["recent"]) == (0, 1)


@pytest.mark.parametrize(
    ("entity", "table"), [("status", "crm_statuses"), ("currency", "crm_currencies")]
)
async def test_a_dictionary_is_compared_and_repaired_whole(
    http: httpx2.AsyncClient, emulator: Emulator, entity: str, table: str
) -> None:
    await _copied(emulator, entity)
    async with connection() as conn:
        first = await conn.scalar(text(f"SELECT min(id) FROM {table}"))
        total = await conn.scalar(text(f"SELECT count(*) FROM {table}"))
    await _sql(f"DELETE FROM {table} WHERE id = {first}")

    told = await _compared(http, entity)

    assert told["method"] == "rows"
    assert (told["source_rows"], told["target_rows"]) == (total, total - 1)
    assert [each["kind"] for each in await _differences(http, told["id"])] == ["missing"]
    await http.post(f"/api/v1/validation/{told['id']}/repair")
    assert (await _carried_out(http, told["id"]))["unrepaired"] == 0


async def test_many_vanished_rows_are_not_deleted_without_a_word(
    http: httpx2.AsyncClient, emulator: Emulator, portal: Portal
) -> None:
    await _copied(emulator, "deal")
    portal.hide("deal", [int(row["ID"]) for row in portal.rows("deal")[:150]])
    told = await _compared(http, "deal", method="ids", sample=0)
    assert told["differing"] == 150

    refused = await http.post(f"/api/v1/validation/{told['id']}/repair")

    assert refused.status_code == 409
    assert refused.json()["error"] == "TooManyMissing"
    body = {"accept_deletions": True}
    assert (await http.post(f"/api/v1/validation/{told['id']}/repair", json=body)).is_success
    assert (await _carried_out(http, told["id"]))["unrepaired"] == 0


async def test_one_comparison_of_an_object_at_a_time(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "deal")
    await http.post("/api/v1/validation/start/deal")

    second = await http.post("/api/v1/validation/start/deal")

    assert second.status_code == 409
    assert second.json()["error"] == "ValidationInProgress"


async def test_the_cost_is_told_before_and_costs_nothing(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "deal")
    before = emulator.gate("acme").log.requests

    told = (await http.get("/api/v1/validation/cost", params={"entity": "deal"})).json()

    assert emulator.gate("acme").log.requests == before
    assert {each["method"] for each in told["estimates"]} == {
        *("counts", "fingerprint", "ids", "rows")
    }
    assert told["advised"] == "ids"
    assert told["measured_at"] is None
    assert all(each["operating_seconds"] > 0 for each in told["estimates"])


async def test_nothing_is_compared_before_the_first_copy(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/validation/start/deal")

    assert answer.status_code == 409
    assert answer.json()["error"] == "NeverCopied"


async def test_a_portal_that_refuses_is_told_with_its_remedy(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "deal")
    emulator.gate("acme").faults.add(Fault(Kind.EXPIRED))
    started = (await http.post("/api/v1/validation/start/deal")).json()

    with pytest.raises(Exception, match="does not accept the webhook"):
        await _carried_out(http, started["id"])

    told = (await http.get(f"/api/v1/validation/{started['id']}")).json()
    assert (told["status"], told["error_code"]) == ("failed", "WebhookRefused")


async def test_a_worker_carries_it_out_and_the_latest_is_listed(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    await _copied(emulator, "deal")
    stop = asyncio.Event()
    working = asyncio.create_task(run_worker(stop=stop, grace=timedelta(0)))
    try:
        await http.post("/api/v1/validation/start/deal")
        async with asyncio.timeout(120):
            while (latest := await _latest(http))[0]["status"] != "succeeded":
                await asyncio.sleep(0.1)
    finally:
        stop.set()
        await working
    assert [each["entity"] for each in latest] == ["deal"]
    assert latest[0]["http_calls"] > 0


async def _latest(http: httpx2.AsyncClient) -> Sequence[Answer]:
    listed: Sequence[Answer] = (await http.get("/api/v1/validation")).json()["validations"]
    return listed
