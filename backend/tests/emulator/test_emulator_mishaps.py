"""Each fault harms one exchange in its own way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientResponse, ClientSession, ClientTimeout

from bridge24.emulator import Emulator, Fault, Kind, PortalSpec
from bridge24.emulator.faults import Faults
from bridge24.emulator.virtual_time import run_virtual

SPEC = PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=5)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator([SPEC], seed=7) as emulator:
        yield emulator


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def faults(emulator: Emulator) -> Faults:
    return emulator.gate("acme").faults


async def post(
    session: ClientSession, emulator: Emulator, method: str = "profile", params: Any = None
) -> ClientResponse:
    url = emulator.webhook_url("acme") + method
    async with session.post(url, json=params or {}, allow_redirects=False) as answer:
        await answer.read()
        return answer


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Kind.UNAVAILABLE, 503, "QUERY_LIMIT_EXCEEDED"),
        (Kind.BLOCKED, 429, "OPERATION_TIME_LIMIT"),
        (Kind.BROKEN, 500, "INTERNAL_SERVER_ERROR"),
        (Kind.EXPIRED, 401, "expired_token"),
    ],
)
async def test_an_error_answer_comes_once_and_then_all_is_well(
    emulator: Emulator, session: ClientSession, kind: Kind, status: int, code: str
) -> None:
    faults(emulator).add(Fault(kind, times=1))

    answer = await post(session, emulator)
    assert (answer.status, (await answer.json())["error"]) == (status, code)
    assert (await post(session, emulator)).status == 200


async def test_html_comes_instead_of_json(emulator: Emulator, session: ClientSession) -> None:
    faults(emulator).add(Fault(Kind.HTML))
    answer = await post(session, emulator)

    assert (answer.status, answer.content_type) == (502, "text/html")
    assert "<html>" in await answer.text()


async def test_json_ends_in_the_middle_but_the_write_has_happened(
    emulator: Emulator, session: ClientSession
) -> None:
    faults(emulator).add(Fault(Kind.TRUNCATED))
    before = emulator.portal("acme").table("deal").store.count()
    answer = await post(session, emulator, "crm.deal.add", {"fields": {"TITLE": "x"}})

    assert answer.status == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        await answer.json()
    assert emulator.portal("acme").table("deal").store.count() == before + 1


async def test_a_reset_connection_raises_and_the_write_has_happened(
    emulator: Emulator, session: ClientSession
) -> None:
    faults(emulator).add(Fault(Kind.RESET, only=frozenset({"crm.deal.add"})))
    before = emulator.portal("acme").table("deal").store.count()

    with pytest.raises(ClientConnectionError):
        await post(session, emulator, "crm.deal.add", {"fields": {"TITLE": "x"}})
    assert emulator.portal("acme").table("deal").store.count() == before + 1


async def test_withdrawn_rights_let_rows_vanish_from_the_nth_call_on(
    emulator: Emulator, session: ClientSession
) -> None:
    faults(emulator).add(Fault(Kind.WITHDRAWN, after=1, times=1, share=0.5))
    totals = [
        (await (await post(session, emulator, "crm.deal.list")).json())["total"] for _ in range(3)
    ]
    assert totals == [60, 30, 30]

    faults(emulator).add(Fault(Kind.WITHDRAWN, times=1))
    told = await (await post(session, emulator, "crm.deal.list")).json()
    assert (told["total"], told["result"]) == (0, [])
    emulator.portal("acme").show("deal")
    told = await (await post(session, emulator, "crm.deal.list")).json()
    assert told["total"] == 60


async def test_a_renamed_portal_points_to_its_new_host(
    emulator: Emulator, session: ClientSession
) -> None:
    faults(emulator).add(Fault(Kind.RENAME, host="new.localhost:8443"))
    answer = await post(session, emulator, "crm.deal.list")
    path = emulator.webhook_url("acme").removeprefix(emulator.url)

    assert answer.status == 302
    assert answer.headers["Location"] == f"http://new.localhost:8443{path}crm.deal.list"
    assert answer.content_type == "text/html"


def test_a_hanging_call_lasts_until_the_client_gives_up() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        async with Emulator([SPEC], seed=7) as emulator:
            faults(emulator).add(Fault(Kind.HANG))
            started = loop.time()
            async with ClientSession(timeout=ClientTimeout(total=70)) as session:
                with pytest.raises(TimeoutError):
                    await post(session, emulator)
            return loop.time() - started

    assert run_virtual(wait()) == pytest.approx(70, abs=1)


def test_a_slow_call_takes_its_time_and_answers() -> None:
    async def wait() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        async with Emulator([SPEC], seed=7) as emulator, ClientSession() as session:
            faults(emulator).add(Fault(Kind.SLOW, seconds=25))
            started = loop.time()
            answer = await post(session, emulator)
            return answer.status, loop.time() - started

    status, seconds = run_virtual(wait())
    assert status == 200
    assert seconds == pytest.approx(25, abs=0.1)


async def test_a_fault_for_a_method_reaches_its_commands_in_a_batch(
    emulator: Emulator, session: ClientSession
) -> None:
    faults(emulator).add(Fault(Kind.BLOCKED, only=frozenset({"crm.deal.list"})))
    cmd = {"deals": "crm.deal.list?start=-1", "me": "profile"}
    answer = await (await post(session, emulator, "batch", {"cmd": cmd})).json()

    assert answer["result"]["result_error"]["deals"]["error"] == "OPERATION_TIME_LIMIT"
    assert "me" in answer["result"]["result"]
