"""Who may have the schema described by a model, and what those who may not are given."""

import asyncio

import httpx2
import pytest
from fastapi import Request

from bridge24.canned import CannedModel, Rule
from bridge24.core.auth import Caller, Role
from bridge24.operators import guard

PATH = "/api/v1/schema/describe"
WRITTEN = "# База\nСделки."


@pytest.fixture
def asked_by(monkeypatch: pytest.MonkeyPatch) -> dict[str, Role]:
    """Whose requests come: change the role to become somebody else."""
    asking = {"role": Role.VIEWER}

    async def somebody(_request: Request) -> Caller:
        return Caller("ann", asking["role"])

    monkeypatch.setattr(guard, "caller_of", somebody)
    return asking


async def test_a_viewer_costs_nothing_and_sees_what_an_operator_had_written(
    charts: httpx2.AsyncClient, chart_model: CannedModel, asked_by: dict[str, Role]
) -> None:
    chart_model.rules = [Rule("", WRITTEN)]
    told = (await charts.get(PATH)).json()
    assert "`crm_deals`" in told["markdown"]
    assert (told["written_by"], told["model_available"]) == ("", True)
    for path in (PATH, f"{PATH}/stream"):
        refused = await charts.post(path)
        assert (refused.status_code, refused.json()["error"]) == (403, "RoleTooLow")
    assert chart_model.requests == []

    asked_by["role"] = Role.OPERATOR
    assert (await charts.get(PATH)).json()["markdown"] == WRITTEN
    asked_by["role"] = Role.VIEWER
    assert (await charts.get(PATH)).json()["markdown"] == WRITTEN
    assert len(chart_model.requests) == 1


async def test_who_opens_it_while_it_is_written_does_not_pay_again(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    chart_model.rules = [Rule("", WRITTEN)]
    chart_model.seconds_before = 0.2
    told = await asyncio.gather(*(charts.get(PATH) for _ in range(4)))
    assert {each.json()["markdown"] for each in told} == {WRITTEN}
    assert len(chart_model.requests) == 1


async def test_a_model_that_fails_leaves_the_description_from_the_metadata(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    chart_model.fail(401)
    told = (await charts.get(PATH)).json()
    assert "`crm_deals`" in told["markdown"]
    assert told["error"]["code"] == "ModelKeyRefused"
    chart_model.rules = [Rule("", WRITTEN)]
    assert (await charts.get(PATH)).json()["error"] is None


async def test_whether_there_is_a_model_is_told_without_asking_it(
    charts: httpx2.AsyncClient, chart_model: CannedModel, asked_by: dict[str, Role]
) -> None:
    told = (await charts.get("/api/v1/system/llm")).json()
    assert (told["configured"], told["days"]) == (True, [])
    assert chart_model.requests == []
