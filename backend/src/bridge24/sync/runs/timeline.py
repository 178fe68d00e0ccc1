"""Pure: what changed between two looks at a run, as lines of its timeline."""

import time
from collections import Counter
from dataclasses import dataclass, field

from bridge24.sync.progress import Note, RunProgress
from bridge24.sync.runs.meter import HttpMeter
from bridge24.sync.runs.models import RunEventKind

MOST_LINES = 1_000
"""Of one attempt at a run; errors and the end are told beyond."""
SHORTEST_GAP_SECONDS = 5.0
GAPS = 100
"""Lines about pages and waits come at every hundredth of the time passed, so they get rarer."""
TELLING_WAIT_SECONDS = 1.0


@dataclass(slots=True)
class Timeline:
    """Remembers what it has told of a run."""

    _phase: str = ""
    _rows: int = 0
    _calls: int = 0
    _told_at: float = field(default_factory=time.monotonic)
    _waited: dict[str, float] = field(default_factory=dict)
    _troubles: Counter[str] = field(default_factory=Counter)
    _lines: int = 0

    def news(self, progress: RunProgress, meter: HttpMeter, *, last: bool = False) -> list[Note]:
        """List what happened since the last look; ``last`` leaves nothing for later."""
        notes, progress.notes = progress.notes, []
        notes = [*notes, *self._phases(progress), *self._retries(meter)]
        now = time.monotonic()
        gap = max(SHORTEST_GAP_SECONDS, progress.seconds / GAPS)
        if last or now - self._told_at >= gap:
            self._told_at = now
            notes += [*self._pages(progress), *self._waits(progress)]
        kept = notes[: max(0, MOST_LINES - self._lines)]
        self._lines += len(kept)
        return kept

    def _phases(self, progress: RunProgress) -> list[Note]:
        if progress.phase == self._phase:
            return []
        self._phase = progress.phase
        return [Note(RunEventKind.PHASE, {"phase": progress.phase})]

    def _retries(self, meter: HttpMeter) -> list[Note]:
        fresh = meter.troubles - self._troubles
        self._troubles = meter.troubles.copy()
        return [Note(RunEventKind.RETRY, {"troubles": dict(fresh)})] if fresh else []

    def _pages(self, progress: RunProgress) -> list[Note]:
        rows, calls = progress.read - self._rows, progress.calls - self._calls
        self._rows, self._calls = progress.read, progress.calls
        return [Note(RunEventKind.PAGES, {"rows": rows, "calls": calls})] if rows else []

    def _waits(self, progress: RunProgress) -> list[Note]:
        walked = progress.walked
        if walked is None:
            return []
        waited = {str(reason): seconds for reason, seconds in walked.waited_seconds.items()}
        grown = {why: seconds - self._waited.get(why, 0.0) for why, seconds in waited.items()}
        telling = {why: round(s, 1) for why, s in grown.items() if s >= TELLING_WAIT_SECONDS}
        if telling:
            self._waited = waited
        return [Note(RunEventKind.WAIT, {"seconds": telling})] if telling else []
