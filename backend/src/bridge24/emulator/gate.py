"""One portal as callers meet it: limits, costs, faults and the log around every method."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge24.emulator.call_log import CallLog, Entry
from bridge24.emulator.calls import Answer, Call, Identity, RestError, Work, dispatch, find
from bridge24.emulator.faults import Faults
from bridge24.emulator.limits import DOCUMENTED, Costs, LimitSettings, Operating, PortalLimits
from bridge24.emulator.portal import Portal

UNMETERED = Operating(0.0, 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call.

    Attributes:
        seconds: Portal time it took; the caller of `run` lets it pass.
        operating: The method's spent budget after it.
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

    @property
    def takes_time(self) -> bool:
        """Whether calls cost portal time; without limits they do not."""
        return self.settings.request_seconds is not None

    @property
    def settings(self) -> LimitSettings:
        """The limits in force."""
        return self.limits.settings

    def admit(self, source: str) -> None:
        """Count an HTTP request.

        Raises:
            RestError: 503 `QUERY_LIMIT_EXCEEDED`.
        """
        if not self.limits.admit(source, self.portal.clock.now()):
            raise RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")

    def run(self, call: Call, *, in_batch: bool = False) -> Outcome:
        """Carry out one method, book its cost, and note it down."""
        try:
            self._allow(call, in_batch=in_batch)
            answer = dispatch(call)
        except RestError as error:
            return self._noted(call, None, error, work=Work(), in_batch=in_batch)
        return self._noted(call, answer, None, work=answer.work, in_batch=in_batch)

    def _allow(self, call: Call, *, in_batch: bool) -> None:
        found = find(call.method)
        if in_batch and not found.batchable:
            text = "Method is not allowed for batch usage"
            raise RestError(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", text)
        fault = self.faults.for_command(call.method) if in_batch else None
        if fault is not None and fault.error is not None:
            raise RestError(*fault.error)
        if self.limits.blocked(call.identity.key, call.method, self.portal.clock.now()):
            text = "Method is blocked due to operation time limit."
            raise RestError(429, "OPERATION_TIME_LIMIT", text)

    def _noted(
        self,
        call: Call,
        answer: Answer | None,
        error: RestError | None,
        *,
        work: Work,
        in_batch: bool,
    ) -> Outcome:
        seconds, operating = 0.0, UNMETERED
        now = self.portal.clock.now()
        if self.takes_time and answer is not None:
            seconds = self._price(work)
            operating = self.limits.charge(
                call.identity.key, call.method, seconds=seconds, now=now + seconds
            )
        self.log.call(
            Entry(
                at=now + seconds,
                method=call.method,
                user_id=call.identity.user_id,
                caller=_caller(call.identity),
                in_batch=in_batch,
                status=error.status if error else 200,
                error=None if error is None else str(error.code),
                rows=work.rows,
                seconds=seconds,
                operating=operating.seconds,
            )
        )
        return Outcome(answer, error, seconds, operating)

    def _price(self, work: Work) -> float:
        costs = self.costs
        if work.kind == "page":
            price = costs.of_page(
                work.rows, columns=work.columns, offset=work.offset, counted=work.counted
            )
        elif work.kind == "record":
            price = costs.of_record(work.columns)
        else:
            price = costs.write if work.kind == "write" else costs.dictionary
        return costs.jittered(price, seed=self.portal.seed, number=len(self.log))


def _caller(identity: Identity) -> str:
    return identity.application or "webhook"
