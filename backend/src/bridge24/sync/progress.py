"""What a run has done so far, for whoever watches it."""

import time
from dataclasses import dataclass, field
from enum import StrEnum

from bridge24.bitrix.pages import Walk
from bridge24.bitrix.progress import Progress


class SyncMode(StrEnum):
    """How a run finds the rows to store."""

    FULL = "full"
    INCREMENTAL = "incremental"
    AUDIT = "audit"


class Phase(StrEnum):
    """Where a run is."""

    WAITING = "waiting"
    PREPARING = "preparing"
    COPYING = "copying"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the run's timeline."""

    kind: str
    facts: dict[str, object]


@dataclass(slots=True)
class RunProgress:
    """One run, counted in rows; read by the command line and by the recorder."""

    entity: str
    mode: SyncMode
    phase: Phase = Phase.WAITING
    resumed_rows: int = 0
    """Rows an earlier, interrupted run of the same walk had stored."""
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    walk: Walk | None = None
    started: float = field(default_factory=time.monotonic)
    finished: float | None = None
    notes: list[Note] = field(default_factory=list)
    """Lines not written to the timeline yet."""
    http_calls: int = 0
    """As counted on the wire; 0 where nobody counts."""
    rows_in_portal: int | None = None
    """Set by a run that has learnt how many rows the portal holds."""

    def note(self, kind: str, **facts: object) -> None:
        """Add a line to the run's timeline; the facts must be such as JSON carries."""
        self.notes.append(Note(kind, facts))

    @property
    def walked(self) -> Progress | None:
        """The walk's own account: calls, operating seconds, waits, expected finish."""
        return self.walk.progress if self.walk else None

    @property
    def calls(self) -> int:
        """HTTP calls made for the run."""
        return max(self.http_calls, self.walked.calls if self.walked else 0)

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (self.finished or time.monotonic()) - self.started

    @property
    def rows_per_second(self) -> float:
        """The mean rate since it began."""
        return self.read / self.seconds if self.seconds else 0.0
