"""How many full deal rows a second one emulator process serves over loopback."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson

from bridge24.emulator import Clock, Emulator, PortalSpec
from bridge24.emulator.seed import found

GOAL = 30_000
COMMANDS = 50
PAGE = 50
SELECTS = {"every field": "&select[0]=*&select[1]=UF_*", "default select": ""}


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Walk the deals in chained batches; the baseline writes row after row in memory."""
    deals = 50_000 if quick else 200_000
    baseline = written_rows_per_second(5_000 if quick else 20_000)
    results: list[dict[str, object]] = []
    async with served(deals) as url:
        for name, select in SELECTS.items():
            figure = await walked_rows_per_second(url, select)
            results.append(
                {
                    "name": f"emulator rows, {name}",
                    "figure": round(figure),
                    "unit": "rows/s",
                    "baseline": round(baseline),
                    "ratio": round(figure / baseline, 2),
                    "goal": GOAL,
                    "holds": figure >= GOAL,
                }
            )
    return results


def written_rows_per_second(rows: int) -> float:
    """Make each row and write it as JSON, with no server around it."""
    portal = found(PortalSpec(deals=rows), seed=7, clock=Clock())
    table = portal.table("deal")
    view = table.view("classic")
    start = time.perf_counter()
    for row_id in table.store.ids():
        orjson.dumps(table.shown(row_id, view))
    return rows / (time.perf_counter() - start)


async def walked_rows_per_second(url: str, select: str) -> float:
    """Read every deal with fifty keyset pages to a batch; nothing is parsed."""
    rows, last = 0, 0
    headers = {"Accept-Encoding": "identity"}
    async with aiohttp.ClientSession(headers=headers) as session:
        start = time.perf_counter()
        while True:
            async with session.post(f"{url}batch", json={"cmd": _commands(last, select)}) as got:
                body = await got.read()
            found_rows = body.count(b'{"ID":"')
            rows += found_rows
            if found_rows < COMMANDS * PAGE:
                return rows / (time.perf_counter() - start)
            at = body.rfind(b'{"ID":"') + 7
            last = int(body[at : body.index(b'"', at)])


def _commands(last: int, select: str) -> dict[str, str]:
    rest = f"&order[ID]=ASC&start=-1{select}"
    commands = {"c0": f"crm.deal.list?filter[%3EID]={last}{rest}"}
    for number in range(1, COMMANDS):
        before = f"$result[c{number - 1}][{PAGE - 1}][ID]"
        commands[f"c{number}"] = f"crm.deal.list?filter[%3EID]={before}{rest}"
    return commands


@asynccontextmanager
async def served(deals: int) -> AsyncIterator[str]:
    """Run an emulator in a process of its own and say its webhook."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "serve", str(deals), stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is None:
        raise RuntimeError("the emulator has no output")
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def serve(deals: int) -> None:
    """Be that process."""
    async with Emulator([PortalSpec(deals=deals)]) as emulator:
        print(emulator.webhook_url("acme"), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        for row in asyncio.run(measure(quick="quick" in sys.argv)):
            print(row)
