"""The client against a portal that really counts: nothing refused, little left unused."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bridge24.bitrix import ENTERPRISE, STANDARD, BitrixClient, Call, Limits, PortalLimits, Webhook
from bridge24.bitrix.testing import Says, ScriptedTransport, answers, refuses, time_object
from bridge24.bitrix.wire import Answer, Request

Run = Callable[[Any], Any]


class _CountingPortal(ScriptedTransport):
    """Empties its bucket once a second and keeps operating seconds in minutes."""

    def __init__(self, limits: Limits, *, seconds_per_call: float = 0.0) -> None:
        super().__init__()
        self._limits = limits
        self._cost = seconds_per_call
        self._level = 0.0
        self._tick = 0
        self._minutes: dict[int, float] = {}
        self.refused = 0
        self.on("crm.deal.list", self._metered)

    async def send(self, request: Request) -> Answer:
        tick = int(_now() + 0.7)
        leaked = (tick - self._tick) * self._limits.leaks_per_second
        self._level, self._tick = max(0.0, self._level - leaked) + 1, tick
        if self._level > self._limits.capacity:
            self.refused += 1
            return Answer(503, b'{"error":"QUERY_LIMIT_EXCEEDED"}')
        return await super().send(request)

    def _metered(self, _params: Mapping[str, Any]) -> Says:
        minute = int(_now() // 60)
        self._minutes = {m: spent for m, spent in self._minutes.items() if m > minute - 10}
        if sum(self._minutes.values()) > self._limits.operating_seconds:
            self.refused += 1
            return refuses("OPERATION_TIME_LIMIT", status=429)
        self._minutes[minute] = self._minutes.get(minute, 0.0) + self._cost
        told = time_object(
            operating=sum(self._minutes.values()),
            finish=1_700_000_000 + _now(),
            reset_in=(min(self._minutes) + 10) * 60 - _now(),
        )
        return answers([], time=told)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _client(portal: ScriptedTransport, limits: Limits) -> BitrixClient:
    webhook = Webhook("https://acme.bitrix24.ru/rest/1/code/")
    return BitrixClient(webhook, transport=portal, limits=PortalLimits(limits))


@pytest.mark.parametrize("limits", [STANDARD, ENTERPRISE])
def test_thousand_calls_at_once_are_never_refused(limits: Limits, in_virtual_time: Run) -> None:
    portal = _CountingPortal(limits)
    portal.on("profile", {})

    async def scenario() -> float:
        client = _client(portal, limits)
        await asyncio.gather(*(client.call("profile") for _ in range(1000)))
        return _now()

    lasted = in_virtual_time(scenario())

    assert portal.refused == 0
    assert lasted <= (1000 - limits.capacity + limits.reserve) / limits.leaks_per_second * 1.01


def test_two_clients_of_one_portal_share_its_bucket(in_virtual_time: Run) -> None:
    portal = _CountingPortal(STANDARD)
    portal.on("profile", {})
    webhook = Webhook("https://shared.bitrix24.ru/rest/1/code/")
    other = Webhook("https://shared.bitrix24.ru/rest/2/another/")

    async def scenario() -> None:
        clients = [BitrixClient(auth, transport=portal) for auth in (webhook, other, webhook)]
        await asyncio.gather(*(client.call("profile") for client in clients * 50))

    in_virtual_time(scenario())

    assert portal.refused == 0


@pytest.mark.parametrize("crowd", [1, 40])
def test_dear_method_is_never_refused_and_uses_its_seconds(
    crowd: int, in_virtual_time: Run
) -> None:
    portal = _CountingPortal(STANDARD, seconds_per_call=3.0)

    async def caller(client: BitrixClient) -> None:
        while _now() < 6000:
            await client.call("crm.deal.list")

    async def scenario() -> None:
        client = _client(portal, STANDARD)
        await asyncio.gather(*(caller(client) for _ in range(crowd)))

    in_virtual_time(scenario())

    assert portal.refused == 0
    assert len(portal.commands) * 3.0 >= 0.95 * 480 * 10


def test_batches_of_a_dear_method_are_never_refused(in_virtual_time: Run) -> None:
    portal = _CountingPortal(STANDARD, seconds_per_call=2.0)

    async def scenario() -> list[Any]:
        client = _client(portal, STANDARD)
        await client.call("crm.deal.list")
        return await client.batch([Call("crm.deal.list")] * 1000)

    told = in_virtual_time(scenario())

    assert len(told) == 1000
    assert portal.refused == 0
