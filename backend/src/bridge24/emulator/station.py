"""All that surrounds one portal on the emulator: limits, prices, faults, events, call log."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge24.emulator.call_log import CallLog, Entry
from bridge24.emulator.calls import Answer, Call, RestError
from bridge24.emulator.faults import Faults
from bridge24.emulator.feed import EventFeed
from bridge24.emulator.limits import DOCUMENTED, Costs, Operating, PortalLimits
from bridge24.emulator.oauth import OAuthServer, Site
from bridge24.emulator.office import Office
from bridge24.emulator.portal import Portal


def over_time() -> RestError:
    """The method has spent its operating seconds."""
    text = "Method is blocked due to operation time limit."
    return RestError(429, "OPERATION_TIME_LIMIT", text)


def over_rate() -> RestError:
    """The leaky bucket is full."""
    return RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")


@dataclass
class Station:
    """One portal with everything around it.

    The HTTP layer asks in this order: `admit` once per request, `allow` before and
    `book` after each method (inner methods of a batch, never `batch` itself), then
    lets the clock sleep for the seconds booked.
    """

    portal: Portal
    oauth: OAuthServer
    site: Site
    limits: PortalLimits = field(default_factory=lambda: PortalLimits(DOCUMENTED))
    costs: Costs = field(default_factory=Costs)
    log: CallLog = field(default_factory=CallLog)
    faults: Faults = field(init=False)
    feed: EventFeed = field(init=False)
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(self.portal.seed)
        self.office = Office(self.portal)
        self.feed = EventFeed(self.portal, site=self.site, oauth=self.oauth, faults=self.faults)

    def admit(self, source: str) -> None:
        """Count an HTTP request from an address.

        Raises:
            RestError: 503 QUERY_LIMIT_EXCEEDED.
        """
        if not self.limits.admit(source, self.portal.clock.now()):
            raise over_rate()

    def allow(self, call: Call, *, in_batch: bool) -> None:
        """Let a method go ahead.

        Raises:
            RestError: 429 OPERATION_TIME_LIMIT, or an error fault meant for a command.
        """
        if self.limits.blocked(call.identity.key, call.method, self.portal.clock.now()):
            raise over_time()
        fault = self.faults.for_command(call.method) if in_batch else None
        if fault is not None and fault.error is not None:
            raise RestError(*fault.error)

    def book(self, call: Call, answer: Answer, *, in_batch: bool) -> tuple[float, Operating]:
        """Price an answered call: its seconds, and what its `time` object tells."""
        now = self.portal.clock.now()
        seconds = self.costs.jittered(
            self.costs.of(answer.work), seed=self.portal.seed, number=self.log.calls
        )
        operating = self.limits.charge(call.identity.key, call.method, seconds=seconds, now=now)
        entry = Entry(
            at=now,
            method=call.method,
            user_id=call.identity.user_id,
            caller=call.identity.application or "webhook",
            in_batch=in_batch,
            status=200,
            error=None,
            rows=answer.work.rows,
            seconds=seconds,
            operating=operating.seconds,
        )
        self.log.call(entry)
        return seconds, operating

    def refuse(self, call: Call, error: RestError, *, in_batch: bool) -> None:
        """Note a call that ended in an error; it costs nothing."""
        entry = Entry(
            at=self.portal.clock.now(),
            method=call.method,
            user_id=call.identity.user_id,
            caller=call.identity.application or "webhook",
            in_batch=in_batch,
            status=error.status,
            error=str(error.code),
            rows=0,
            seconds=0.0,
            operating=0.0,
        )
        self.log.call(entry)

    def rename(self, domain: str, client_endpoint: str) -> None:
        """Follow a rename: events and tokens name the new host from now on."""
        self.site.domain = domain
        self.site.client_endpoint = client_endpoint

    async def close(self) -> None:
        """Stop editing and delivering events."""
        self.office.close()
        await self.feed.outbound.close()
