"""Shows runs while they go: a live table on a terminal, plain lines elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from rich.console import Console
from rich.live import Live
from rich.table import Table

from bridge24.sync.progress import Phase, RunProgress

REFRESH_SECONDS = 0.25
LINE_SECONDS = 5.0
COLUMNS = ("object", "phase", "rows", "rows/s", "left", "calls", "operating", "waiting for")


class Board:
    """Collects runs and shows them until the block ends."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(file=sys.stdout)
        self.runs: list[RunProgress] = []

    def watch(self, progress: RunProgress) -> None:
        """Show one more run."""
        self.runs.append(progress)

    @asynccontextmanager
    async def shown(self) -> AsyncIterator["Board"]:
        """Keep the display up to date while the block runs."""
        show = self._live if self.console.is_terminal else self._lines
        task = asyncio.create_task(show())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _live(self) -> None:
        with Live(self._table(), console=self.console, auto_refresh=False) as live:
            try:
                while True:
                    live.update(self._table(), refresh=True)
                    await asyncio.sleep(REFRESH_SECONDS)
            finally:
                live.update(self._table(), refresh=True)

    async def _lines(self) -> None:
        try:
            while True:
                await asyncio.sleep(LINE_SECONDS)
                self._print(finished=False)
        finally:
            self._print(finished=True)

    def _print(self, *, finished: bool) -> None:
        for run in self.runs:
            if finished or run.finished is None:
                self.console.print(line(run), highlight=False, soft_wrap=True)

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in COLUMNS:
            table.add_column(name, justify="left" if name in {"object", "phase"} else "right")
        for run in self.runs:
            table.add_row(*cells(run))
        return table


def cells(run: RunProgress) -> Iterator[str]:
    """What the table says of one run, column by column."""
    walk = run.walked
    yield run.entity
    yield f"[{STYLES.get(run.phase, 'default')}]{run.phase}[/]"
    yield rows_text(run)
    yield f"{run.rows_per_second:,.0f}"
    yield time_left(run)
    yield f"{walk.calls:,}" if walk else ""
    yield f"{walk.operating_seconds:,.1f} s" if walk else ""
    yield str(walk.waiting_for or "") if walk and run.finished is None else ""


def line(run: RunProgress) -> str:
    """Say the same in one plain line."""
    parts = [f"{run.entity}: {run.phase}", f"{rows_text(run)} rows"]
    parts.append(f"{run.rows_per_second:,.0f} rows/s")
    if left := time_left(run):
        parts.append(f"{left} left")
    if walk := run.walked:
        parts.append(f"{walk.calls:,} calls")
        parts.append(f"operating {walk.operating_seconds:,.1f} s")
        if walk.waiting_for and run.finished is None:
            parts.append(f"waiting for {walk.waiting_for}")
    return ", ".join(parts)


def rows_text(run: RunProgress) -> str:
    """Rows read, and how many are expected while that is still a question."""
    walk = run.walked
    expected = walk.expected_rows if walk and run.finished is None else None
    return f"{run.read:,} of ~{expected:,}" if expected else f"{run.read:,}"


def time_left(run: RunProgress) -> str:
    """The expected time to the end; empty when it is over or unknown."""
    walk = run.walked
    seconds = walk.finish_in_seconds if walk and run.finished is None else None
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))


STYLES = {Phase.DONE: "green", Phase.FAILED: "red", Phase.COPYING: "cyan"}
