"""Calls in, outcomes out: packing, PHP's arrays, halt, references."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bridge24.bitrix import BitrixClient, Call, Reply, Skipped, reference
from bridge24.bitrix import errors as e
from bridge24.bitrix.batch import command, outcomes, packs
from bridge24.bitrix.testing import Says, ScriptedTransport, breaks, refuses
from bridge24.bitrix.wire import Answer, reply_of

Run = Callable[[Any], Any]
SAMPLES = Path(__file__).parent / "samples"


def _told(sample: str, keys: list[str], *, halt: bool = False) -> list[object]:
    (pack,) = packs([Call("user.current", key=key) for key in keys])
    answer = Answer(200, (SAMPLES / f"{sample}.json").read_bytes())
    return list(outcomes(pack, reply_of(answer, method="batch"), halt=halt).outcomes)


def test_documented_success_is_read() -> None:
    user, department = _told("batch.success", ["get_user", "get_department"])

    assert isinstance(user, Reply)
    assert isinstance(department, Reply)
    assert user.result["NAME"] == "John"
    assert user.total is None
    assert department.total == 1
    assert department.time.processing == pytest.approx(0.005941152572631836)


def test_documented_failures_are_read() -> None:
    told = _told("batch.errors.halt0", ["get_user", "get_department"])

    assert [type(outcome) for outcome in told] == [e.InsufficientScope] * 2


def test_calls_after_a_halt_are_skipped() -> None:
    told = _told("batch.errors.halt1", ["get_user", "get_department"], halt=True)

    assert isinstance(told[0], e.InsufficientScope)
    assert told[1] == Skipped("user.current")


async def test_every_call_has_one_outcome_in_order(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.get", lambda params: {"ID": params["id"]})
    portal.on("crm.lead.get", refuses("", "Not found"))
    calls = [Call("crm.lead.get" if n % 3 == 0 else "crm.deal.get", {"id": n}) for n in range(120)]

    told = await client.batch(calls)

    assert [len(call.params["cmd"]) for call in portal.calls] == [50, 50, 20]
    for n, outcome in enumerate(told):
        if n % 3 == 0:
            assert isinstance(outcome, e.NotFound)
            continue
        assert isinstance(outcome, Reply)
        assert outcome.result == {"ID": str(n)}


@pytest.mark.parametrize("failing", [{"0"}, {"1"}, {"0", "1", "2"}, set()])
async def test_sections_written_as_lists_are_matched_to_their_calls(
    failing: set[str], portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.get", _refusing(failing))

    told = await client.batch([Call("crm.deal.get", {"id": key}, key=key) for key in "012"])

    for key, outcome in zip("012", told, strict=True):
        assert isinstance(outcome, e.NotFound if key in failing else Reply)
        if isinstance(outcome, Reply):
            assert outcome.result == key


def _refusing(failing: set[str]) -> Callable[[Mapping[str, Any]], object]:
    def answer(params: Mapping[str, Any]) -> object:
        return refuses("NOT_FOUND") if params["id"] in failing else params["id"]

    return answer


async def test_null_result_is_a_result(portal: ScriptedTransport, client: BitrixClient) -> None:
    portal.on("crm.x.get", None)

    assert await client.batch([Call("crm.x.get")]) == [Reply(None, time=_any_time(portal))]


def _any_time(portal: ScriptedTransport) -> Any:
    return type("Any", (), {"__eq__": lambda *_: True, "__hash__": object.__hash__})()


async def test_reference_reaches_an_earlier_result(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.list", [{"ID": "7"}])
    portal.on("crm.deal.get", lambda params: {"ID": params["id"]})

    told = await client.batch(
        [Call("crm.deal.list"), Call("crm.deal.get", {"id": reference(0, 0, "ID")})]
    )

    assert isinstance(told[1], Reply)
    assert told[1].result == {"ID": "7"}


async def test_reference_across_fifty_is_refused_before_anything_is_sent(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    calls = [Call("crm.deal.list")] * 50 + [Call("crm.deal.get", {"id": reference(3, 0, "ID")})]

    with pytest.raises(ValueError, match="refers to c3"):
        await client.batch(calls)

    assert portal.calls == []


def test_two_calls_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        list(packs([Call("profile", key="a"), Call("scope", key="a")]))


async def test_halt_reaches_over_the_fifties(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("profile", {})
    calls = [Call("profile")] * 10 + [Call("nope.get")] + [Call("profile")] * 60

    told = await client.batch(calls, halt=True)

    assert len(portal.calls) == 1
    assert isinstance(told[10], e.MethodNotFound)
    assert set(map(type, told[11:])) == {Skipped}


async def test_failed_request_fails_its_own_fifty_only(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.add", 1)
    portal.once("batch", breaks(e.TimedOut()))

    told = await client.batch([Call("crm.deal.add")] * 60)

    assert set(map(type, told[:50])) == {e.TimedOut}
    assert set(map(type, told[50:])) == {Reply}


def test_batch_of_reads_is_repeated_after_a_timeout(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", [])
    portal.once("batch", breaks(e.TimedOut()))

    (told,) = in_virtual_time(client.batch([Call("crm.deal.list")]))

    assert isinstance(told, Reply)


def test_read_refused_for_a_limit_inside_a_batch_is_asked_again(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: Run
) -> None:
    portal.on("crm.deal.list", [])
    portal.on("crm.deal.add", refuses("OPERATION_TIME_LIMIT", status=429))
    portal.once("crm.deal.list", refuses("OPERATION_TIME_LIMIT", status=429))

    read, write = in_virtual_time(client.batch([Call("crm.deal.list"), Call("crm.deal.add")]))

    assert isinstance(read, Reply)
    assert isinstance(write, e.OperationTimeLimit)


async def test_batch_once_reports_a_refusal_and_repeats_nothing(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("crm.deal.list", refuses("OPERATION_TIME_LIMIT", status=429))

    told = await client.batch_once([Call("crm.deal.list")])

    assert isinstance(told.outcomes[0], e.OperationTimeLimit)
    assert len(portal.calls) == 1
    operating, now = (await client.limits()).operating, asyncio.get_running_loop().time()
    assert operating.remaining("crm.deal.list", now) == 0
    assert operating.remaining("crm.deal.add", now) == 480
    assert told.outcomes[0].retry_after == pytest.approx(60)


async def test_batch_once_takes_fifty_at_most(client: BitrixClient) -> None:
    with pytest.raises(ValueError, match="fifty"):
        await client.batch_once([Call("profile")] * 51)


async def test_no_calls_ask_nobody(portal: ScriptedTransport, client: BitrixClient) -> None:
    assert await client.batch([]) == []
    assert (await client.batch_once([])).outcomes == []
    assert portal.calls == []


@pytest.mark.parametrize("sections", [[], {}, None, {"result_error": []}])
async def test_batch_without_sections_is_an_error_for_each_call(
    sections: object, portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("batch", Says({"result": sections}))

    told = await client.batch([Call("crm.deal.add"), Call("crm.deal.add")])

    assert set(map(type, told)) == {e.UnexpectedAnswer}


async def test_call_the_answer_forgot_is_an_error(
    portal: ScriptedTransport, client: BitrixClient
) -> None:
    portal.on("batch", Says({"result": {"result": {"c0": 1}, "result_error": []}}))

    told = await client.batch([Call("crm.deal.add"), Call("crm.deal.add")])

    assert [type(outcome) for outcome in told] == [Reply, e.UnexpectedAnswer]


def test_operators_and_unicode_survive_the_command_string() -> None:
    text = command(Call("crm.deal.list", {"filter": {">=ID": 1, "%TITLE": "a&b=ё"}}))

    assert text.startswith("crm.deal.list?filter[%3E%3DID]=1&filter[%25TITLE]=")
    assert unquote(text).endswith("a&b=ё")
    assert "a%26b%3D" in text


def test_batch_sample_with_escapes_is_the_same_as_plain_json() -> None:
    body = (SAMPLES / "batch.success.json").read_bytes()
    answer = Answer(200, json.dumps(json.loads(body)).replace("/", "\\/").encode())

    (pack,) = packs(
        [Call("user.get", key="get_user"), Call("department.get", key="get_department")]
    )
    escaped = outcomes(pack, reply_of(answer, method="batch"), halt=False)
    plain = outcomes(pack, reply_of(Answer(200, body), method="batch"), halt=False)

    assert escaped == plain
