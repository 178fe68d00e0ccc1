"""Limits, faults and the clock surround every call, alone and inside a batch."""

import aiohttp
import pytest

from bridge24.emulator import Clock, Emulator, Fault, Kind, PortalSpec, Wire


async def post(session, url, **json):
    async with session.post(url, json=json) as answer:
        return answer.status, await answer.json()


@pytest.fixture
async def limited():
    """The documented limits on a virtual clock: costs pass at once."""
    clock = Clock(1_790_000_000.0, virtual=True)
    async with (
        Emulator([PortalSpec()], limits="documented", clock=clock) as emulator,
        aiohttp.ClientSession() as session,
    ):
        yield emulator, session


async def test_operating_adds_up_by_method_and_blocks_it_alone(limited):
    emulator, session = limited
    gate, url = emulator.gate("acme"), emulator.webhook_url("acme")
    key = next(iter(gate.portal.webhooks.values())).key

    _, first = await post(session, url + "crm.deal.list")
    _, second = await post(session, url + "crm.deal.list")
    gate.limits.charge(key, "crm.deal.list", seconds=500, now=gate.portal.clock.now())
    blocked = await post(session, url + "crm.deal.list")
    other = await post(session, url + "crm.lead.list")
    _, inside = await post(session, url + "batch", cmd=["crm.deal.list", "crm.lead.list"])

    assert 0 < first["time"]["operating"] < second["time"]["operating"]
    assert (blocked[0], blocked[1]["error"]) == (429, "OPERATION_TIME_LIMIT")
    assert other[0] == 200
    assert inside["result"]["result_error"][0]["error"] == "OPERATION_TIME_LIMIT"
    assert inside["result"]["result_time"]["1"]["operating"] > 0


async def test_a_call_takes_its_cost_on_the_portals_clock(limited):
    emulator, session = limited
    before = emulator.clock.now()

    _, answer = await post(session, emulator.webhook_url("acme") + "crm.deal.list")

    time = answer["time"]
    assert time["duration"] == pytest.approx(time["operating"], abs=0.05)
    assert emulator.clock.now() - before >= time["operating"]


async def test_a_request_of_more_than_a_minute_ends_at_the_gateway(limited):
    emulator, session = limited
    gate = emulator.gate("acme")
    from dataclasses import replace

    gate.costs = replace(gate.costs, page=7.0)
    async with session.post(
        emulator.webhook_url("acme") + "batch", json={"cmd": ["crm.deal.list"] * 20}
    ) as answer:
        text = await answer.text()

    assert (answer.status, answer.content_type) == (504, "text/html")
    assert "Gateway" in text


async def test_the_log_tells_calls_and_costs_but_no_secrets(limited):
    emulator, session = limited
    url = emulator.webhook_url("acme")
    await post(session, url + "batch", cmd=["crm.deal.list?start=-1", "nope"])

    listed, failed = emulator.calls
    assert (listed.method, listed.in_batch, listed.rows, listed.error) == (
        "crm.deal.list",
        True,
        50,
        None,
    )
    assert listed.seconds > 0
    assert failed.error == "ERROR_METHOD_NOT_FOUND"
    code = url.rstrip("/").rpartition("/")[2]
    assert code not in repr(emulator.calls)


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        (Kind.UNAVAILABLE, 503, "QUERY_LIMIT_EXCEEDED"),
        (Kind.BLOCKED, 429, "OPERATION_TIME_LIMIT"),
        (Kind.BROKEN, 500, "INTERNAL_SERVER_ERROR"),
        (Kind.EXPIRED, 401, "expired_token"),
    ],
)
async def test_a_fault_strikes_once_and_the_next_call_passes(api, kind, status, error):
    faults = api.emulator.gate("acme").faults
    faults.add(Fault(kind, only=frozenset({"crm.deal.list"}), times=1))

    struck = await api.call("crm.deal.list")
    other = await api.call("crm.deal.list")

    assert struck.error == (status, error)
    assert other.status == 200


async def test_a_fault_of_a_method_strikes_its_command_in_a_batch(api):
    faults = api.emulator.gate("acme").faults
    faults.add(Fault(Kind.BROKEN, only=frozenset({"crm.deal.list"}), times=1))

    reply = await api.call("batch", cmd=["crm.lead.list", "crm.deal.list"])

    assert reply.result["result_error"]["1"]["error"] == "INTERNAL_SERVER_ERROR"


async def test_a_renamed_portal_redirects_and_a_torn_answer_is_no_json(api):
    faults = api.emulator.gate("acme").faults
    faults.add(Fault(Kind.RENAME, times=1, host="new.localhost:1"))
    async with api.session.post(api.url + "profile", allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"].startswith("http://new.localhost:1/acme/rest/1/")

    faults.add(Fault(Kind.TRUNCATED, times=1))
    async with api.session.post(api.url + "profile") as answer:
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            await answer.json()


async def test_portals_are_told_apart_by_path_and_by_host():
    specs = [PortalSpec(name="acme", deals=10), PortalSpec(name="umbra", deals=20)]
    async with Emulator(specs) as emulator, aiohttp.ClientSession() as session:
        totals = []
        for name in ("acme", "umbra"):
            by_path = emulator.webhook_url(name)
            by_host = by_path.replace(f"/{name}/rest", "/rest")
            host = {"Host": f"{name}.localhost:{emulator.port}"}
            for url, headers in ((by_path, {}), (by_host, host)):
                async with session.post(url + "crm.deal.list", headers=headers) as answer:
                    totals.append((await answer.json())["total"])
        async with session.post(emulator.webhook_url("acme").replace("/acme/", "/none/")) as lost:
            assert lost.status == 404

    assert totals == [10, 10, 20, 20]


async def test_switches_of_the_wire_change_the_spelling_only():
    wire = Wire(escape_slashes=False, escape_unicode=True, total_without_count=False)
    async with (
        Emulator([PortalSpec()], wire=wire, gzip=True) as emulator,
        aiohttp.ClientSession() as session,
    ):
        emulator.portal("acme").update("deal", 1, {"TITLE": "путь a/b"})
        url = emulator.webhook_url("acme") + "crm.deal.list"
        async with session.post(url, json={"start": -1, "select": ["TITLE"]}) as answer:
            text = await answer.text()
            body = await answer.json()

    assert answer.headers["Content-Encoding"] in {"gzip", "deflate"}
    assert "a/b" in text
    assert "путь" not in text
    assert "total" not in body
    assert body["result"][0]["TITLE"] == "путь a/b"


async def test_plain_http_can_be_refused():
    async with (
        Emulator([PortalSpec()], https_only=True) as emulator,
        aiohttp.ClientSession() as session,
    ):
        answer = await post(session, emulator.webhook_url("acme") + "profile")

    assert answer == (400, {"error": "INVALID_REQUEST", "error_description": "Https required."})
