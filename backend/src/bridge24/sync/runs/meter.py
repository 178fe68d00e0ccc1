"""Counts what goes over the wire for a run, whichever of its tasks sends it."""

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field

from bridge24.bitrix import BitrixError, HttpTransport
from bridge24.bitrix.wire import Answer, Request

_meter: ContextVar["HttpMeter | None"] = ContextVar("http_meter", default=None)


@dataclass(slots=True)
class HttpMeter:
    """HTTP calls of one run; tasks begun inside the run count for it too."""

    calls: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    """Answers with an error's status, and calls without an answer, by name."""

    def note(self, trouble: str | None) -> None:
        """Count one call."""
        self.calls += 1
        if trouble is not None:
            self.troubles[trouble] += 1


def metered() -> HttpMeter:
    """Count from here on for the task that asks, and for those it begins."""
    meter = HttpMeter()
    _meter.set(meter)
    return meter


class MeteredTransport(HttpTransport):
    """Sends as usual and counts."""

    async def send(self, request: Request) -> Answer:
        """Send one POST; see ``Transport``."""
        meter = _meter.get() or HttpMeter()
        try:
            answer = await super().send(request)
        except BitrixError as error:
            meter.note(type(error).__name__)
            raise
        meter.note(f"HTTP {answer.status}" if answer.status >= 400 else None)
        return answer
