"""Kills and faults at random, drawn from seeds; afterwards every table equals the portal.

One script again: ``python -m bench.chaos --database mysql --theme fault --first 17``.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.chaos_compare import Comparison
from bench.chaos_database import Server, server
from bench.chaos_processes import Nursery
from bench.chaos_script import Theme, drawn
from bench.chaos_settle import Moment, failures, first_copies, settle
from bench.chaos_trouble import play
from bench.chaos_world import World, world
from bridge24.bitrix import BitrixClient, Limits, Webhook

DATABASES = ("postgresql", "mysql")
KILLS, FAULT_SCRIPTS, ROWS = 200, 200, 100_000
QUICK_KILLS, QUICK_SCRIPTS, QUICK_ROWS = 5, 2, 2_000
BETWEEN = 20
"""Scripts after which everything settles and is compared."""
UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)
SHOWN = 15

Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """Scripts that are played one after the other on one installation."""

    database: str
    theme: Theme
    rows: int
    first: int = 1
    scripts: int = 1
    """The most that are played."""
    kills: int | None = None
    """Enough when so many processes were killed at work, and so many fault scripts played."""
    faults: int = 0
    between: int = 1
    pace: float = 1.0


@dataclass
class Tally:
    """What several scripts have shown."""

    scripts: int = 0
    faults: int = 0
    """Of these, with faults of the portal and the database."""
    compared_rows: int = 0
    wrong: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds of the last scripts, by what was done."""
    seconds: float = 0.0


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Play kills among faults on both databases."""
    rows: list[Row] = []
    for name in DATABASES:
        wanted = Campaign(
            database=name,
            theme="both",
            rows=QUICK_ROWS if quick else ROWS,
            scripts=4 * FAULT_SCRIPTS,
            kills=QUICK_KILLS if quick else KILLS,
            faults=QUICK_SCRIPTS if quick else FAULT_SCRIPTS,
            between=BETWEEN,
        )
        rows += results(wanted, await played(wanted))
    return rows


def results(wanted: Campaign, tally: Tally) -> list[Row]:
    """What is told of a campaign, as benchmarks tell it."""
    what = (
        f"chaos: rows lost, stale, doubled or falsely deleted among {wanted.rows:,} after "
        f"{tally.happened['kill -9']} times kill -9 at work and {tally.faults} fault scripts, "
        f"{wanted.database}"
    )
    compared = {"baseline": None, "ratio": None, "goal": "0", "holds": not tally.wrong}
    return [{"name": what, "figure": len(tally.wrong), "unit": "rows", **compared}]


async def played(wanted: Campaign) -> Tally:
    """Play scripts on one server; after a difference a new installation goes on."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    began, tally, nursery = time.monotonic(), Tally(), Nursery()
    with server(wanted.database) as running:
        await nursery.open()
        while not _is_enough(wanted, tally):
            await _one_world(wanted, running, nursery, tally)
        await nursery.close()
    tally.seconds = time.monotonic() - began
    _say(f"{wanted}: {tally.scripts} scripts, {len(tally.wrong)} differences")
    _say("\n".join(f"  {n:6} {what}" for what, n in sorted(tally.happened.items())))
    return tally


def _is_enough(wanted: Campaign, tally: Tally) -> bool:
    if tally.scripts >= wanted.scripts:
        return True
    killed = wanted.kills is not None and tally.happened["kill -9"] >= wanted.kills
    return killed and tally.faults >= wanted.faults


async def _one_world(wanted: Campaign, running: Server, nursery: Nursery, tally: Tally) -> None:
    """Play in one installation until it is enough, or a difference shows."""
    seed = wanted.first + tally.scripts
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bridge24-chaos-")))
        script = drawn(wanted.theme, seed, rows=wanted.rows, pace=wanted.pace)
        made = await stack.enter_async_context(
            world(script, server=running, nursery=nursery, folder=folder)
        )
        comparison = Comparison(made.portal)
        if wanted.between > 1:
            with _timed(tally, "first copies"):
                await first_copies(made)
        wrong: list[str] = []
        while not wrong and not _is_enough(wanted, tally):
            wrong = await _several(wanted, made, comparison, tally)
        if wrong:
            _say("\n".join(["DIFFERENCES:", *wrong[:SHOWN], f"({len(wrong)})", _logs(folder)]))


async def _several(
    wanted: Campaign, made: World, comparison: Comparison, tally: Tally
) -> list[str]:
    """Play some scripts, let everything settle, compare."""
    try:
        played_before = await Moment.now()
        with _timed(tally, "playing"):
            await _play_some(wanted, made, tally)
        during = await failures(played_before)
        tally.failures.update(each.split(": ", 1)[-1][:60] for each in during)
        wrong = await _settled(made, comparison, tally)
    except Exception as error:  # a script that breaks is a difference; the next one is played
        wrong = [f"broke: {type(error).__name__}: {error}"]
    tally.wrong += wrong
    spent = ", ".join(f"{seconds:.0f} s {what}" for what, seconds in tally.spent.items())
    tally.spent.clear()
    _say(
        f"{time.strftime('%H:%M:%S')} {wanted.database} {wanted.theme} up to seed "
        f"{wanted.first + tally.scripts - 1}: {len(wrong)} differences; {spent}; kills at work "
        f"{tally.happened['kill -9']}, compared {tally.compared_rows:,} rows"
    )
    if wrong:
        _say(f"the last script: {made.script}")
    return wrong


async def _play_some(wanted: Campaign, made: World, tally: Tally) -> None:
    for _ in range(wanted.between):
        made.script = drawn(
            wanted.theme, wanted.first + tally.scripts, rows=wanted.rows, pace=wanted.pace
        )
        tally.scripts += 1
        tally.faults += made.script.theme != "kill"
        await play(made, made.script)
        _gather(made, tally)
        if _is_enough(wanted, tally):
            return


async def _settled(made: World, comparison: Comparison, tally: Tally) -> list[str]:
    with _timed(tally, "settling"):
        rested = await settle(made)
    webhook = Webhook(made.emulator.webhook_url("acme"))
    async with BitrixClient(webhook, limits=UNHURRIED) as client:
        with _timed(tally, "comparing"):
            wrong = await comparison.differences(client)
    tally.compared_rows, comparison.compared = tally.compared_rows + comparison.compared, 0
    _gather(made, tally)
    return [*wrong, *await failures(rested)]


def _gather(made: World, tally: Tally) -> None:
    tally.happened += made.happened
    made.happened.clear()


@contextmanager
def _timed(tally: Tally, what: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        tally.spent[what] = time.monotonic() - began


def _logs(folder: Path) -> str:
    lines = []
    for log in sorted(folder.glob("*.log")):
        told = [line for line in log.read_text(errors="replace").splitlines() if "rror" in line]
        lines += [f"{log.name}: {line[:300]}" for line in told[-12:]]
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _main() -> int:
    options = _options()
    wanted = Campaign(
        database=options.database,
        theme=options.theme,
        rows=options.rows,
        first=options.first,
        scripts=options.count,
        kills=options.kills,
        faults=options.faults,
        between=options.between,
        pace=options.pace,
    )
    tally = asyncio.run(played(wanted))
    _say(f"failures meanwhile: {tally.failures}")
    if options.to:
        counts = {"happened": dict(tally.happened), "failures": dict(tally.failures)}
        told = {**asdict(wanted), **vars(tally), **counts, "results": results(wanted, tally)}
        options.to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 1 if tally.wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, required=True)
    parser.add_argument("--theme", choices=("kill", "fault", "both"), required=True)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many scripts at most")
    parser.add_argument("--kills", type=int, help="enough when so many were killed at work")
    parser.add_argument("--faults", type=int, default=0, help="and so many fault scripts")
    parser.add_argument("--rows", type=int, default=QUICK_ROWS)
    parser.add_argument("--between", type=int, default=1, help="scripts from look to look")
    parser.add_argument("--pace", type=float, default=1.0, help="2: twice as fast")
    parser.add_argument("--to", type=Path, help="a file for what was counted")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(_main())
