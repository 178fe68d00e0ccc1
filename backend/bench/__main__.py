"""Runs the benchmarks, each in a process of its own: ``python -m bench [--name N] [--quick]``."""

import argparse
import asyncio
import importlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
BENCHMARKS = (
    "emulator_rows",
    "extract",
    "load_postgres",
    "load_mysql",
    "memory",
    "eta",
    "jobs",
    "events",
    "webhook",
    "guard",
    "audit",
    "views",
    "charts",
    "chaos",
)
COLUMNS = ("name", "figure", "unit", "baseline", "ratio", "goal", "holds")

Row = dict[str, object]


def main() -> int:
    """Measure, show, and keep; 1 when a goal is missed."""
    options = _options()
    if options.one:
        options.to.write_text(json.dumps(_measured(options.one, quick=options.quick)))
        return 0
    rows: list[Row] = []
    for name in _chosen(options.name):
        sys.stderr.write(f"measuring {name} …\n")
        rows += _in_own_process(name, quick=options.quick)
    RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    _show(rows)
    return 0 if all(row["holds"] for row in rows) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--name", help=f"one of {', '.join(BENCHMARKS)}, or how they begin")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--one", choices=BENCHMARKS, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _chosen(name: str | None) -> Sequence[str]:
    chosen = [bench for bench in BENCHMARKS if bench.startswith(name or "")]
    if not chosen:
        raise SystemExit(f"There is no benchmark {name!r}: choose one of {', '.join(BENCHMARKS)}.")
    return chosen


def _in_own_process(name: str, *, quick: bool) -> list[Row]:
    """Memory and event loops of one benchmark do not touch the next.

    One that fails is a goal missed, and does not cost the results of the others.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "bench", "--one", name, "--to", str(told)]
        command += ["--quick"] if quick else []
        done = subprocess.run(command, cwd=HERE.parent, stdout=sys.stderr, check=False)
        if done.returncode:
            return [{"name": f"{name}: failed with exit code {done.returncode}", "holds": False}]
        return cast("list[Row]", json.loads(told.read_text()))


def _measured(name: str, *, quick: bool) -> list[Row]:
    module = importlib.import_module(f"bench.{name}")
    return cast("list[Row]", asyncio.run(module.measure(quick)))


def _show(rows: Sequence[Row]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in {"name", "unit"} else "right")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in COLUMNS))
    Console(width=140).print(table)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "[green]yes[/]" if value else "[red]no[/]"
    if isinstance(value, float | int):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
