"""What is said at the end of a command."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bridge24.sync.doctor import Finding, Level
from bridge24.sync.progress import Phase, RunProgress

MARKS = {Level.GOOD: "[green]ok[/]", Level.NOTE: "[yellow]note[/]", Level.BAD: "[red]wrong[/]"}


def findings(found: Sequence[Finding], *, console: Console | None = None) -> None:
    """List what the doctor found, the bad things last so that they are seen."""
    table = Table(box=None, pad_edge=False, show_header=False)
    order = list(MARKS)
    for finding in sorted(found, key=lambda finding: order.index(finding.level)):
        table.add_row(MARKS[finding.level], finding.subject, finding.sentence)
    (console or Console()).print(table)


def runs(done: Sequence[RunProgress], *, console: Console) -> None:
    """Sum up what became of the rows, and say what to do about the quarantined ones."""
    for run in done:
        if run.phase is Phase.DONE:
            console.print(_summary(run), highlight=False, soft_wrap=True)
    quarantined = sum(run.quarantined for run in done)
    if quarantined:
        console.print(
            f"{quarantined:,} rows could not be stored; they are kept with the reason in "
            "the table sync_quarantine.",
            soft_wrap=True,
        )


def _summary(run: RunProgress) -> str:
    parts = {
        "new": run.inserted,
        "changed": run.updated,
        "unchanged": run.unchanged,
        "deleted": run.deleted,
        "in quarantine": run.quarantined,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    resumed = f", resumed after {run.resumed_rows:,}" if run.resumed_rows else ""
    return f"{run.entity}: {run.read:,} rows in {run.seconds:.1f} s{resumed} ({told or 'none'})"
