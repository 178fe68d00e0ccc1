"""An hour under the documented limits, over real sockets, in a moment."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from aiohttp import ClientSession
from fast_bitrix24 import BitrixAsync

from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.limits import Costs
from bridge24.emulator.virtual_time import run_virtual, virtual_clock

SPEC = PortalSpec(name="acme", deals=3_000, contacts=10, leads=10, companies=5)


async def call(
    session: ClientSession, emulator: Emulator, method: str, params: Any
) -> tuple[int, Any]:
    async with session.post(emulator.webhook_url("acme") + method, json=params) as answer:
        return answer.status, await answer.json()


def test_two_calls_a_second_are_never_refused_for_an_hour() -> None:
    async def hour() -> Counter[int]:
        statuses: Counter[int] = Counter()
        async with Emulator([SPEC], limits="documented") as emulator, ClientSession() as session:
            loop = asyncio.get_running_loop()
            started = loop.time()
            for number in range(7_200):
                await asyncio.sleep(started + number / 2 - loop.time())
                statuses[(await call(session, emulator, "server.time", {}))[0]] += 1
        return statuses

    assert run_virtual(hour()) == {200: 7_200}


def test_who_hammers_is_refused_beyond_the_bucket() -> None:
    async def burst() -> Counter[int]:
        async with Emulator([SPEC], limits="documented") as emulator, ClientSession() as session:
            calls = [call(session, emulator, "server.time", {}) for _ in range(200)]
            return Counter(status for status, _ in await asyncio.gather(*calls))

    assert run_virtual(burst()) == {200: 50, 503: 150}


def test_a_spent_method_is_refused_until_its_oldest_basket_leaves() -> None:
    async def spend() -> tuple[float, float, float, int]:
        dear = Costs(page=1.0)
        async with (
            Emulator([SPEC], limits="documented", costs=dear) as emulator,
            ClientSession() as session,
        ):
            page = "crm.deal.list?start=-1&select[]=ID"
            batch = {"cmd": [page] * 50}
            operating, reset_at = 0.0, 0
            while True:
                _, told = await call(session, emulator, "batch", batch)
                times = told["result"]["result_time"]
                if told["result"]["result_error"]:
                    break
                operating, reset_at = times[-1]["operating"], times[-1]["operating_reset_at"]
                await asyncio.sleep(0.5)
            status, refused = await call(session, emulator, "crm.deal.list", {"start": -1})
            assert (status, refused["error"]) == (429, "OPERATION_TIME_LIMIT")
            assert (await call(session, emulator, "crm.lead.list", {"start": -1}))[0] == 200
            await asyncio.sleep(reset_at - emulator.clock.now() - 1)
            early = (await call(session, emulator, "crm.deal.list", {"start": -1}))[0]
            await asyncio.sleep(reset_at + 1 - emulator.clock.now())
            late, told = await call(session, emulator, "crm.deal.list", {"start": -1})
            assert (early, late) == (429, 200)
            dearest = max(entry.seconds for entry in emulator.gate("acme").log)
            return operating, dearest, told["time"]["operating"], reset_at

    operating, dearest, afterwards, _ = run_virtual(spend())

    assert operating <= 480 + dearest
    assert 0 < afterwards < 480


def test_a_request_beyond_sixty_seconds_is_cut_off() -> None:
    async def ask() -> tuple[int, float]:
        async with Emulator([SPEC], limits="documented") as emulator, ClientSession() as session:
            loop = asyncio.get_running_loop()
            emulator.gate("acme").costs = Costs(page=2.0)
            url = emulator.webhook_url("acme") + "batch"
            started = loop.time()
            async with session.post(url, json={"cmd": ["crm.deal.list?start=-1"] * 50}) as answer:
                return answer.status, loop.time() - started

    status, seconds = run_virtual(ask())
    assert status == 504
    assert seconds == pytest.approx(60, abs=0.5)


def test_fast_bitrix24_reads_a_list_in_virtual_time() -> None:
    async def read() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        async with Emulator([SPEC], limits="documented") as emulator:
            started = loop.time()
            with virtual_clock(loop):
                client = BitrixAsync(emulator.webhook_url("acme"), verbose=False)
                rows = await client.get_all("crm.deal.list", {"select": ["ID"]})
            return len(rows), loop.time() - started

    count, seconds = run_virtual(read())
    assert count == 3_000
    assert seconds > 2
