"""What happens on a portal reaches applications and webhooks as events."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import ClientSession, web

from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.feed import events_of, feed_of
from bridge24.emulator.journal import Change

SPEC = PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=5)


class Stage:
    """An emulated portal with an installed application and a listener of events."""

    def __init__(self, emulator: Emulator, session: ClientSession) -> None:
        self.emulator = emulator
        self.session = session
        self.heard: list[dict[str, str]] = []
        self.url = ""
        self.token = ""
        self.client_id = "app.1"

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(dict(parse_qsl((await request.read()).decode())))
        return web.Response()

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.emulator.url}/_control/acme{path}"
        async with self.session.request(method, url, json=body) as answer:
            return await answer.json()

    async def install(self, *, user_id: int = 1) -> None:
        app = {"client_id": self.client_id, "client_secret": "s", "user_id": user_id}
        self.token = (await self.control("POST", "/apps", app))["access_token"]

    async def call(self, method: str, params: Any = None) -> tuple[int, Any]:
        url = f"{self.emulator.url}/acme/rest/{method}"
        body = {**(params or {}), "auth": self.token}
        async with self.session.post(url, json=body) as answer:
            return answer.status, await answer.json()

    async def events(self) -> list[str]:
        await self.control("POST", "/deliveries/flush")
        return [each["event"] for each in self.heard]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Emulator([SPEC], seed=7) as emulator, ClientSession() as session:
        stage = Stage(emulator, session)
        app = web.Application()
        app.router.add_post("/events", stage.hear)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stage.url = f"http://127.0.0.1:{runner.addresses[0][1]}/events"
        yield stage
        await runner.cleanup()


async def test_webhooks_may_not_touch_events(stage: Stage) -> None:
    for method in ("event.bind", "event.get", "event.unbind", "event.test", "event.offline.get"):
        url = stage.emulator.webhook_url("acme") + method
        async with stage.session.post(url, json={"event": "ONCRMDEALADD"}) as answer:
            assert answer.status == 403
            assert (await answer.json())["error"] == "WRONG_AUTH_TYPE"


async def test_an_application_binds_hears_and_unbinds(stage: Stage) -> None:
    await stage.install()
    bound = {"event": "OnCrmDealAdd", "handler": stage.url}
    assert (await stage.call("event.bind", bound))[1]["result"] is True
    status, told = await stage.call("event.bind", bound)
    assert (status, told["error"]) == (400, "ERROR_CORE")
    assert (await stage.call("event.get"))[1]["result"] == [
        {"event": "ONCRMDEALADD", "handler": stage.url, "auth_type": "0", "offline": 0}
    ]
    _, made = await stage.call("crm.deal.add", {"fields": {"TITLE": "x"}})
    assert await stage.events() == ["ONCRMDEALADD"]
    assert stage.heard[0]["data[FIELDS][ID]"] == str(made["result"])
    assert stage.heard[0]["auth[user_id]"] == "1"
    assert (await stage.call("event.unbind", bound))[1]["result"] == {"count": 1}
    await stage.call("crm.deal.add", {"fields": {"TITLE": "y"}})
    assert await stage.events() == ["ONCRMDEALADD"]


async def test_an_unknown_event_cannot_be_bound(stage: Stage) -> None:
    await stage.install()
    status, told = await stage.call("event.bind", {"event": "ONMOON", "handler": stage.url})

    assert (status, told["error"]) == (400, "ERROR_EVENT_NOT_FOUND")


async def test_only_an_administrator_binds_offline_or_for_others(stage: Stage) -> None:
    await stage.install(user_id=2)
    offline = {"event": "ONCRMDEALADD", "event_type": "offline"}
    foreign = {"event": "ONCRMDEALADD", "handler": stage.url, "auth_type": 3}

    for params in (offline, foreign):
        status, told = await stage.call("event.bind", params)
        assert (status, told["error"]) == (403, "ACCESS_DENIED")


async def test_the_test_event_carries_what_was_sent(stage: Stage) -> None:
    await stage.install()
    await stage.call("event.bind", {"event": "ONAPPTEST", "handler": stage.url})
    assert (await stage.call("event.test", {"colour": "red"}))[1]["result"] == 1

    assert await stage.events() == ["ONAPPTEST"]
    assert stage.heard[0]["data[QUERY][colour]"] == "red"


async def test_offline_events_wait_are_reserved_and_cleared(stage: Stage) -> None:
    await stage.install()
    await stage.call("event.bind", {"event": "ONCRMDEALUPDATE", "event_type": "offline"})
    portal = stage.emulator.portal("acme")
    for number in range(5):
        portal.update("deal", 1, {"TITLE": f"a{number}"})
    portal.update("deal", 2, {"TITLE": "b"})

    _, listed = await stage.call("event.offline.list", {"filter": {">ID": 0}})
    assert listed["total"] == 2
    assert listed["result"][0]["EVENT_DATA"] == {"FIELDS": {"ID": "1"}}
    _, first = await stage.call("event.offline.get", {"limit": 1, "clear": 0})
    _, second = await stage.call("event.offline.get", {"clear": 0})
    ids = [each["ID"] for told in (first, second) for each in told["result"]["events"]]
    assert len(ids) == len(set(ids)) == 2
    lot = {"process_id": first["result"]["process_id"]}
    _, again = await stage.call("event.offline.get", lot)
    assert again["result"]["events"] == first["result"]["events"]
    assert (await stage.call("event.offline.clear", lot))[1]["result"] is True
    assert (await stage.call("event.offline.list"))[1]["total"] == 1
    other = {"process_id": second["result"]["process_id"]}
    await stage.call("event.offline.error", other)
    _, failed = await stage.call("event.offline.get", {"error": 1})
    assert len(failed["result"]["events"]) == 1
    assert failed["result"]["process_id"] is None


async def test_an_outgoing_webhook_hears_every_change_it_asked_for(stage: Stage) -> None:
    wanted = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMDEALUSERFIELDADD"]
    made = await stage.control("POST", "/outgoing", {"url": stage.url, "events": wanted})
    portal = stage.emulator.portal("acme")
    row_id = portal.add("deal", {"TITLE": "x"})
    portal.update("deal", row_id, {"TITLE": "y"})
    portal.update("deal", row_id, {"TITLE": "y"})
    portal.delete("deal", row_id)
    portal.add_field("deal", "UF_CRM_NEW")

    assert await stage.events() == wanted
    assert stage.heard[0]["auth[application_token]"] == made["application_token"]
    assert stage.heard[3]["data[FIELDS][FIELD_NAME]"] == "UF_CRM_NEW"
    assert stage.heard[3]["data[FIELDS][ENTITY_ID]"] == "CRM_DEAL"
    outcomes = [each["outcome"] for each in await stage.control("GET", "/deliveries")]
    assert outcomes == ["delivered"] * 4


async def test_a_move_to_another_funnel_is_silent_for_webhooks(stage: Stage) -> None:
    await stage.control("POST", "/outgoing", {"url": stage.url, "events": ["ONCRMDEALUPDATE"]})
    await stage.install()
    await stage.call("event.bind", {"event": "ONCRMDEALMOVETOCATEGORY", "handler": stage.url})
    portal = stage.emulator.portal("acme")
    row_id = portal.add("deal", {"TITLE": "x"})
    other = next(funnel.id for funnel in portal.funnels[2] if funnel.id != 0)
    portal.update("deal", row_id, {"CATEGORY_ID": other})

    assert await stage.events() == ["ONCRMDEALMOVETOCATEGORY"]
    assert stage.heard[0]["data[FIELDS][CATEGORY_ID]"] == str(other)
    assert stage.heard[0]["data[FIELDS][STAGE_ID]"].startswith(f"C{other}:")


async def test_a_new_stage_in_the_same_funnel_is_an_update(stage: Stage) -> None:
    await stage.control("POST", "/outgoing", {"url": stage.url, "events": ["ONCRMDEALUPDATE"]})
    portal = stage.emulator.portal("acme")
    row_id = portal.add("deal", {"TITLE": "x"})
    portal.update("deal", row_id, {"STAGE_ID": "WON"})

    assert await stage.events() == ["ONCRMDEALUPDATE"]
    row = portal.get("deal", row_id)
    assert row is not None
    assert row["STAGE_ID"] == "WON"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            Change("update", "dynamic_1030", 5, 1030, {}, {}, 1),
            ["ONCRMDYNAMICITEMUPDATE", "ONCRMDYNAMICITEMUPDATE_1030"],
        ),
        (
            Change("add", "invoice", 5, 31, None, {}, 1),
            ["ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMADD_31"],
        ),
        (Change("delete", "contact", 5, 3, {}, None, 1), ["ONCRMCONTACTDELETE"]),
        (Change("add", "task", 5, 0, None, {}, 1), ["ONTASKADD"]),
        (
            Change("set_enum_values", "userfield", 5, 2, None, {"ENTITY_ID": "CRM_DEAL"}, 1),
            ["ONCRMDEALUSERFIELDSETENUMVALUES"],
        ),
        (
            Change("delete", "userfield", 5, 1030, {"ENTITY_ID": "CRM_7"}, None, 1),
            ["ONCRMTYPEUSERFIELDDELETE"],
        ),
        (Change("update", "status", 5, 0, {}, {}, 1), []),
    ],
)
def test_every_change_has_its_events(change: Change, expected: list[str]) -> None:
    assert [event for event, _ in events_of(change)] == expected


def test_task_events_say_undefined_where_there_is_nothing() -> None:
    _, told = events_of(Change("add", "task", 123, 0, None, {}, 1))[0]

    assert told == {
        "FIELDS_BEFORE": "undefined",
        "FIELDS_AFTER": {"ID": 123},
        "IS_ACCESSIBLE_BEFORE": "N",
        "IS_ACCESSIBLE_AFTER": "undefined",
    }


async def test_uninstalling_silences_an_application(stage: Stage) -> None:
    await stage.install()
    await stage.call("event.bind", {"event": "ONCRMDEALADD", "handler": stage.url})
    await stage.control("DELETE", "/apps/app.1")
    stage.emulator.portal("acme").add("deal", {"TITLE": "x"})

    assert await stage.events() == []
    assert feed_of(stage.emulator.portal("acme")).subscriptions.of_application("app.1") == []
