"""Events leave byte for byte as documented, once, and to nobody who is deaf."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bridge24.emulator.clock import Clock
from bridge24.emulator.faults import Fault, Faults, Kind
from bridge24.emulator.oauth import Application, Install, OAuthServer, Site
from bridge24.emulator.outbound import Outbound
from bridge24.emulator.subscriptions import Subscriptions
from bridge24.emulator.virtual_time import run_virtual

SITE = Site(
    "d897063e1ce7c5eb9f04b9751eef5915", "portal.example.com", "https://portal.example.com/rest/"
)
TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
WEBHOOK_BODY = (
    "event=ONCRMDEALUPDATE&event_handler_id=2&data%5BFIELDS%5D%5BID%5D=7405&ts=1766047124"
    "&auth%5Bdomain%5D=portal.example.com"
    "&auth%5Bclient_endpoint%5D=https%3A%2F%2Fportal.example.com%2Frest%2F"
    "&auth%5Bserver_endpoint%5D=https%3A%2F%2Foauth.bitrix.info%2Frest%2F"
    "&auth%5Bmember_id%5D=d897063e1ce7c5eb9f04b9751eef5915"
    f"&auth%5Bapplication_token%5D={TOKEN}"
)


@dataclass
class Listener:
    """A handler of events that remembers what reached it."""

    url: str = ""
    status: int = 200
    delay: float = 0.0
    bodies: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.times.append(asyncio.get_running_loop().time())
        self.bodies.append((await request.read()).decode())
        self.headers.append(request.headers["Content-Type"])
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status)

    def ids(self) -> list[str]:
        return [dict(parse_qsl(body))["data[FIELDS][ID]"] for body in self.bodies]


class Portal:
    """The pieces of a portal that events need."""

    def __init__(self) -> None:
        self.clock = Clock(1_766_047_124.0)
        self.faults = Faults(seed=7)
        self.subscriptions = Subscriptions(seed=7)
        self.oauth = OAuthServer(self.clock, seed=7)
        self.outbound = Outbound(
            SITE,
            subscriptions=self.subscriptions,
            oauth=self.oauth,
            faults=self.faults,
            clock=self.clock,
        )

    def install(self) -> Install:
        self.oauth.register(Application("app.1", "s", "https://app/cb", frozenset({"crm"})))
        return self.oauth.install("app.1", SITE)

    def change(self, *ids: int, event: str = "ONCRMDEALUPDATE", user_id: int | None = 1) -> None:
        for number in ids:
            self.outbound.publish(event, {"FIELDS": {"ID": number}}, user_id=user_id)


async def serve(listener: Listener) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/hook", listener.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook?keep=1"
    return runner


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    runner = await serve(listener)
    yield listener
    await runner.cleanup()


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    portal = Portal()
    yield portal
    await portal.outbound.close()


async def test_an_outgoing_webhook_gets_the_documented_bytes(
    portal: Portal, listener: Listener
) -> None:
    portal.subscriptions.add_webhook(listener.url, ["OnCrmDealUpdate"], token=TOKEN)
    portal.change(7405)
    await portal.outbound.flush()

    stamp = dict(parse_qsl(listener.bodies[0]))["ts"]
    assert listener.bodies == [WEBHOOK_BODY.replace("1766047124", stamp)]
    assert 0 <= int(stamp) - 1_766_047_124 < 60
    assert listener.headers == ["application/x-www-form-urlencoded"]


async def test_an_application_gets_tokens_of_the_acting_user(
    portal: Portal, listener: Listener
) -> None:
    install = portal.install()
    portal.subscriptions.bind(install, event="ONCRMDEALADD", url=listener.url)
    portal.change(7405, event="ONCRMDEALADD", user_id=12)
    await portal.outbound.flush()

    keys = [key for key, _ in parse_qsl(listener.bodies[0])]
    values = dict(parse_qsl(listener.bodies[0]))
    assert keys == [
        "event",
        "event_handler_id",
        "data[FIELDS][ID]",
        "ts",
        "auth[access_token]",
        "auth[expires]",
        "auth[expires_in]",
        "auth[scope]",
        "auth[domain]",
        "auth[server_endpoint]",
        "auth[status]",
        "auth[client_endpoint]",
        "auth[member_id]",
        "auth[user_id]",
        "auth[application_token]",
    ]
    assert portal.oauth.identify(values["auth[access_token]"], SITE.member_id).user_id == 12


async def test_changes_by_robots_carry_no_tokens(portal: Portal, listener: Listener) -> None:
    portal.subscriptions.bind(portal.install(), event="ONCRMDEALADD", url=listener.url)
    portal.change(1, event="ONCRMDEALADD", user_id=None)
    await portal.outbound.flush()

    assert "access_token" not in listener.bodies[0]


async def test_every_change_is_delivered_once_in_order(portal: Portal, listener: Listener) -> None:
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.change(*range(1, 101))
    await portal.outbound.flush()

    assert listener.ids() == [str(number) for number in range(1, 101)]


async def test_an_error_of_the_handler_is_never_repeated(
    portal: Portal, listener: Listener
) -> None:
    listener.status = 500
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.change(1, 2)
    await portal.outbound.flush()

    assert listener.ids() == ["1", "2"]
    assert [each.outcome for each in portal.outbound.deliveries] == ["refused", "refused"]


async def test_an_absent_handler_loses_the_event_and_hurts_nobody(
    portal: Portal, listener: Listener
) -> None:
    portal.subscriptions.add_webhook("http://127.0.0.1:1/hook", ["ONCRMDEALUPDATE"])
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.change(1)
    await portal.outbound.flush()

    assert listener.ids() == ["1"]
    assert sorted(each.outcome for each in portal.outbound.deliveries) == ["delivered", "failed"]


async def test_a_lost_event_never_arrives(portal: Portal, listener: Listener) -> None:
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.faults.add(Fault(Kind.LOST, after=1, times=1))
    portal.change(1, 2, 3)
    await portal.outbound.flush()

    assert listener.ids() == ["1", "3"]


async def test_a_doubled_event_arrives_twice(portal: Portal, listener: Listener) -> None:
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.faults.add(Fault(Kind.DOUBLED, times=1))
    portal.change(1, 2)
    await portal.outbound.flush()

    assert listener.ids() == ["1", "1", "2"]


async def test_a_reordered_event_is_overtaken_by_the_next(
    portal: Portal, listener: Listener
) -> None:
    portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    portal.faults.add(Fault(Kind.REORDERED, times=1))
    portal.change(1, 2, 3)
    await portal.outbound.flush()

    assert listener.ids() == ["2", "1", "3"]


def test_a_reordered_event_without_a_successor_still_arrives() -> None:
    async def only_one() -> list[str]:
        listener = Listener()
        runner = await serve(listener)
        portal = Portal()
        portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
        portal.faults.add(Fault(Kind.REORDERED))
        portal.change(1)
        await asyncio.sleep(60)
        await portal.outbound.close()
        await runner.cleanup()
        return listener.ids()

    assert run_virtual(only_one()) == ["1"]


def test_a_slow_handler_is_called_less_and_less_often() -> None:
    async def hour_of_events() -> list[float]:
        listener = Listener(delay=4)
        runner = await serve(listener)
        portal = Portal()
        portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
        portal.change(*range(10))
        await portal.outbound.flush()
        await portal.outbound.close()
        await runner.cleanup()
        return [
            late - early for early, late in zip(listener.times, listener.times[1:], strict=False)
        ]

    gaps = run_virtual(hour_of_events())

    assert [round(gap) for gap in gaps] == [5, 6, 8, 12, 20, 36, 64, 64, 64]


def test_a_handler_that_never_answers_is_given_up_after_five_seconds() -> None:
    async def one_event() -> list[str]:
        listener = Listener(delay=3_600)
        runner = await serve(listener)
        portal = Portal()
        portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
        portal.change(1)
        await portal.outbound.flush()
        outcomes = [each.outcome for each in portal.outbound.deliveries]
        await portal.outbound.close()
        await runner.cleanup()
        return outcomes

    assert run_virtual(one_event()) == ["failed"]


def test_a_webhook_cannot_ask_for_events_of_applications() -> None:
    with pytest.raises(ValueError, match="ONCRMDEALMOVETOCATEGORY"):
        Subscriptions().add_webhook("http://h/", ["ONCRMDEALMOVETOCATEGORY"])


async def test_a_deleted_webhook_hears_nothing_more(portal: Portal, listener: Listener) -> None:
    webhook = portal.subscriptions.add_webhook(listener.url, ["ONCRMDEALUPDATE"])
    assert portal.subscriptions.remove_webhook(webhook.number)
    portal.change(1)
    await portal.outbound.flush()

    assert listener.bodies == []


async def test_an_offline_change_signals_the_application(
    portal: Portal, listener: Listener
) -> None:
    install = portal.install()
    portal.subscriptions.bind(install, event="ONCRMDEALUPDATE", url="", offline=True)
    portal.subscriptions.bind(install, event="ONOFFLINEEVENT", url=listener.url)
    portal.change(1, 2, 3)
    await portal.outbound.flush()

    assert len(listener.bodies) == 1
    assert listener.bodies[0].startswith("event=ONOFFLINEEVENT&")
    assert "auth%5Brefresh_token%5D=" in listener.bodies[0]
