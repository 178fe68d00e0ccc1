"""A walk over an emulated portal on a bad day."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.checkpoint import Checkpoint
from bridge24.bitrix.crm import CATALOGUE, DEAL
from bridge24.bitrix.errors import InsufficientScope
from bridge24.emulator import Emulator, Fault, Kind, PortalSpec
from bridge24.emulator.virtual_time import run_virtual


async def walked(emulator: Emulator, *, resume: Checkpoint | None = None) -> AsyncIterator[int]:
    async with BitrixClient(Webhook(emulator.webhook_url("acme"))) as client:
        async for page in client.records(DEAL, select=["ID"], resume=resume):
            for row in page.rows:
                yield int(row["ID"])


def deal_ids(emulator: Emulator) -> list[int]:
    return sorted(emulator.portal("acme").table("deal").store.ids())


@pytest.mark.parametrize(
    "kind",
    [
        Kind.UNAVAILABLE,
        Kind.BLOCKED,
        Kind.BROKEN,
        Kind.HTML,
        Kind.TRUNCATED,
        Kind.HANG,
        Kind.RESET,
        Kind.SLOW,
    ],
)
def test_a_walk_goes_on_after_every_passing_fault(kind: Kind) -> None:
    async def walk() -> None:
        spec = PortalSpec(name="acme", deals=3_000)
        async with Emulator([spec], limits="documented") as emulator:
            faults = emulator.gate("acme").faults
            faults.add(Fault(kind, only=frozenset({"batch"}), times=2, after=1))
            ids = [row_id async for row_id in walked(emulator)]
            assert sorted(ids) == deal_ids(emulator)

    run_virtual(walk())


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.BLOCKED])
def test_an_error_inside_a_batch_never_ends_the_walk_early(kind: Kind) -> None:
    async def walk() -> None:
        spec = PortalSpec(name="acme", deals=3_000)
        async with Emulator([spec], limits="documented") as emulator:
            faults = emulator.gate("acme").faults
            faults.add(Fault(kind, only=frozenset({"crm.deal.list"}), rate=0.1, times=6, after=3))
            ids = [row_id async for row_id in walked(emulator)]
            assert sorted(ids) == deal_ids(emulator)
            errors = {call.error for call in emulator.gate("acme").log if call.in_batch}
            assert errors != {None}, "no command has failed"

    run_virtual(walk())


def test_a_walk_stopped_anywhere_is_continued_to_exactly_the_rest() -> None:
    async def walk() -> None:
        spec = PortalSpec(name="acme", deals=3_000)
        async with Emulator([spec], limits="documented") as emulator:
            stored: list[int] = []
            resume: Checkpoint | None = None
            for _ in range(100):
                resume = await _one_page(emulator, resume, stored)
                if resume.finished:
                    break
            assert sorted(stored) == deal_ids(emulator)

    run_virtual(walk())


async def _one_page(emulator: Emulator, resume: Checkpoint | None, stored: list[int]) -> Checkpoint:
    """Store the second page of a walk, or the first if there is none, and be killed."""
    async with BitrixClient(Webhook(emulator.webhook_url("acme"))) as client:
        pages = 0
        async for page in client.records(DEAL, select=["ID"], resume=resume):
            stored += [int(row["ID"]) for row in page.rows]
            resume = page.checkpoint
            pages += 1
            if pages == 2:
                break
    assert resume is not None
    return Checkpoint.from_json(resume.to_json())


def test_a_missing_scope_ends_the_walk_at_once() -> None:
    async def walk() -> None:
        async with Emulator([PortalSpec(name="acme")]) as emulator:
            emulator.portal("acme").add_webhook(1, "narrowscopes1234", scopes=["user"])
            url = f"{emulator.url}/acme/rest/1/narrowscopes1234/"
            async with BitrixClient(Webhook(url)) as client:
                with pytest.raises(InsufficientScope):
                    await anext(aiter(client.records(DEAL)))
            assert emulator.gate("acme").log.requests == 1

    run_virtual(walk())


@pytest.mark.parametrize(
    "name",
    ["lead", "contact", "company", "quote", "smart_invoice", "activity", "task", "call", "user"],
)
def test_tables_of_every_shape_are_walked_by_id(name: str) -> None:
    async def walk() -> None:
        entity = CATALOGUE[name]
        spec = PortalSpec(
            name="acme", leads=170, contacts=170, companies=170, quotes=170, items=170, users=120
        )
        async with (
            Emulator([spec]) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            rows = [row async for page in client.records(entity) for row in page.rows]
            ids = [int(row[entity.id_field]) for row in rows]
            reply = await client.call(entity.list_method, {**entity.item_params})
            assert len(ids) == len(set(ids)) == reply.total

    run_virtual(walk())


@pytest.mark.parametrize("name", ["status", "funnel_2", "currency", "department"])
def test_dictionaries_are_read_once_each(name: str) -> None:
    async def walk() -> None:
        entity = CATALOGUE[name]
        async with (
            Emulator([PortalSpec(name="acme")]) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            pages = await asyncio.wait_for(_all(client, name), timeout=200)
            ids = [str(row[entity.id_field]) for row in pages]
            assert ids
            assert len(ids) == len(set(ids))

    run_virtual(walk())


async def _all(client: BitrixClient, name: str) -> list[dict[str, object]]:
    return [row async for page in client.records(CATALOGUE[name]) for row in page.rows]
