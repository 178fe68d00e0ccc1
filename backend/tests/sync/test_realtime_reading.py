"""What the portal's answers say of records: there, gone, hidden, refused, not now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
from msgspec import Raw

from bridge24.bitrix import BitrixClient, Call, Reply, Webhook, errors
from bridge24.bitrix.crm import DEAL, LEAD
from bridge24.bitrix.wire import Time
from bridge24.emulator import Emulator, Fault, Kind, PortalSpec
from bridge24.sync.realtime.reading import present_state


async def test_each_record_is_found_in_one_place() -> None:
    spec = PortalSpec(name="acme", deals=200, leads=20, contacts=5, companies=5)
    async with (
        Emulator([spec], seed=7) as emulator,
        BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
    ):
        portal, log = emulator.portal("acme"), emulator.gate("acme").log
        alive = [int(row["ID"]) for row in portal.rows("deal")][:120]
        portal.delete("deal", alive[0])
        before, asked_at = log.requests, datetime.fromtimestamp(emulator.clock.now(), UTC)

        seen = await present_state(client, {DEAL: alive, LEAD: [3, 999_999]})

        assert log.requests - before == 2
        deals = seen[DEAL]
        there = [int(row["ID"]) for row in deals.rows]
        assert there == deals.ids == alive[1:]
        assert list(deals.gone) == [alive[0]]
        assert list(seen[LEAD].gone) == [999_999]
        assert not (deals.hidden or deals.failed or deals.later)
        assert deals.read_at is not None
        assert deals.read_at >= asked_at


async def test_a_method_without_time_left_holds_up_its_own_records_only() -> None:
    spec = PortalSpec(name="acme", deals=20, leads=20, contacts=5, companies=5)
    async with (
        Emulator([spec], seed=7) as emulator,
        BitrixClient(Webhook(emulator.webhook_url("acme")), attempts=1) as client,
    ):
        fault = Fault(Kind.BLOCKED, only=frozenset({"crm.lead.list"}))
        emulator.gate("acme").faults.add(fault)

        seen = await present_state(client, {DEAL: [5], LEAD: [3]})

        assert seen[DEAL].ids == [5]
        assert seen[LEAD].later == [3]


class _Undated:
    """A portal whose answers do not tell their moment; the list brings nobody, or all."""

    def __init__(self, listed: bool) -> None:
        self._listed = listed

    async def batch(self, calls: Sequence[Call], *, unparsed: bool) -> list[Reply]:
        assert unparsed
        return [
            Reply([{"ID": "5"}] if self._listed else [])
            if call.method == DEAL.list_method
            else Reply({"ID": "5"})
            for call in calls
        ]


@pytest.mark.parametrize("listed", [True, False])
async def test_rows_of_an_unknown_moment_are_not_dated_by_our_clock(listed: bool) -> None:
    client = cast("BitrixClient", _Undated(listed))

    seen = (await present_state(client, {DEAL: [5]}))[DEAL]

    assert (list(seen.rows), seen.ids, seen.gone, seen.hidden) == ([], [], {}, [])
    assert isinstance(seen.failed[5], errors.UnexpectedAnswer)


class _Generous:
    """A portal whose list brings what nobody asked for: once more, and without an id."""

    async def batch(self, calls: Sequence[Call], *, unparsed: bool) -> list[Reply]:
        assert unparsed
        rows = b'[{"ID": "5"}, {"ID": "6"}, {"ID": "5", "TITLE": "b"}, {"TITLE": "a"}]'
        return [Reply(Raw(rows), time=Time(date_start="2026-01-01T00:00:00+00:00"))] * len(calls)


async def test_rows_nobody_asked_for_are_left_out() -> None:
    client = cast("BitrixClient", _Generous())

    seen = (await present_state(client, {DEAL: [5]}))[DEAL]

    assert (list(seen.rows), seen.ids) == ([{"ID": "5", "TITLE": "b"}], [5])
