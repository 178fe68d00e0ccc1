"""The operator's door: paths, what they answer, and what they refuse."""

import httpx2
import pytest
from runs_bench import ended
from sqlalchemy import text

from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State
from bridge24.core.settings import get_settings
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync.reasons import Reason
from bridge24.sync.rejected import held
from bridge24.sync.shape import Rejected

API = "/api/v1/sync"


async def _copied(http: httpx2.AsyncClient, entity: str = "deal", **body: object) -> dict:
    response = await http.post(f"{API}/start/{entity}", json=body)
    assert response.status_code == 202, response.text
    await ended(response.json()["id"], "succeeded")
    return response.json()


async def _status(http: httpx2.AsyncClient, entity: str) -> dict:
    told = (await http.get(f"{API}/status")).json()
    return next(each for each in told["entities"] if each["entity"] == entity)


async def test_a_second_start_is_told_of_the_first(http: httpx2.AsyncClient) -> None:
    first = await http.post(f"{API}/start/deal", params={"mode": "audit"})
    second = await http.post(f"{API}/start/deal", json={"mode": "full"})

    assert (first.status_code, first.json()["mode"]) == (202, "audit")
    body = second.json()
    assert (second.status_code, body["error"]) == (409, "RunInProgress")
    assert body["detail"]["run"]["id"] == first.json()["id"]
    assert set(body) == {"error", "message", "detail", "trace_id"}


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("POST", f"{API}/start/nothing", 404, "UnknownEntity"),
        ("POST", f"{API}/start/deal?mode=sideways", 422, "InvalidRequest"),
        ("GET", f"{API}/runs/77", 404, "NoSuchRun"),
        ("POST", f"{API}/runs/77/cancel", 404, "NoSuchRun"),
        ("POST", f"{API}/nothing/pause", 404, "UnknownEntity"),
        ("POST", f"{API}/quarantine/77/replay", 404, "NotInQuarantine"),
        ("POST", "/api/v1/system/queue/77/revive", 404, "NoSuchJob"),
        ("GET", f"{API}/runs?status=odd", 422, "InvalidRequest"),
        ("GET", f"{API}/runs/{2**63}", 422, "InvalidRequest"),
        ("POST", f"{API}/runs/{2**70}/cancel", 422, "InvalidRequest"),
        ("GET", f"{API}/runs?cursor={2**63}", 422, "InvalidRequest"),
        ("GET", f"/api/v1/validation/{2**63}", 422, "InvalidRequest"),
    ],
)
async def test_what_cannot_be_done_is_told_in_one_sentence(
    http: httpx2.AsyncClient, method: str, path: str, status: int, error: str
) -> None:
    response = await http.request(method, path)
    body = response.json()
    assert (response.status_code, body["error"]) == (status, error)
    assert set(body) == {"error", "message", "detail", "trace_id"}


async def test_the_status_tells_how_an_object_is_doing(
    http: httpx2.AsyncClient, working: None
) -> None:
    assert (await _status(http, "deal"))["state"] == "never"
    await _copied(http)

    deal = await _status(http, "deal")

    assert (deal["state"], deal["rows_here"], deal["rows_in_portal"]) == ("fresh", 400, 400)
    address = (await http.get(f"{API}/status")).json()["portal_url"]
    assert get_settings().bitrix_webhook_url.get_secret_value().startswith(f"{address}/")
    assert deal["lag_seconds"] < 60
    assert deal["next_run_at"] is not None
    assert deal["last_run"]["status"] == "succeeded"
    whole = (await http.get(f"{API}/status")).json()
    assert (whole["verdict"], whole["reasons"], whole["workers"]) == ("fresh", [], 1)


async def test_a_broken_object_says_why_and_what_helps(
    http: httpx2.AsyncClient, working: None, emulator: Emulator
) -> None:
    emulator.gate("acme").faults.add(Fault(Kind.EXPIRED))
    run = (await http.post(f"{API}/start/deal")).json()
    await ended(run["id"], "failed")

    deal = await _status(http, "deal")

    assert deal["state"] == "broken"
    assert deal["last_error"]["origin"] == "portal"
    assert deal["last_error"]["remedy"]
    whole = (await http.get(f"{API}/status")).json()
    assert (whole["verdict"], whole["reasons"][0]) == ("broken", "broken:deal")


async def test_runs_are_listed_page_by_page_and_filtered(
    http: httpx2.AsyncClient, working: None
) -> None:
    for mode in ("full", "incremental", "audit"):
        await _copied(http, mode=mode)

    page = (await http.get(f"{API}/runs", params={"limit": 2})).json()
    rest = (await http.get(f"{API}/runs", params={"cursor": page["next_cursor"]})).json()

    modes = [run["mode"] for run in [*page["runs"], *rest["runs"]]]
    assert modes == ["audit", "incremental", "full"]
    assert rest["next_cursor"] is None
    found = (await http.get(f"{API}/runs", params={"mode": "full", "entity": "deal"})).json()
    assert [run["mode"] for run in found["runs"]] == ["full"]
    later = (await http.get(f"{API}/runs", params={"since": "2100-01-01T00:00:00Z"})).json()
    assert later["runs"] == []
    detail = (await http.get(f"{API}/runs/{rest['runs'][0]['id']}")).json()
    assert {"pages", "phase", "note"} <= {line["kind"] for line in detail["timeline"]}


async def test_the_configuration_is_changed_in_part(http: httpx2.AsyncClient) -> None:
    change = {"deal": {"cron": "*/5 9-18 * * mon-fri", "timezone": "Europe/Moscow"}}
    changed = (await http.put(f"{API}/config", json={"entities": change})).json()
    deal = changed["entities"]["deal"]
    assert (deal["cron"], deal["enabled"], deal["lookback_minutes"]) == (
        "*/5 9-18 * * mon-fri",
        True,
        5,
    )
    change = {"deal": {"interval_minutes": 3}, "lead": {"enabled": False}}
    changed = (await http.put(f"{API}/config", json={"entities": change})).json()
    assert changed["entities"]["deal"]["cron"] is None
    assert changed["entities"]["deal"]["timezone"] == "Europe/Moscow"
    assert (await _status(http, "lead"))["state"] == "off"
    assert (await http.get(f"{API}/config")).json() == changed


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"nothing": {}}, "entities.nothing", "there is no such object"),
        ({"deal": {"cron": "every day"}}, "entities.deal.cron", "five fields"),
        ({"deal": {"timezone": "Mars/Olympus"}}, "entities.deal.timezone", "no time zone"),
        ({"deal": {"cron": "* * * * *", "interval_minutes": 5}}, "entities.deal.cron", "not both"),
        ({"deal": {"columns": {"NOPE": "mask"}}}, "entities.deal.columns.NOPE", "no column"),
        ({"deal": {"columns": {"ID": "mask"}}}, "entities.deal.columns", "tells rows apart"),
    ],
)
async def test_a_wrong_configuration_names_the_field_and_changes_nothing(
    http: httpx2.AsyncClient, change: dict, field: str, words: str
) -> None:
    before = (await http.get(f"{API}/config")).json()
    wanted = {"entities": {"lead": {"enabled": False}, **change}}

    response = await http.put(f"{API}/config", json=wanted)

    body = response.json()
    assert (response.status_code, body["error"]) == (422, "WrongConfig")
    assert body["detail"]["field"] == field
    assert words in body["message"]
    assert (await http.get(f"{API}/config")).json() == before


async def test_unknown_fields_are_named(http: httpx2.AsyncClient) -> None:
    response = await http.put(f"{API}/config", json={"entities": {"deal": {"colour": "red"}}})
    assert response.status_code == 422
    assert response.json()["detail"][0]["field"] == "body.entities.deal.colour"


async def test_a_row_in_quarantine_is_asked_for_again(
    http: httpx2.AsyncClient, working: None, portal: Portal
) -> None:
    await _copied(http)
    async with transaction() as session:
        for row_id in ("5", ""):
            narrow = Rejected(row_id, Reason.of("narrow", column="title"), "{}")
            session.add(held("deal", narrow))
    listed = (await http.get(f"{API}/quarantine", params={"entity": "deal"})).json()["rows"]
    ids = {row["row_id"].split(":")[0]: row["id"] for row in listed}

    replayed = await http.post(f"{API}/quarantine/{ids['5']}/replay")
    gone = await http.post(f"{API}/quarantine/999999/replay")
    nameless = await http.post(f"{API}/quarantine/{ids['sha256']}/replay")

    assert replayed.json() == {"stored": True, "reason": None}
    assert (nameless.status_code, nameless.json()["error"]) == (409, "NoReplay")
    assert (gone.status_code, gone.json()["error"]) == (404, "NotInQuarantine")
    assert listed[0]["reason"] == {
        "code": "narrow",
        "message": "The column title is too narrow.",
        "facts": {"column": "title"},
    }
    left = (await http.get(f"{API}/quarantine")).json()["rows"]
    assert [row["id"] for row in left] == [ids["sha256"]]


async def test_dead_jobs_are_shown_and_revived(http: httpx2.AsyncClient) -> None:
    run = (await http.post(f"{API}/start/deal")).json()
    async with transaction() as session:
        job = (await session.scalars(Job.__table__.select())).first()
        await session.execute(
            text(
                "UPDATE jobs SET state = 'dead', dedup_held = NULL, error = :error, "
                "error_code = 'UnknownTask', error_facts = :facts WHERE id = :id"
            ),
            {"id": job, "error": "UnknownTask: No task x.\n  File …", "facts": '{"task": "x"}'},
        )
    queue = (await http.get("/api/v1/system/queue")).json()
    assert [dead["id"] for dead in queue["dead"]] == [job]
    assert queue["dead"][0]["error"] == {
        "code": "UnknownTask",
        "message": "No task x.",
        "facts": {"task": "x"},
    }

    assert (await http.post(f"/api/v1/system/queue/{job}/revive")).status_code == 204

    queue = (await http.get("/api/v1/system/queue")).json()
    assert queue["dead"] == []
    assert {"task": "sync.run", "state": State.QUEUED, "jobs": 1} in queue["depths"]
    assert run["status"] == "queued"


async def test_every_object_is_listed_with_how_it_is_read(http: httpx2.AsyncClient) -> None:
    objects = {each["entity"]: each for each in (await http.get(f"{API}/objects")).json()}
    deal = objects["deal"]
    assert (deal["table"], deal["strategy"], deal["scope"]) == ("crm_deals", "keyset", "crm")
    assert objects["status"]["strategy"] == "full copy"


async def test_the_doctor_and_the_figures_answer(http: httpx2.AsyncClient, working: None) -> None:
    await _copied(http)
    findings = (await http.get(f"{API}/doctor")).json()
    assert {finding["subject"] for finding in findings} >= {"webhook", "database"}
    figures = (await http.get("/metrics")).text
    for line in (
        'bridge24_sync_rows_written_total{entity="deal"} 400',
        'bridge24_sync_rows_here{entity="deal"} 400',
        "bridge24_workers 1",
    ):
        assert line in figures.splitlines()
