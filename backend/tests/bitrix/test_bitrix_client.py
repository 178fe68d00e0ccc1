"""What BitrixClient.call does with good answers, refusals and trouble."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.bitrix import errors as e
from bridge24.bitrix.testing import Says, ScriptedTransport, answers, breaks, refuses, time_object

Run = Callable[[Any], Any]


async def test_answer_carries_result_total_next_and_time(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.list", answers([{"ID": "1"}], total=654, next="50"))

    reply = await client.call("crm.deal.list", {"start": 0})

    assert (reply.result, reply.total, reply.next) == ([{"ID": "1"}], 654, 50)
    assert reply.time.operating_reset_at == 1_778_747_793
    assert portal.calls[0].params == {"start": 0}


@pytest.mark.parametrize("code", ["", 0, "0", None, False, []])
async def test_any_error_key_is_an_error_however_empty(
    code: object, portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.get", Says({"result": [], "error": code, "error_description": "No."}))

    with pytest.raises(e.MethodError, match=r"No\."):
        await client.call("crm.deal.get", {"id": 1})


async def test_positional_parameters_keep_their_order(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("task.commentitem.getlist", [])

    await client.call("task.commentitem.getlist", [123, {"ID": "asc"}])

    assert portal.calls[0].params == {"0": 123, "1": {"ID": "asc"}}


RECOVERABLE = [
    refuses("QUERY_LIMIT_EXCEEDED", "Too many requests", status=503),
    refuses("OPERATION_TIME_LIMIT", status=429),
    refuses("OVERLOAD_LIMIT", status=503),
    refuses("INTERNAL_SERVER_ERROR", status=500),
    Says(status=502, body=b"<html>Bad gateway</html>"),
    Says(body=b'{"result": [{"ID"'),
    breaks(e.TimedOut()),
    breaks(e.ConnectionLost()),
    breaks(e.Unreachable()),
]


@pytest.mark.parametrize("trouble", RECOVERABLE)
def test_read_survives_passing_trouble(
    trouble: Says, portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", [])
    portal.once("crm.deal.list", trouble)

    assert in_virtual_time(client.call("crm.deal.list")).result == []
    assert len(portal.calls) == 2


EXECUTED_PERHAPS = [
    (refuses("INTERNAL_SERVER_ERROR", status=500), e.PortalFailed),
    (Says(status=504, body=b""), e.UnexpectedAnswer),
    (Says(body=b'{"resu'), e.UnexpectedAnswer),
    (breaks(e.TimedOut()), e.TimedOut),
    (breaks(e.ConnectionLost()), e.ConnectionLost),
]


@pytest.mark.parametrize(("trouble", "kind"), EXECUTED_PERHAPS)
def test_write_that_may_have_run_is_not_repeated(
    trouble: Says,
    kind: type[e.BitrixError],
    portal: ScriptedTransport,
    client: BitrixClient,
    in_virtual_time: Run,
) -> None:
    portal.on("crm.deal.add", 5)
    portal.once("crm.deal.add", trouble)

    with pytest.raises(kind) as caught:
        in_virtual_time(client.call("crm.deal.add", {"fields": {}}))

    assert caught.value.may_have_run
    assert len(portal.calls) == 1


@pytest.mark.parametrize(
    "trouble",
    [refuses("QUERY_LIMIT_EXCEEDED", status=503), breaks(e.Unreachable())],
)
def test_write_that_surely_did_not_run_is_repeated(
    trouble: Says, portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.add", 5)
    portal.once("crm.deal.add", trouble)

    assert in_virtual_time(client.call("crm.deal.add")).result == 5


@pytest.mark.parametrize(
    "refusal",
    [
        refuses("INVALID_CREDENTIALS", status=401),
        refuses("insufficient_scope", status=403),
        refuses("PORTAL_DELETED", status=500),
        Says(status=404, body=b"<html>Not a portal</html>"),
    ],
)
async def test_final_refusal_is_not_repeated(
    refusal: Says, portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.list", refusal)

    with pytest.raises(e.BitrixError):
        await client.call("crm.deal.list")

    assert len(portal.calls) == 1


def test_parked_method_lets_other_methods_pass(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", [])
    portal.once("crm.deal.list", refuses("OPERATION_TIME_LIMIT", status=429))
    portal.on("crm.lead.list", [])

    async def scenario() -> list[float]:
        loop = asyncio.get_running_loop()
        deals = asyncio.create_task(client.call("crm.deal.list"))
        await asyncio.sleep(1)
        await client.call("crm.lead.list")
        leads_at = loop.time()
        await deals
        return [leads_at, loop.time()]

    leads_at, deals_at = in_virtual_time(scenario())
    assert leads_at < 2
    assert deals_at >= 60


def test_method_waits_for_the_relief_the_portal_names(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    spent = answers([], time=time_object(operating=480.5, reset_in=200))
    portal.on("crm.deal.list", [])
    portal.once("crm.deal.list", spent)

    async def scenario() -> float:
        await client.call("crm.deal.list")
        await client.call("crm.deal.list")
        return asyncio.get_running_loop().time()

    assert 200 <= in_virtual_time(scenario()) < 210
    assert len(portal.calls) == 2


def test_method_that_stays_blocked_says_when_to_come_back(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", refuses("OPERATION_TIME_LIMIT", status=429))

    with pytest.raises(e.OperationTimeLimit) as caught:
        in_virtual_time(client.call("crm.deal.list"))

    assert caught.value.retry_after == 60


def test_503_empties_our_trust_in_the_bucket(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("profile", {})
    portal.once("profile", refuses("QUERY_LIMIT_EXCEEDED", status=503))

    async def scenario() -> float:
        await client.call("profile")
        return (await client.limits()).bucket.room(asyncio.get_running_loop().time())

    assert in_virtual_time(scenario()) < 5


def test_503_makes_those_who_already_wait_wait_anew(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    sent: list[float] = []
    portal.on("profile", lambda _: sent.append(asyncio.get_running_loop().time()))
    portal.once("scope", refuses("QUERY_LIMIT_EXCEEDED", status=503))
    portal.on("scope", [])

    async def scenario() -> None:
        await asyncio.gather(client.call("scope"), *(client.call("profile") for _ in range(50)))

    in_virtual_time(scenario())

    late = [at for at in sent if at > 0]
    assert len(late) == 6  # 45 went at once, one of them the refused one
    assert min(late) >= 3  # the portal is full: five in reserve have to leave first


def test_what_opened_the_circuit_is_told_and_not_the_circuit(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", breaks(e.Unreachable("no route")))

    async def scenario() -> list[Any]:
        calls = (client.call("crm.deal.list") for _ in range(4))
        return await asyncio.gather(*calls, return_exceptions=True)

    told = in_virtual_time(scenario())
    assert set(map(type, told)) == {e.Unreachable}


def test_failing_portal_is_left_alone_then_tried_once(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.add", breaks(e.TimedOut()))
    portal.on("profile", {"ID": "1"})

    async def scenario() -> None:
        for _ in range(8):
            with pytest.raises(e.TimedOut):
                await client.call("crm.deal.add")
        with pytest.raises(e.CircuitOpen) as refused:
            await client.call("profile")
        assert len(portal.calls) == 8
        await asyncio.sleep(refused.value.retry_after or 0)
        trials = await asyncio.gather(
            *(client.call("profile") for _ in range(3)), return_exceptions=True
        )
        assert any(not isinstance(trial, BaseException) for trial in trials)
        await client.call("profile")

    in_virtual_time(scenario())


def test_cancelled_trial_leaves_the_circuit_open_for_the_next(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.add", breaks(e.Unreachable()))
    portal.on("profile", Says({"result": {}}, after_seconds=30))

    async def scenario() -> None:
        for _ in range(2):
            with pytest.raises(e.BitrixError):
                await client.call("crm.deal.add")
        await asyncio.sleep(400)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.call("profile"), timeout=1)
        await client.call("profile")

    in_virtual_time(scenario())


def test_cancelled_waiter_returns_its_place_in_the_bucket(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("profile", {})

    async def scenario() -> tuple[float, float]:
        await asyncio.gather(*(client.call("profile") for _ in range(45)))
        loop, bucket = asyncio.get_running_loop(), (await client.limits()).bucket
        before = bucket.room(loop.time())
        waiter = asyncio.create_task(client.call("profile"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        return before, bucket.room(loop.time())

    before, after = in_virtual_time(scenario())
    assert after >= before
