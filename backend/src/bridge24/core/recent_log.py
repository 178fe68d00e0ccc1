"""The last lines of this process's log, kept in memory to be looked at."""

from collections import deque
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from bridge24.core.clock import utc_now

MOST = 2_000
LONGEST = 4_000
LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, secrets masked already."""

    number: int
    at: datetime
    level: str
    event: str
    trace_id: str | None
    facts: dict[str, str]


_lines: deque[LogLine] = deque(maxlen=MOST)
_numbers = count(1)


def keep(_logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep a line on its way to standard error; comes after the masking of secrets."""
    known = {"event", "level", "timestamp", "trace_id"}
    trace_id = event.get("trace_id")
    _lines.append(
        LogLine(
            number=next(_numbers),
            at=utc_now(),
            level=str(event.get("level", method)),
            event=str(event.get("event", ""))[:LONGEST],
            trace_id=str(trace_id) if trace_id else None,
            facts={key: str(fact)[:LONGEST] for key, fact in event.items() if key not in known},
        )
    )
    return event


def lines(*, least: str, words: str) -> Iterator[LogLine]:
    """Give the lines of a level and above that hold words, the latest first.

    Args:
        least: One of ``LEVELS``.
        words: A part of the event, of a fact or of the trace id; empty: all lines.
    """
    sought = words.lower()
    wanted = LEVELS[LEVELS.index(least) :]
    for line in reversed(list(_lines)):
        if line.level in wanted and sought in _text(line):
            yield line


def _text(line: LogLine) -> str:
    return " ".join([line.event, line.trace_id or "", *line.facts.values()]).lower()
