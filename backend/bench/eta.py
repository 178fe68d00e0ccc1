"""When copies are expected to end after a fifth of their rows, beside when they do.

In virtual time, within the documented limits; what a page costs decides what bounds a copy. A
look at the expected end takes processor time of its own, which is real.
"""

import asyncio
import time
from collections.abc import Mapping

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.crm import COMPANY, CONTACT, DEAL, LEAD
from bridge24.bitrix.entity import Entity
from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.limits import Costs
from bridge24.emulator.virtual_time import run_virtual

NAMES = {DEAL: "deals", CONTACT: "contacts", LEAD: "leads", COMPANY: "companies"}
GOAL = 0.15
WORTH_TELLING_SECONDS = 10
"""A copy that is over sooner is over before anybody reads when."""
PAGE_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
OBJECTS: Mapping[str, Mapping[Entity, int]] = {
    "20,000 deals alone": {DEAL: 20_000},
    "four of 10,000 at once": dict.fromkeys(NAMES, 10_000),
    "20,000 deals beside three": {DEAL: 20_000, CONTACT: 2_000, LEAD: 5_000, COMPANY: 1_000},
}
LARGE: Mapping[Entity, int] = {DEAL: 200_000}

Row = dict[str, object]


def _cases(quick: bool) -> list[tuple[str, Mapping[Entity, int], float]]:  # noqa: FBT001
    small = [(name, rows, each) for name, rows in OBJECTS.items() for each in PAGE_SECONDS]
    large = [("200,000 deals alone", LARGE, each) for each in (0.1, 0.25)]
    return small if quick else [*small, *large]


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Copy every mix of objects at every price of a page."""
    return [
        row
        for name, rows, page_seconds in _cases(quick)
        for row in await asyncio.to_thread(_measured, name, rows, page_seconds)
    ]


def _measured(name: str, rows: Mapping[Entity, int], page_seconds: float) -> list[Row]:
    copied = run_virtual(_all_at_once(rows, page_seconds))
    looks = [seconds for _, _, each in copied for seconds in each]
    dearest = max(looks) * 1000
    return [
        {
            "name": f"eta: {name}, {page_seconds:g} s a page: {NAMES[entity]}"
            f" (a look took {dearest:.0f} ms at most)",
            "figure": round(foretold, 1),
            "unit": "s",
            "baseline": round(lasted, 1),
            "ratio": round(foretold / lasted, 2),
            "goal": f"{1 - GOAL:g} to {1 + GOAL:g}",
            "holds": abs(foretold / lasted - 1) <= GOAL,
        }
        for entity, (foretold, lasted, _) in zip(rows, copied, strict=True)
        if lasted > WORTH_TELLING_SECONDS
    ]


async def _all_at_once(
    rows: Mapping[Entity, int], page_seconds: float
) -> list[tuple[float, float, list[float]]]:
    spec = PortalSpec(
        name="acme",
        deals=rows.get(DEAL, 0),
        contacts=rows.get(CONTACT, 0),
        leads=rows.get(LEAD, 0),
        companies=rows.get(COMPANY, 0),
    )
    costs = Costs(page=page_seconds, row=0, cell=0)
    async with (
        Emulator([spec], limits="documented", costs=costs) as portal,
        BitrixClient(Webhook(portal.webhook_url("acme"))) as client,
    ):
        copies = (_copy(client, entity, n, beside=len(rows) - 1) for entity, n in rows.items())
        return list(await asyncio.gather(*copies))


async def _copy(
    client: BitrixClient, entity: Entity, count: int, *, beside: int
) -> tuple[float, float, list[float]]:
    """Say when the end was expected after a fifth, when it was, and what the looks took."""
    clock = asyncio.get_running_loop().time
    records = client.records(entity, select=["ID"], walks_beside=beside)
    began, read, foretold, looks = clock(), 0, 0.0, []
    async for page in records:
        read += len(page.rows)
        looked = time.thread_time()
        expected = records.progress.finish_in_seconds or 0.0
        looks.append(time.thread_time() - looked)
        if not foretold and read >= count / 5:
            foretold = clock() - began + expected
    return foretold, clock() - began, looks
