"""One portal as callers meet it: limits, costs, faults and the log around every method."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge24.emulator.call_log import CallLog, Entry
from bridge24.emulator.calls import Answer, Call, RestError, Work, dispatch, find
from bridge24.emulator.faults import Faults
from bridge24.emulator.limits import DOCUMENTED, Costs, Operating, PortalLimits
from bridge24.emulator.portal import Portal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call: an answer or an error.

    Attributes:
        seconds: Portal time it took; whoever asked lets it pass.
        operating: The spent budget of the method after it.
    """

    answer: Answer | None
    error: RestError | None
    seconds: float
    operating: Operating


@dataclass
class Gate:
    """Everything that stands between a caller and the methods of a portal."""

    portal: Portal
    limits: PortalLimits = field(default_factory=lambda: PortalLimits(DOCUMENTED))
    costs: Costs = field(default_factory=Costs)
    faults: Faults = field(default_factory=Faults)
    log: CallLog = field(default_factory=CallLog)

    def admit(self, source: str) -> None:
        """Count an HTTP request; a batch is one.

        Raises:
            RestError: 503 `QUERY_LIMIT_EXCEEDED`.
        """
        if not self.limits.admit(source, self.portal.clock.now()):
            raise RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")

    def run(self, call: Call, *, in_batch: bool = False) -> Outcome:
        """Carry out one method or one command of a batch, book its cost, note it down."""
        try:
            self._allow(call, in_batch=in_batch)
            answer = dispatch(call)
        except RestError as error:
            nothing = Operating(0.0, 0)
            self._note(call, nothing, 0.0, error=error, in_batch=in_batch)
            return Outcome(None, error, 0.0, nothing)
        seconds = self._price(answer.work)
        now = self.portal.clock.now()
        operating = self.limits.charge(call.identity.key, call.method, seconds=seconds, now=now)
        self._note(call, operating, seconds, rows=answer.work.rows, in_batch=in_batch)
        return Outcome(answer, None, seconds, operating)

    def _allow(self, call: Call, *, in_batch: bool) -> None:
        if in_batch and not find(call.method).batchable:
            text = "Method is not allowed for batch usage"
            raise RestError(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", text)
        fault = self.faults.for_command(call.method) if in_batch else None
        if fault is not None and fault.error is not None:
            raise RestError(*fault.error)
        if self.limits.blocked(call.identity.key, call.method, self.portal.clock.now()):
            text = "Method is blocked due to operation time limit."
            raise RestError(429, "OPERATION_TIME_LIMIT", text)

    def _price(self, work: Work) -> float:
        price = self.costs.of(work)
        return self.costs.jittered(price, seed=self.portal.seed, number=self.log.calls)

    def _note(
        self,
        call: Call,
        operating: Operating,
        seconds: float,
        *,
        in_batch: bool,
        rows: int = 0,
        error: RestError | None = None,
    ) -> None:
        self.log.call(
            Entry(
                at=self.portal.clock.now(),
                method=call.method,
                user_id=call.identity.user_id,
                caller=call.identity.application or "webhook",
                in_batch=in_batch,
                status=error.status if error else 200,
                error=str(error.code) if error else None,
                rows=rows,
                seconds=seconds,
                operating=operating.seconds,
            )
        )
