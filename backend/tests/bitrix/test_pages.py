"""What a walk asks, what it refuses, and what it holds in memory."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.chains import NotAPage
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.crm import ADDRESS, CURRENCY, DEAL, DEPARTMENT, SMART_INVOICE
from bridge24.bitrix.errors import AccessDenied, TimedOut
from bridge24.bitrix.sweep import OVERCOMMIT, ROOM_BYTES
from bridge24.bitrix.testing import ScriptedTransport, answers, breaks, refuses, time_object

InVirtualTime = Callable[[Coroutine[Any, Any, Any]], Any]
Params = Mapping[str, Any]


def deals(count: int, *, fields: int = 2) -> Callable[[Params], list[dict[str, str]]]:
    """A table with the ids 1 to ``count``."""

    def page(params: Params) -> list[dict[str, str]]:
        bounds = params.get("filter", {})
        low, high = int(bounds.get(">ID") or 0), min(count, int(bounds.get("<=ID", count)))
        ids = range(low + 1, high + 1)[:50]
        if params["order"]["ID"] == "DESC":
            ids = range(high, low, -1)[:50]
        extra = {f"UF_{n}": "x" for n in range(fields - 1)}
        return [{"ID": str(row), **extra} for row in ids]

    return page


async def pages_of(client: BitrixClient, *args: Any, **options: Any) -> list[Page]:
    return [page async for page in client.records(*args, **options)]


def ids_of(pages: list[Page]) -> list[int]:
    return sorted(int(row["ID"]) for page in pages for row in page.rows)


@pytest.mark.parametrize("count", [0, 1, 49])
async def test_a_tiny_table_takes_one_call(
    client: BitrixClient, portal: ScriptedTransport, count: int
) -> None:
    portal.on("crm.deal.list", deals(count))

    pages = await pages_of(client, DEAL)

    assert ids_of(pages) == list(range(1, count + 1))
    assert pages[-1].checkpoint.finished
    assert len(portal.requests) == 1


@pytest.mark.parametrize("count", [50, 51, 2_600])
async def test_full_last_pages_are_followed_to_the_end(
    client: BitrixClient, portal: ScriptedTransport, count: int
) -> None:
    portal.on("crm.deal.list", deals(count))

    assert ids_of(await pages_of(client, DEAL)) == list(range(1, count + 1))


async def test_every_page_is_asked_by_id_without_counting(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.list", deals(500))

    await pages_of(client, DEAL, select=["TITLE"], filter={"CATEGORY_ID": 3})

    for call in portal.commands:
        assert isinstance(call.params, Mapping)
        assert call.params["start"] == "-1"
        assert call.params["filter"]["CATEGORY_ID"] == "3"
        assert "ID" in call.params["select"]


async def test_items_are_chained_by_their_own_id_and_path(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    def items(params: Params) -> object:
        low = int(params.get("filter", {}).get(">id") or 0)
        ids = range(low + 1, 171)[:50]
        if params["order"]["id"] == "DESC":
            ids = range(170, 120, -1)
        return {"items": [{"id": row} for row in ids]}

    portal.on("crm.item.list", items)

    pages = await pages_of(client, SMART_INVOICE)

    assert [row["id"] for page in pages for row in page.rows] == list(range(1, 171))


@pytest.mark.parametrize(
    "ignores",
    [
        lambda params: deals(5_000)({**params, "filter": {}}),
        lambda params: deals(5_000)(params)[::-1],
        lambda params: [{"TITLE": "no id"}] * 50,
    ],
    ids=["the filter", "the order", "the id"],
)
async def test_a_portal_that_ignores_what_was_asked_is_not_believed(
    client: BitrixClient, portal: ScriptedTransport, ignores: Callable[[Params], object]
) -> None:
    portal.on("crm.deal.list", ignores)

    with pytest.raises(NotAPage):
        await pages_of(client, DEAL)


async def test_a_permanent_refusal_ends_the_walk_at_once(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.list", refuses("ACCESS_DENIED", "Access denied."))

    with pytest.raises(AccessDenied):
        await pages_of(client, DEAL)

    assert len(portal.requests) == 1


def test_a_call_that_takes_too_long_is_made_smaller(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: InVirtualTime
) -> None:
    table = deals(3_000)
    asked: list[int] = []

    def slow_beyond_four(params: Params) -> object:
        commands = len(params["cmd"])
        asked.append(commands)
        if commands > 4:
            return breaks(TimedOut("too slow"))
        return portal._batch(params)

    portal.on("crm.deal.list", table)
    portal.on("batch", slow_beyond_four)

    assert ids_of(in_virtual_time(pages_of(client, DEAL))) == list(range(1, 3_001))
    assert max(asked) > 4


def test_a_walk_gives_up_after_ten_failures_in_a_row(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: InVirtualTime
) -> None:
    portal.on("crm.deal.list", refuses("INTERNAL_SERVER_ERROR", status=500))

    with pytest.raises(Exception, match="INTERNAL_SERVER_ERROR"):
        in_virtual_time(pages_of(client, DEAL))

    assert len(portal.commands) == 10


async def test_a_slow_consumer_stops_the_calls(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.list", deals(100_000, fields=100))
    walk = aiter(client.records(DEAL))
    for _ in range(5):
        await anext(walk)
    asked = 0
    while len(portal.commands) > asked:
        asked = len(portal.commands)
        await asyncio.sleep(0.2)

    assert asked < 1_000, "of the 2,000 pages there are"


def test_answers_waiting_for_a_stalled_consumer_are_bounded(
    portal: ScriptedTransport, client: BitrixClient, in_virtual_time: InVirtualTime
) -> None:
    rows_read: list[int] = []
    table = deals(60_000, fields=100)
    row_bytes = 0

    def page(params: Params) -> object:
        nonlocal row_bytes
        rows = table(params)
        rows_read.append(len(rows))
        row_bytes = row_bytes or len(json.dumps(rows[0], separators=(",", ":")))
        return answers(rows, time=time_object() | {"duration": 0.1})

    async def most_waiting() -> int:
        most = consumed = 0
        async for each in client.records(DEAL):
            await asyncio.sleep(30)
            consumed += len(each.rows)
            most = max(most, sum(rows_read) - consumed)
        return most

    portal.on("crm.deal.list", page)

    assert in_virtual_time(most_waiting()) <= ROOM_BYTES * OVERCOMMIT / row_bytes


async def test_leaving_a_walk_early_gives_up_what_is_under_way(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.list", deals(50_000))
    before = asyncio.all_tasks()
    walk = aiter(client.records(DEAL))
    for _ in range(3):
        await anext(walk)

    await walk.aclose()  # type: ignore[attr-defined]

    assert asyncio.all_tasks() == before


async def test_progress_tells_what_is_done_and_what_is_to_come(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.deal.list", deals(20_000))
    walk = client.records(DEAL)
    assert walk.progress.rows == 0
    assert walk.progress.finish_in_seconds is None

    async for page in walk:
        assert walk.progress.rows >= len(page.rows)
        assert walk.progress.expected_rows == pytest.approx(20_000, rel=0.02)

    assert walk.progress.rows == 20_000
    assert walk.progress.calls == len(portal.requests)
    assert walk.progress.finish_in_seconds == 0


def test_the_bounds_of_the_ids_belong_to_the_walk(client: BitrixClient) -> None:
    with pytest.raises(ValueError, match="belong to the walk"):
        client.records(DEAL, filter={">ID": 7})


def test_the_checkpoint_of_another_entity_is_refused(client: BitrixClient) -> None:
    with pytest.raises(ValueError, match="belongs to lead"):
        client.records(DEAL, resume=Checkpoint("lead", (Span(0, None),)))


async def test_a_list_that_ignores_the_offset_is_read_once(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    rows = [{"ID": str(n)} for n in range(52)]
    portal.on("department.get", lambda params: answers(rows, next=50, total=52))

    pages = await pages_of(client, DEPARTMENT)

    assert sum(len(page.rows) for page in pages) == 52
    assert pages[-1].checkpoint.finished


async def test_an_empty_page_after_a_full_last_one_ends_a_list(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    rows = [{"TYPE_ID": "1", "ENTITY_TYPE_ID": "3", "ENTITY_ID": str(n)} for n in range(50)]
    portal.once("crm.address.list", answers(rows, next=50), answers([], next=100))

    assert sum(len(page.rows) for page in await pages_of(client, ADDRESS)) == 50


async def test_an_offset_walk_resumes_at_its_offset(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    rows = [{"ID": str(n)} for n in range(120)]

    def page(params: Params) -> object:
        start = int(params["START"])
        return answers(rows[start : start + 50], next=start + 50 if start + 50 < 120 else None)

    portal.on("department.get", page)
    first = await pages_of(client, DEPARTMENT)

    rest = await pages_of(client, DEPARTMENT, resume=first[0].checkpoint)

    assert ids_of(rest) == list(range(50, 120))


async def test_a_list_without_pages_is_asked_once(
    client: BitrixClient, portal: ScriptedTransport
) -> None:
    portal.on("crm.currency.list", answers([{"CURRENCY": "RUB"}, {"CURRENCY": "EUR"}], next=50))

    pages = await pages_of(client, CURRENCY)

    assert [row["CURRENCY"] for page in pages for row in page.rows] == ["RUB", "EUR"]
    assert len(portal.requests) == 1
