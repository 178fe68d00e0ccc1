"""When a copy ends is known after a fifth of it, for each object by itself.

In virtual time, within the documented limits: what bounds a long copy are the operating seconds
of its method, what bounds a short one is the bucket, shared or not, the memory, and how evenly
the last calls end. One that lasts less than ten seconds is over before anybody reads when.
"""

import asyncio
from collections.abc import Mapping

import pytest

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.crm import COMPANY, CONTACT, DEAL, LEAD
from bridge24.bitrix.entity import Entity
from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.limits import Costs
from bridge24.emulator.virtual_time import run_virtual

WORTH_TELLING_SECONDS = 10

Foretold = list[tuple[float, float, int]]
"""Seconds since the beginning, those at which the end was expected, rows read so far."""


async def _copy(client: BitrixClient, entity: Entity, beside: int) -> tuple[Foretold, float]:
    clock = asyncio.get_running_loop().time
    records = client.records(entity, select=["ID"], walks_beside=beside)
    began, read, told = clock(), 0, []
    async for page in records:
        read += len(page.rows)
        passed = clock() - began
        finish_in = records.progress.finish_in_seconds
        assert finish_in is not None
        told.append((passed, passed + finish_in, read))
    return told, clock() - began


def _after_a_fifth(told: Foretold, rows: int) -> list[float]:
    return [expected for _, expected, read in told if read >= rows / 5]


ALONE = {DEAL: 20_000}
ALIKE = {DEAL: 10_000, CONTACT: 10_000, LEAD: 10_000, COMPANY: 10_000}
UNLIKE = {DEAL: 20_000, CONTACT: 2_000, LEAD: 5_000, COMPANY: 1_000}


@pytest.mark.parametrize(
    ("page_seconds", "rows", "told"),
    [
        *((0.5, ALONE, 1), (1.0, ALONE, 1), (2.0, ALONE, 1), (5.0, ALONE, 1)),
        *((0.25, ALIKE, 4), (0.5, ALIKE, 4), (1.0, ALIKE, 4), (2.0, ALIKE, 4), (5.0, ALIKE, 4)),
        *((0.25, UNLIKE, 1), (0.5, UNLIKE, 1), (1.0, UNLIKE, 2), (2.0, UNLIKE, 4)),
        (5.0, UNLIKE, 4),
    ],
)
def test_a_copy_is_foretold_within_15_percent_from_a_fifth_on(
    page_seconds: float, rows: Mapping[Entity, int], told: int
) -> None:
    async def all_at_once() -> list[tuple[Foretold, float]]:
        sizes = {"deals": 0, "contacts": 0, "leads": 0, "companies": 0}
        names = {DEAL: "deals", CONTACT: "contacts", LEAD: "leads", COMPANY: "companies"}
        sizes |= {names[entity]: count for entity, count in rows.items()}
        spec = PortalSpec(name="acme", **sizes)
        costs = Costs(page=page_seconds, row=0, cell=0)
        async with (
            Emulator([spec], limits="documented", costs=costs) as emulator,
            BitrixClient(Webhook(emulator.webhook_url("acme"))) as client,
        ):
            copies = (_copy(client, entity, len(rows) - 1) for entity in rows)
            return list(await asyncio.gather(*copies))

    copied = run_virtual(all_at_once())

    assert sum(lasted > WORTH_TELLING_SECONDS for _, lasted in copied) == told
    for (answers, lasted), count in zip(copied, rows.values(), strict=True):
        if lasted <= WORTH_TELLING_SECONDS:
            continue
        # Not by one lucky answer: every one from then on says the same.
        for expected in _after_a_fifth(answers, count):
            assert expected == pytest.approx(lasted, rel=0.15)
