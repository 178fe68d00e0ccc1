"""Control of how a portal behaves: limits, faults, tokens, webhooks, calls, deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from aiohttp import web

from bridge24.emulator.calls import Json
from bridge24.emulator.control_records import gate_of
from bridge24.emulator.control_wire import Body, ControlError, body, number, told
from bridge24.emulator.faults import ActiveFault, Fault, Kind
from bridge24.emulator.feed import EventFeed, feed_of
from bridge24.emulator.gate import Gate
from bridge24.emulator.limits import SETTINGS
from bridge24.emulator.oauth import Application

PAGE = 1_000


class LimitsIn(Body):
    """A named set of limits, and what differs from it; seconds and requests."""

    name: str = "documented"
    bucket: float | None = None
    leak_per_second: float | None = None
    operating_seconds: float | None = None
    request_seconds: float | None = None


class FaultIn(Body):
    """A fault; see `bridge24.emulator.faults.Fault`."""

    kind: Kind
    only: tuple[str, ...] = ()
    rate: float = 1.0
    times: int | None = None
    after: int = 0
    seconds: float = 5.0
    host: str = ""
    share: float = 1.0


class OutgoingIn(Body):
    """An outgoing webhook as the portal's form takes it."""

    url: str
    events: list[str]
    application_token: str | None = None


class InboundIn(Body):
    """An inbound webhook; without scopes it has them all."""

    user_id: int = 1
    code: str
    scopes: list[str] | None = None


class AppIn(Body):
    """An application to install; the answer holds a first pair of tokens."""

    client_id: str
    client_secret: str
    redirect_uri: str = ""
    scopes: tuple[str, ...] = ("crm", "task", "user", "department", "telephony", "userfieldconfig")
    user_id: int = 1


def routes(gates: Mapping[str, Gate]) -> list[web.RouteDef]:
    """The routes under `/_control/{portal}`."""
    control = RuleControl(gates)
    return [
        web.get("/{portal}/limits", control.limits),
        web.put("/{portal}/limits", control.set_limits),
        web.patch("/{portal}/costs", control.set_costs),
        web.get("/{portal}/faults", control.faults),
        web.post("/{portal}/faults", control.add_fault),
        web.delete("/{portal}/faults", control.clear_faults),
        web.delete("/{portal}/faults/{number}", control.remove_fault),
        web.get("/{portal}/calls", control.calls),
        web.delete("/{portal}/calls", control.clear_calls),
        web.get("/{portal}/deliveries", control.deliveries),
        web.post("/{portal}/deliveries/flush", control.flush),
        web.get("/{portal}/outgoing", control.outgoing),
        web.post("/{portal}/outgoing", control.add_outgoing),
        web.delete("/{portal}/outgoing/{number}", control.remove_outgoing),
        web.post("/{portal}/webhooks", control.add_webhook),
        web.delete("/{portal}/webhooks/{user}/{code}", control.remove_webhook),
        web.post("/{portal}/apps", control.install),
        web.delete("/{portal}/apps/{client_id}", control.uninstall),
        web.post("/{portal}/tokens/expire", control.expire_tokens),
        web.post("/{portal}/tokens/revoke", control.revoke_tokens),
    ]


class RuleControl:
    """Changes how portals behave."""

    def __init__(self, gates: Mapping[str, Gate]) -> None:
        self._gates = gates

    def _gate(self, request: web.Request) -> Gate:
        return gate_of(self._gates, request)

    def _feed(self, request: web.Request) -> EventFeed:
        return feed_of(self._gate(request).portal)

    async def limits(self, request: web.Request) -> web.Response:
        """The limits and prices in force."""
        gate = self._gate(request)
        return told({**asdict(gate.limits.settings), "costs": asdict(gate.costs)})

    async def set_limits(self, request: web.Request) -> web.Response:
        """Enforce other limits: `none`, `documented`, `enterprise`, or one's own numbers."""
        gate, asked = self._gate(request), await body(request, LimitsIn)
        base = SETTINGS.get(asked.name)
        if base is None:
            known = ", ".join(SETTINGS)
            raise ControlError(400, "WrongLimits", f"no limits {asked.name!r}; there are: {known}")
        own = asked.model_dump(exclude_unset=True, exclude={"name"})
        gate.limits.change(replace(base, **own))
        return await self.limits(request)

    async def set_costs(self, request: web.Request) -> web.Response:
        """Change single prices (seconds)."""
        gate = self._gate(request)
        prices = await _prices(request)
        gate.costs = replace(gate.costs, **prices)
        return await self.limits(request)

    async def faults(self, request: web.Request) -> web.Response:
        """The faults that are armed, with how often each struck."""
        return told([_fault(each) for each in self._gate(request).faults.listing()])

    async def add_fault(self, request: web.Request) -> web.Response:
        """Arm a fault."""
        gate, asked = self._gate(request), await body(request, FaultIn)
        values = asked.model_dump() | {"only": frozenset(asked.only)}
        try:
            placed = gate.faults.add(Fault(**values))
        except ValueError as error:
            raise ControlError(400, "WrongFault", str(error)) from None
        return told({"number": placed}, status=201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Disarm every fault."""
        self._gate(request).faults.clear()
        return told([])

    async def remove_fault(self, request: web.Request) -> web.Response:
        """Disarm one fault."""
        placed = number(request.match_info["number"], "the fault")
        if not self._gate(request).faults.remove(placed):
            raise ControlError(404, "NoSuchFault", f"there is no fault {placed}")
        return told({"removed": placed})

    async def calls(self, request: web.Request) -> web.Response:
        """The latest calls (`?method=`, `?limit=`) and sums over all of them."""
        log, method = self._gate(request).log, request.query.get("method", "").lower()
        limit = number(request.query.get("limit", str(PAGE)), "limit")
        found = [each for each in log if method in ("", each.method.lower())]
        return told(
            {
                "received": log.calls,
                "requests": log.requests,
                "statuses": {str(status): count for status, count in log.statuses.items()},
                "operating": log.operating(),
                "calls": [asdict(each) for each in found[len(found) - min(limit, len(found)) :]],
            }
        )

    async def clear_calls(self, request: web.Request) -> web.Response:
        """Forget the calls."""
        self._gate(request).log.clear()
        return told({"calls": []})

    async def deliveries(self, request: web.Request) -> web.Response:
        """What became of the events, with their bodies."""
        return told([asdict(each) for each in self._feed(request).outbound.deliveries])

    async def flush(self, request: web.Request) -> web.Response:
        """Wait until every queued event has been sent."""
        outbound = self._feed(request).outbound
        await outbound.flush()
        return told({"deliveries": len(outbound.deliveries)})

    async def outgoing(self, request: web.Request) -> web.Response:
        """The outgoing webhooks with their application tokens, as the portal shows them."""
        return told([asdict(each) for each in self._feed(request).subscriptions.webhooks()])

    async def add_outgoing(self, request: web.Request) -> web.Response:
        """Make an outgoing webhook."""
        feed, asked = self._feed(request), await body(request, OutgoingIn)
        try:
            made = feed.subscriptions.add_webhook(
                asked.url, asked.events, token=asked.application_token
            )
        except ValueError as error:
            raise ControlError(400, "WrongEvent", str(error)) from None
        return told(asdict(made), status=201)

    async def remove_outgoing(self, request: web.Request) -> web.Response:
        """Delete an outgoing webhook."""
        placed = number(request.match_info["number"], "the webhook")
        if not self._feed(request).subscriptions.remove_webhook(placed):
            raise ControlError(404, "NoSuchWebhook", f"there is no outgoing webhook {placed}")
        return told({"removed": placed})

    async def add_webhook(self, request: web.Request) -> web.Response:
        """Make an inbound webhook."""
        gate, asked = self._gate(request), await body(request, InboundIn)
        gate.portal.add_webhook(asked.user_id, asked.code, scopes=asked.scopes)
        path = f"/{gate.portal.name}/rest/{asked.user_id}/{asked.code}/"
        return told({"path": path}, status=201)

    async def remove_webhook(self, request: web.Request) -> web.Response:
        """Revoke an inbound webhook."""
        gate = self._gate(request)
        key = (number(request.match_info["user"], "the user"), request.match_info["code"])
        if key not in gate.portal.webhooks:
            raise ControlError(404, "NoSuchWebhook", "there is no such inbound webhook")
        gate.portal.remove_webhook(*key)
        return told({"removed": key[0]})

    async def install(self, request: web.Request) -> web.Response:
        """Install an application and give its first tokens."""
        feed, asked = self._feed(request), await body(request, AppIn)
        application = Application(
            asked.client_id, asked.client_secret, asked.redirect_uri, frozenset(asked.scopes)
        )
        feed.oauth.register(application)
        installed = feed.oauth.install(asked.client_id, feed.site)
        tokens = feed.oauth.issue(installed, user_id=asked.user_id)
        return told(tokens | {"application_token": installed.application_token}, status=201)

    async def uninstall(self, request: web.Request) -> web.Response:
        """Remove an application with its tokens and handlers."""
        feed, client_id = self._feed(request), request.match_info["client_id"]
        if not feed.oauth.uninstall(client_id, feed.site.member_id):
            raise ControlError(404, "NoSuchApp", f"{client_id} is not installed")
        feed.subscriptions.drop_application(client_id)
        return told({"removed": client_id})

    async def expire_tokens(self, request: web.Request) -> web.Response:
        """Let every access token expire now."""
        feed = self._feed(request)
        return told({"expired": feed.oauth.expire_access(feed.site.member_id)})

    async def revoke_tokens(self, request: web.Request) -> web.Response:
        """Make every refresh token worthless."""
        feed = self._feed(request)
        return told({"revoked": feed.oauth.revoke_refresh(feed.site.member_id)})


class CostsIn(Body):
    """Prices to change."""

    page: float | None = None
    row: float | None = None
    cell: float | None = None
    counted_row: float | None = None
    skipped_row: float | None = None
    single: float | None = None
    write: float | None = None
    dictionary: float | None = None
    jitter: float | None = None


async def _prices(request: web.Request) -> dict[str, float]:
    asked = await body(request, CostsIn)
    return asked.model_dump(exclude_none=True)


def _fault(active: ActiveFault) -> dict[str, Json]:
    told_fault = asdict(active.fault) | {"only": sorted(active.fault.only)}
    return {"number": active.number, "hits": active.hits, **told_fault}
