"""Kills and faults at random, drawn from seeds; afterwards every table equals the portal.

One script again: ``python -m bench.chaos --database mysql --theme fault --first 17``.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import chaos_compare
from bench.chaos_database import Server, server
from bench.chaos_processes import Nursery
from bench.chaos_script import Script, Theme, drawn
from bench.chaos_settle import failures, last_run, settle
from bench.chaos_trouble import play
from bench.chaos_world import World, world
from bridge24.bitrix import BitrixClient, Limits, Webhook

DATABASES = ("postgresql", "mysql")
KILL_SCRIPTS, FAULT_SCRIPTS = 40, 200
QUICK_SCRIPTS = 4
ROWS = 600
UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)
SHOWN = 15

Row = dict[str, object]


@dataclass
class Tally:
    """What several scripts have shown."""

    scripts: int = 0
    wrong: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


async def measure(quick: bool) -> list[Row]:  # noqa: FBT001
    """Play all scripts on both databases."""
    rows: list[Row] = []
    for name in DATABASES:
        for theme, count in (("kill", KILL_SCRIPTS), ("fault", FAULT_SCRIPTS)):
            seeds = range(1, 1 + (QUICK_SCRIPTS if quick else count))
            tally = await several(name, theme, seeds, rows=ROWS)  # type: ignore[arg-type]
            rows.append(_row(name, theme, tally))
    return rows


def _row(name: str, theme: str, tally: Tally) -> Row:
    kills = tally.happened["kill -9"]
    what = f"{kills} times kill -9" if theme == "kill" else f"{tally.scripts} fault scripts"
    return {
        "name": f"chaos: rows that differ after {what}, {name}",
        "figure": len(tally.wrong),
        "unit": "rows",
        "baseline": None,
        "ratio": None,
        "goal": "0",
        "holds": not tally.wrong,
    }


async def several(
    name: str, theme: Theme, seeds: Sequence[int], *, rows: int, pace: float = 1.0
) -> Tally:
    """Play scripts one after the other on one server."""
    tally, nursery = Tally(), Nursery()
    with server(name) as running:
        await nursery.open()
        for seed in seeds:
            await one(drawn(theme, seed, rows=rows, pace=pace), running, nursery, tally)
        await nursery.close()
    _say(
        f"{name} {theme}: {tally.scripts} scripts, {len(tally.wrong)} differences; {tally.happened}"
    )
    return tally


async def one(script: Script, running: Server, nursery: Nursery, tally: Tally) -> None:
    """Play one script, let it settle, compare; what differs is printed with the script."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bridge24-chaos-") as folder:
        async with world(script, server=running, nursery=nursery, folder=Path(folder)) as made:
            wrong = await _outcome(made, tally)
        if wrong:
            _say(f"{running.url.get_backend_name()}: {script}")
            _say(
                "\n".join(["DIFFERENCES:", *wrong[:SHOWN], f"({len(wrong)})", _logs(Path(folder))])
            )
    tally.scripts += 1
    tally.wrong += wrong
    seconds = time.monotonic() - began
    tally.seconds += seconds
    _say(f"{script.theme} {script.seed}: {len(wrong)} differences, {seconds:.1f} s")


async def _outcome(made: World, tally: Tally) -> list[str]:
    try:
        await play(made)
        during = await failures(0)
        tally.failures.update(each.split(" ", 2)[2][:60] for each in during)
        played = await last_run()
        await settle(made)
        webhook = Webhook(made.emulator.webhook_url("acme"))
        async with BitrixClient(webhook, limits=UNHURRIED) as client:
            wrong = await chaos_compare.differences(client, made.portal)
        return [*wrong, *await failures(played)]
    except Exception as error:  # a script that breaks is a difference; the next one is played
        return [f"broke: {type(error).__name__}: {error}"]
    finally:
        tally.happened += made.happened


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
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, required=True)
    parser.add_argument("--theme", choices=("kill", "fault"), required=True)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--rows", type=int, default=ROWS)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.count)
    tally = asyncio.run(several(options.database, options.theme, seeds, rows=options.rows))
    _say(f"failures meanwhile: {tally.failures}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(_main())
