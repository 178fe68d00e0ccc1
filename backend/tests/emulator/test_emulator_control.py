"""The side door does what it is asked, and says clearly what it cannot do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from bridge24.emulator import Emulator, PortalSpec


class Door:
    """The control API of one emulator, and the REST API of its portal `acme`."""

    def __init__(self, emulator: Emulator, session: ClientSession) -> None:
        self.emulator = emulator
        self._session = session

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{self.emulator.url}/_control{path}"
        async with self._session.request(method, url, json=body) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    async def call(self, method: str, params: Any = None) -> tuple[int, Any]:
        url = self.emulator.webhook_url("acme") + method
        async with self._session.post(url, json=params or {}) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    spec = PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=5)
    async with Emulator([spec], seed=7) as emulator, ClientSession() as session:
        yield Door(emulator, session)


async def test_the_overview_names_portals_and_paths(door: Door) -> None:
    status, told = await door.ask("GET", "/")

    assert status == 200
    assert told["portals"]["acme"]["rows"]["deal"] == 60
    assert "POST /_control/{portal}/records/{entity}" in told["paths"]


async def test_a_record_made_edited_and_deleted_here_shows_there(door: Door) -> None:
    status, made = await door.ask(
        "POST", "/acme/records/deal", {"fields": {"TITLE": "From the side", "OPPORTUNITY": "5"}}
    )
    assert status == 201
    _, seen = await door.call("crm.deal.get", {"id": made["id"]})
    assert seen["result"]["TITLE"] == "From the side"

    path = f"/acme/records/deal/{made['id']}"
    assert await door.ask("PATCH", path, {"fields": {"TITLE": "New"}}) == (200, {"changed": True})
    assert await door.ask("PATCH", path, {"fields": {"TITLE": "New"}}) == (200, {"changed": False})
    assert (await door.ask("GET", path))[1]["TITLE"] == "New"
    assert (await door.ask("DELETE", path))[0] == 200
    status, gone = await door.call("crm.deal.get", {"id": made["id"]})
    assert (status, gone["error"]) == (400, "")


async def test_custom_fields_come_and_go(door: Door) -> None:
    field = {"code": "UF_CRM_COLOUR", "type": "enumeration", "label": "Цвет", "options": ["a", "b"]}
    assert (await door.ask("POST", "/acme/fields/deal", field))[0] == 201
    described = (await door.call("crm.deal.fields"))[1]["result"]["UF_CRM_COLOUR"]
    assert (described["type"], described["listLabel"]) == ("enumeration", "Цвет")

    path = "/acme/fields/deal/UF_CRM_COLOUR"
    assert (await door.ask("PATCH", path, {"label": "Тон"}))[0] == 200
    described = (await door.call("crm.deal.fields"))[1]["result"]["UF_CRM_COLOUR"]
    assert described["listLabel"] == "Тон"
    assert (await door.ask("POST", "/acme/fields/deal", field))[0] == 409
    assert (await door.ask("DELETE", path))[0] == 200
    assert "UF_CRM_COLOUR" not in (await door.call("crm.deal.fields"))[1]["result"]
    assert (await door.ask("DELETE", path))[0] == 404


async def test_hidden_rows_vanish_and_come_back(door: Door) -> None:
    listing = {"select": ["ID"]}
    assert await door.ask("POST", "/acme/hide/deal", {"ids": [1, 2]}) == (
        200,
        {"visible": 58, "hidden": 2},
    )
    assert (await door.call("crm.deal.list", listing))[1]["total"] == 58
    assert (await door.call("crm.deal.get", {"id": 1}))[0] == 400

    await door.ask("POST", "/acme/hide/deal")
    assert (await door.call("crm.deal.list", listing))[1]["result"] == []
    await door.ask("POST", "/acme/show/deal")
    assert (await door.call("crm.deal.list", listing))[1]["total"] == 60


async def test_the_clock_moves_forward_only(door: Door) -> None:
    before = door.emulator.clock.now()
    assert (await door.ask("POST", "/clock", {"seconds": 3600}))[0] == 200
    assert door.emulator.clock.now() >= before + 3600

    status, told = await door.ask("POST", "/clock", {"seconds": -1})
    assert (status, told["error"]) == (400, "WrongTime")


async def test_limits_switch_while_the_portal_runs(door: Door) -> None:
    _, told = await door.ask("PUT", "/acme/limits", {"name": "documented", "bucket": 3})
    assert (told["bucket"], told["leak_per_second"], told["operating_seconds"]) == (3, 2, 480)
    statuses = [(await door.call("server.time"))[0] for _ in range(5)]
    assert statuses[:3] == [200, 200, 200]
    assert 503 in statuses[3:]

    await door.ask("PUT", "/acme/limits", {"name": "none"})
    assert [(await door.call("server.time"))[0] for _ in range(60)] == [200] * 60


async def test_prices_can_be_changed(door: Door) -> None:
    _, told = await door.ask("PATCH", "/acme/costs", {"counted_row": 0.0})

    assert told["costs"]["counted_row"] == 0.0
    assert told["costs"]["page"] == 0.03


async def test_a_fault_strikes_shows_and_goes(door: Door) -> None:
    status, made = await door.ask("POST", "/acme/faults", {"kind": "500", "only": ["profile"]})
    assert status == 201
    assert (await door.call("profile"))[0] == 500
    assert (await door.call("server.time"))[0] == 200
    listed = (await door.ask("GET", "/acme/faults"))[1]
    assert [(each["kind"], each["only"], each["hits"]) for each in listed] == [
        ("500", ["profile"], 1)
    ]
    assert (await door.ask("DELETE", f"/acme/faults/{made['number']}"))[0] == 200
    assert (await door.call("profile"))[0] == 200


async def test_calls_are_listed_with_their_costs_and_without_secrets(door: Door) -> None:
    await door.ask("PUT", "/acme/limits", {"name": "documented"})
    await door.call("crm.deal.list", {"start": -1})
    await door.call("batch", {"cmd": ["crm.deal.list?start=-1", "nope"]})
    _, told = await door.ask("GET", "/acme/calls")

    shown = [(each["method"], each["in_batch"], each["error"]) for each in told["calls"]]
    assert shown == [
        ("crm.deal.list", False, None),
        ("crm.deal.list", True, None),
        ("nope", True, "ERROR_METHOD_NOT_FOUND"),
    ]
    assert told["requests"] == 2
    assert told["operating"]["crm.deal.list"] == pytest.approx(
        sum(each["seconds"] for each in told["calls"])
    )
    secret = door.emulator.webhook_url("acme").split("/")[-2]
    assert secret not in str(told)
    one = (await door.ask("GET", "/acme/calls?method=nope&limit=5"))[1]["calls"]
    assert [each["method"] for each in one] == ["nope"]
    await door.ask("DELETE", "/acme/calls")
    assert (await door.ask("GET", "/acme/calls"))[1]["calls"] == []


async def test_an_inbound_webhook_is_made_and_revoked(door: Door) -> None:
    made = {"user_id": 2, "code": "abcdef", "scopes": ["crm"]}
    _, told = await door.ask("POST", "/acme/webhooks", made)
    assert told["path"] == "/acme/rest/2/abcdef/"
    url = f"{door.emulator.url}{told['path']}server.time"
    async with ClientSession() as session:
        async with session.post(url) as answer:
            assert answer.status == 200
        assert (await door.ask("DELETE", "/acme/webhooks/2/abcdef"))[0] == 200
        async with session.post(url) as answer:
            assert answer.status == 401


async def test_the_office_keeps_editing_until_it_is_closed(door: Door) -> None:
    assert (await door.ask("POST", "/acme/office", {"edits_per_second": 500}))[0] == 200
    while sum((await door.ask("GET", "/acme/office"))[1]["done"].values()) < 20:
        pass
    assert (await door.ask("DELETE", "/acme/office"))[1] == {"open": False}
    assert (await door.ask("GET", "/acme/office"))[1]["open"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/nobody/faults", None, (404, "NoSuchPortal", "acme")),
        ("GET", "/acme/records/elephant", None, (404, "NoSuchEntity", "deal")),
        ("GET", "/acme/records/deal/999999", None, (404, "NoSuchRecord", "deal 999999")),
        ("PATCH", "/acme/records/deal/999999", {"fields": {}}, (404, "NoSuchRecord", "999999")),
        ("DELETE", "/acme/records/deal/999999", None, (404, "NoSuchRecord", "999999")),
        ("GET", "/acme/records/deal/x", None, (400, "WrongNumber", "'x'")),
        ("POST", "/acme/records/deal", {"feilds": {}}, (400, "WrongBody", "feilds")),
        ("POST", "/acme/records/deal", [1], (400, "WrongBody", "body")),
        ("POST", "/acme/fields/deal", {"code": "COLOUR"}, (400, "WrongCode", "UF_")),
        ("POST", "/acme/hide/deal", {"ids": [999999]}, (404, "NoSuchRecord", "999999")),
        ("POST", "/acme/faults", {"kind": "earthquake"}, (400, "WrongBody", "'503'")),
        ("POST", "/acme/faults", {"kind": "rename"}, (400, "WrongFault", "host")),
        ("DELETE", "/acme/faults/9", None, (404, "NoSuchFault", "9")),
        ("PUT", "/acme/limits", {"name": "generous"}, (400, "WrongLimits", "enterprise")),
        ("POST", "/acme/office", {"edits_per_second": 0}, (400, "WrongRate", "above zero")),
        ("POST", "/acme/outgoing", {"url": "http://h", "events": ["X"]}, (400, "WrongEvent", "X")),
        ("DELETE", "/acme/outgoing/9", None, (404, "NoSuchWebhook", "9")),
        ("DELETE", "/acme/webhooks/1/nope", None, (404, "NoSuchWebhook", "inbound")),
        ("DELETE", "/acme/apps/app.9", None, (404, "NoSuchApp", "app.9")),
        ("GET", "/acme/elsewhere/at/all", None, (404, "NoSuchPath", "/_control/")),
        ("PUT", "/clock", {"seconds": 1}, (404, "NoSuchPath", "PUT")),
    ],
)
async def test_every_error_is_clear_json(
    door: Door, method: str, path: str, body: Any, expected: tuple[int, str, str]
) -> None:
    status, told = await door.ask(method, path, body)

    assert (status, told["error"]) == expected[:2]
    assert expected[2] in told["description"]
