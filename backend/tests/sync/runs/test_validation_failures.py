"""Comparisons that fail: what may pass is tried again, and nothing stays open for ever."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.core.jobs import Job, State
from bridge24.emulator import Emulator, Fault, Kind
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.service import SyncService
from bridge24.sync.tasks import tend
from bridge24.sync.validation import service


async def _started(http: httpx2.AsyncClient) -> int:
    await SyncService(portal_client(), host="acme").full_sync("company")
    return await _asked_for(http)


async def _asked_for(http: httpx2.AsyncClient) -> int:
    answer = await http.post("/api/v1/validation/start/company")
    assert answer.status_code == 202, answer.text
    return int(answer.json()["id"])


async def _told(http: httpx2.AsyncClient, validation_id: int) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (await http.get(f"/api/v1/validation/{validation_id}")).json()
    return told


async def _all_workers_gave_up() -> None:
    async with transaction() as session:
        await session.execute(update(Job).values(state=State.DEAD))


async def test_a_failure_that_is_tried_again_leaves_the_comparison_open(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    number = await _started(http)
    emulator.gate("acme").faults.add(Fault(Kind.EXPIRED))
    with pytest.raises(AppError):
        await service.carry_out(
            number, portal_client(), host=portal_host(), again=lambda _error: True
        )
    meanwhile = await _told(http, number)
    emulator.gate("acme").faults.clear()

    await service.carry_out(number, portal_client(), host=portal_host())

    assert (meanwhile["status"], meanwhile["error_code"]) == ("running", "WebhookRefused")
    told = await _told(http, number)
    assert (told["status"], told["error_code"], told["differing"]) == ("succeeded", None, 0)


async def test_a_comparison_nobody_carries_out_does_not_hinder_the_next(
    http: httpx2.AsyncClient,
) -> None:
    left = await _started(http)
    await _all_workers_gave_up()

    number = await _asked_for(http)

    assert number > left
    told = await _told(http, left)
    assert (told["status"], told["error_code"]) == ("failed", "Abandoned")


async def test_a_comparison_nobody_carries_out_is_closed_after_a_while(
    http: httpx2.AsyncClient,
) -> None:
    left = await _started(http)
    await tend()
    before = await _told(http, left)
    await _all_workers_gave_up()

    await tend()

    assert before["status"] == "queued"
    assert (await _told(http, left))["status"] == "failed"


async def test_what_is_left_to_repair_is_told_of_every_comparison(
    http: httpx2.AsyncClient, emulator: Emulator
) -> None:
    number = await _started(http)
    emulator.portal("acme").delete("company", 5)
    await service.carry_out(number, portal_client(), host=portal_host())

    (listed,) = (await http.get("/api/v1/validation")).json()["validations"]

    assert (listed["differing"], listed["unrepaired"]) == (1, 1)
    assert (await http.post(f"/api/v1/validation/{number}/repair")).json()["unrepaired"] == 1
    await service.carry_out(number, portal_client(), host=portal_host())
    (listed,) = (await http.get("/api/v1/validation")).json()["validations"]
    assert (listed["differing"], listed["unrepaired"]) == (1, 0)
