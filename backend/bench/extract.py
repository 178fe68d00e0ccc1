"""Reading all deals of a portal under its documented limits, in virtual time.

Client, emulator and clock share one loop in which waiting takes no time, so that the hour a
portal would need passes in seconds. Figures are rows per second of that virtual time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.extract_ceiling import least_seconds
from bench.extract_rival import fast_bitrix24_rows
from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.crm import DEAL
from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.limits import Costs
from bridge24.emulator.virtual_time import run_virtual

Row = dict[str, object]
Reader = Callable[[str], Awaitable[list[int]]]

PAGE_ROWS = 50
BINDING_PAGE_SECONDS = 0.25
"""In the middle of the 0.1 to 0.5 s that pages take on real portals."""
OFFICIAL_PAGE_SECONDS = 0.097
RIVAL_DEALS = 20_000
OFFICIAL = Costs()
"""An uncounted page of full deals just under 0.1 s, a counted one dearer with the table."""


@dataclass(frozen=True)
class Run:
    """One reader on one portal."""

    ids: list[int]
    seconds: float
    refused: int
    """Calls and commands answered 503 or 429."""
    survivors: set[int]
    """Deals that existed during the whole run."""
    died: str = ""

    @property
    def rate(self) -> float:
        """Different rows a second."""
        return len(set(self.ids)) / self.seconds

    @property
    def lost(self) -> int:
        """Survivors that were not read."""
        return len(self.survivors - set(self.ids))


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Ours against the ceiling the rules leave, and against fast-bitrix24."""
    return await asyncio.to_thread(_measured, quick=quick)


def _measured(*, quick: bool) -> list[Row]:
    deals = 20_000 if quick else 200_000
    # A tenth of the rows at ten times the price spends the same operating seconds.
    dear = BINDING_PAGE_SECONDS * (10 if quick else 1)
    return [
        *_against_ceiling(deals, page_seconds=dear, goal=0.95),
        *_against_ceiling(deals, page_seconds=OFFICIAL_PAGE_SECONDS, goal=None),
        *_against_rivals(deals),
        _with_deletions(2_000 if quick else 20_000),
    ]


def _against_rivals(deals: int) -> list[Row]:
    """Where fast-bitrix24 survives there is a ratio; with more deals one sees how it ends."""
    counting = "counting as the official figures say"
    rows = [
        _against_rival(RIVAL_DEALS, OFFICIAL, title=counting, goal=3),
        _against_rival(RIVAL_DEALS, Costs(counted_row=0), title="counting for free", goal=None),
    ]
    if deals > RIVAL_DEALS:
        rows.append(_against_rival(deals, OFFICIAL, title=counting, goal=None))
    return rows


def _flat(page_seconds: float) -> Costs:
    """Every page costs the same, the counted and the empty ones too."""
    return Costs(page=page_seconds, row=0, cell=0, counted_row=0, skipped_row=0)


def _against_ceiling(deals: int, *, page_seconds: float, goal: float | None) -> list[Row]:
    run = run_virtual(_run(_ours, deals=deals, costs=_flat(page_seconds)))
    ceiling = deals / least_seconds(pages=deals // PAGE_ROWS, page_seconds=page_seconds)
    ratio = run.rate / ceiling
    title = f"extract, {deals:,} deals, {page_seconds:.3g} s a page"
    return [
        {
            "name": f"{title}: of the rate the budget allows",
            "figure": round(run.rate, 1),
            "unit": "rows/s",
            "baseline": round(ceiling, 1),
            "ratio": round(ratio, 3),
            "goal": f">= {goal}" if goal else "shown",
            "holds": run.lost == 0 and (goal is None or ratio >= goal),
        },
        {
            "name": f"{title}: answers 503 or 429",
            "figure": run.refused,
            "unit": "answers",
            "baseline": 0,
            "ratio": None,
            "goal": "0",
            "holds": run.refused == 0,
        },
    ]


def _against_rival(deals: int, costs: Costs, *, title: str, goal: float | None) -> Row:
    ours = run_virtual(_run(_ours, deals=deals, costs=costs))
    rival = run_virtual(_run(fast_bitrix24_rows, deals=deals, costs=costs))
    name = f"extract, {deals:,} deals, against fast-bitrix24, {title}"
    if rival.died:
        name += f" (it fails after {rival.seconds:,.0f} s: {rival.died})"
    ratio = round(ours.rate / rival.rate, 2) if rival.ids else None
    return {
        "name": name,
        "figure": round(ours.rate, 1),
        "unit": "rows/s",
        "baseline": round(rival.rate, 1),
        "ratio": ratio,
        "goal": f">= {goal}" if goal else "shown",
        "holds": ours.lost == 0 and (ratio is None or goal is None or ratio >= goal),
    }


def _with_deletions(deals: int) -> Row:
    """Records at the beginning of the list vanish one after another while it is read."""
    deletions = deals // 100
    costs = Costs(counted_row=0)
    ours = run_virtual(_run(_ours, deals=deals, costs=costs, deletions=deletions))
    rival = run_virtual(_run(fast_bitrix24_rows, deals=deals, costs=costs, deletions=deletions))
    return {
        "name": f"extract, survivors lost to {deletions:,} deletions; fast-bitrix24 loses",
        "figure": ours.lost,
        "unit": "rows",
        "baseline": rival.lost,
        "ratio": None,
        "goal": "0",
        "holds": ours.lost == 0 and not ours.died,
    }


async def _run(reader: Reader, *, deals: int, costs: Costs, deletions: int = 0) -> Run:
    spec = PortalSpec(name="acme", deals=deals)
    clock = asyncio.get_running_loop().time
    async with Emulator([spec], limits="documented", costs=costs) as emulator:
        deleting = asyncio.create_task(_delete(emulator, deletions))
        began, ids, died = clock(), list[int](), ""
        try:
            ids = await reader(emulator.webhook_url("acme"))
        except Exception as problem:
            died = type(problem).__name__
        seconds = clock() - began
        deleting.cancel()
        return Run(ids, seconds, _refused(emulator), survivors=_deal_ids(emulator), died=died)


def _refused(emulator: Emulator) -> int:
    """HTTP answers 503 and 429, and commands refused inside a batch that answered 200."""
    log = emulator.gate("acme").log
    inside = sum(1 for call in log if call.in_batch and call.status in {429, 503})
    return log.statuses[503] + log.statuses[429] + inside


async def _delete(emulator: Emulator, deletions: int) -> None:
    """Delete the lowest ids one after another: every offset behind them shifts."""
    await asyncio.sleep(0.5)
    for row_id in sorted(_deal_ids(emulator))[:deletions]:
        emulator.portal("acme").delete("deal", row_id)
        await asyncio.sleep(0.01)


def _deal_ids(emulator: Emulator) -> set[int]:
    return set(emulator.portal("acme").table("deal").store.ids())


async def _ours(webhook: str) -> list[int]:
    ids: list[int] = []
    async with BitrixClient(Webhook(webhook)) as client:
        async for page in client.records(DEAL):
            ids += [int(row["ID"]) for row in page.rows]
    return ids
