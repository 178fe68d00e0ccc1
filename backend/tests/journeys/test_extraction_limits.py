"""A walk over an emulated portal that enforces its limits, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.checkpoint import Page
from bridge24.bitrix.crm import CONTACT, DEAL, LEAD
from bridge24.bitrix.entity import Entity
from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.limits import Costs
from bridge24.emulator.virtual_time import run_virtual


@asynccontextmanager
async def portal(deals: int, *, page_seconds: float) -> AsyncIterator[Emulator]:
    costs = Costs(page=page_seconds, row=0, cell=0)
    spec = PortalSpec(name="acme", deals=deals)
    async with Emulator([spec], limits="documented", costs=costs) as emulator:
        yield emulator


def deal_ids(emulator: Emulator) -> list[int]:
    return sorted(emulator.portal("acme").table("deal").store.ids())


def ids_of(pages: Iterable[Page]) -> list[int]:
    return sorted(int(row["ID"]) for page in pages for row in page.rows)


def refused(emulator: Emulator) -> list[str]:
    return [call.error for call in emulator.gate("acme").log if call.error]


def test_the_budget_of_the_portal_is_used_up_without_a_single_refusal() -> None:
    async def walk() -> None:
        clock = asyncio.get_running_loop().time
        async with (
            portal(10_000, page_seconds=5.0) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            began = clock()
            pages = [page async for page in client.records(DEAL)]
            lasted = clock() - began
            assert ids_of(pages) == deal_ids(emulator)
            assert refused(emulator) == []
            assert emulator.gate("acme").log.statuses.keys() == {200}
            # 200 pages of 5 s: 480 s at once, 480 s after ten minutes, the rest after twenty.
            assert lasted <= 1_200 / 0.95

    run_virtual(walk())


def test_the_finish_is_known_long_before() -> None:
    async def walk() -> None:
        clock = asyncio.get_running_loop().time
        foretold: list[float] = []
        async with (
            portal(10_000, page_seconds=5.0) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            records = client.records(DEAL)
            began = clock()
            async for _ in records:
                finish_in = records.progress.finish_in_seconds
                assert finish_in is not None
                foretold.append(clock() + finish_in - began)
            lasted = clock() - began
        at_a_fifth = foretold[len(foretold) // 5]
        assert at_a_fifth == pytest.approx(lasted, rel=0.1)

    run_virtual(walk())


@pytest.mark.parametrize(("page_seconds", "pages"), [(2.0, 50), (5.0, 5)])
def test_the_finish_is_known_with_several_objects_at_once(page_seconds: float, pages: int) -> None:
    """After a fifth of the rows the end of all of them is known within 15 %."""

    async def one(client: BitrixClient, entity: Entity, rows: int) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        records = client.records(entity, walks_beside=2, pages_per_call=pages)
        began, foretold, read = clock(), 0.0, 0
        async for page in records:
            read += len(page.rows)
            if not foretold and read >= rows / 5:
                foretold = clock() + (records.progress.finish_in_seconds or 0.0) - began
        return foretold, clock() - began

    async def walk() -> None:
        costs = Costs(page=page_seconds, row=0, cell=0)
        spec = PortalSpec(name="acme", deals=10_000, contacts=10_000, leads=10_000)
        async with (
            Emulator([spec], limits="documented", costs=costs) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            told = await asyncio.gather(
                *(one(client, entity, 10_000) for entity in (DEAL, CONTACT, LEAD))
            )
        foretold, lasted = map(max, zip(*told, strict=True))
        assert foretold == pytest.approx(lasted, rel=0.15)

    run_virtual(walk())


def test_calls_fit_the_time_a_portal_grants_to_one() -> None:
    async def walk() -> None:
        async with (
            portal(2_000, page_seconds=11.0) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            pages = [page async for page in client.records(DEAL)]
            assert ids_of(pages) == deal_ids(emulator)
            assert emulator.gate("acme").log.statuses.keys() == {200}

    run_virtual(walk())


def test_deletions_and_insertions_during_the_walk_lose_no_survivor() -> None:
    async def walk() -> None:
        async with (
            portal(3_000, page_seconds=0.5) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            office = asyncio.create_task(busy_office(emulator))
            before = set(deal_ids(emulator))
            pages = [page async for page in client.records(DEAL, select=["ID"])]
            office.cancel()
            survivors = before & set(deal_ids(emulator))
            assert len(survivors) < len(before), "nothing was deleted meanwhile"
            assert survivors <= set(ids_of(pages))
            assert len(ids_of(pages)) == len(set(ids_of(pages)))

    run_virtual(walk())


async def busy_office(emulator: Emulator) -> None:
    """Deletes an old deal and adds a new one, ten times a second."""
    acme = emulator.portal("acme")
    for row_id in deal_ids(emulator)[::7]:
        acme.delete("deal", row_id)
        acme.add("deal", {"TITLE": "New"})
        await asyncio.sleep(0.1)
