"""The web application: every URL form of a portal, and the way of a request through it.

A request passes, in this order: faults (what strikes before the call), authorisation, the
leaky bucket, then for each command the scope, the `operating` budget and the method; its
cost is booked and slept on the portal's clock, sixty seconds at most; last come the faults
that harm a finished answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from bridge24.emulator import batch, mishaps
from bridge24.emulator.calls import Answer, Call, Identity, Params, RestError
from bridge24.emulator.envelope import Wire, failure, failure_v3, success, times, xml
from bridge24.emulator.gate import Gate
from bridge24.emulator.limits import Operating
from bridge24.emulator.oauth import OAuthServer
from bridge24.emulator.params import decode_body, parse_query

LARGEST_BODY = 16 * 1024 * 1024
JSON_TYPE = "application/json; charset=utf-8"
GATEWAY_TIMEOUT = "<html><body><center><h1>504 Gateway Time-out</h1></center></body></html>"


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says: version, webhook, method and format."""

    method: str
    user_id: int | None = None
    code: str = ""
    version: int = 2
    xml: bool = False


class _TooSlow(Exception):
    """The request has used up its sixty seconds."""


def parse_path(path: str) -> Address | None:
    """Read the part of a path after `/rest/`.

    https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
    Returns `None` when no method can be meant.
    """
    parts = [part for part in path.split("/") if part]
    version = 2
    if len(parts) > 1 and parts[0] == "api":
        version, parts = 3, parts[1:]
    if not parts:
        return None
    method, is_xml = _format(parts[-1])
    if len(parts) == 1:
        return Address(method, version=version, xml=is_xml)
    if len(parts) == 3 and parts[0].isdecimal():
        return Address(method, int(parts[0]), parts[1], version, is_xml)
    return None


def _format(name: str) -> tuple[str, bool]:
    lowered = name.lower()
    if lowered.endswith(".json"):
        return name[:-5], False
    if lowered.endswith(".xml"):
        return name[:-4], True
    return name, False


@dataclass
class Application:
    """The HTTP face of a set of portals."""

    gates: dict[str, Gate]
    oauth: OAuthServer
    wire: Wire = field(default_factory=Wire)
    https_only: bool = False
    gzip: bool = False

    def build(self, routes: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
        """Build the aiohttp application; further routes come before the portals'."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(routes)
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any request to any portal."""
        gate, rest = self._portal(request)
        if gate is None or rest is None:
            return web.Response(status=404, text="<h1>404 Not Found</h1>", content_type="text/html")
        address = parse_path(rest)
        fault = gate.faults.for_call(address.method if address else "")
        if fault is not None:
            struck = await mishaps.before(fault, request, gate.portal.clock)
            if struck is not None:
                gate.log.request(struck.status)
                return struck
        answer = await self._answer(gate, address, request)
        gate.log.request(answer.status)
        if self.gzip:
            answer.enable_compression()
        return answer if fault is None else await mishaps.after(fault, request, answer)

    def _portal(self, request: web.Request) -> tuple[Gate | None, str | None]:
        """Find the portal by path prefix, by host name, or because it is the only one."""
        path = request.path
        head, _, tail = path.lstrip("/").partition("/")
        if head in self.gates and tail.startswith("rest/"):
            return self.gates[head], tail.removeprefix("rest/")
        if head != "rest":
            return None, None
        host = request.host.partition(":")[0].lower()
        for gate in self.gates.values():
            if host in {gate.portal.host, gate.portal.name}:
                return gate, tail
        only = next(iter(self.gates.values())) if len(self.gates) == 1 else None
        return only, tail

    async def _answer(
        self, gate: Gate, address: Address | None, request: web.Request
    ) -> web.Response:
        as_xml = address is not None and address.xml
        try:
            return await self._call(gate, address, request)
        except RestError as error:
            return self._written(failure(error), status=error.status, as_xml=as_xml)
        except _TooSlow:
            return web.Response(status=504, text=GATEWAY_TIMEOUT, content_type="text/html")

    async def _call(
        self, gate: Gate, address: Address | None, request: web.Request
    ) -> web.Response:
        if self.https_only and not request.secure:
            raise RestError(400, "INVALID_REQUEST", "Https required.")
        if address is None:
            raise RestError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
        params = await _params(request)
        identity = self._identity(gate, address, params)
        gate.admit(request.remote or "")
        if address.version == 3:
            error = failure_v3("METHODNOTFOUNDEXCEPTION", f"Method {address.method} not found")
            return self._written(error, status=400)
        start = gate.portal.clock.now()
        call = Call(gate.portal, address.method, params, identity)
        answer, spent, operating = await self._run(gate, call)
        time = times(
            gate.portal.zone,
            start=start,
            finish=gate.portal.clock.now(),
            processing=spent,
            operating=operating,
        )
        return self._written(success(answer, time, self.wire), as_xml=address.xml)

    def _identity(self, gate: Gate, address: Address, params: Params) -> Identity:
        """Who calls; the token leaves the parameters.

        Raises:
            RestError: 401 in one of its kinds.
        """
        token = params.pop("auth", None) or params.pop("access_token", None)
        if address.user_id is not None:
            identity = gate.portal.webhooks.get((address.user_id, address.code))
            if identity is None:
                raise RestError(401, "INVALID_CREDENTIALS", "Invalid request credentials")
            return identity
        if not isinstance(token, str) or not token:
            raise RestError(401, "NO_AUTH_FOUND", "Wrong authorization data")
        return self.oauth.identify(token, gate.portal.member_id)

    async def _run(self, gate: Gate, call: Call) -> tuple[Answer, float, Operating | None]:
        spent = 0.0
        limit = gate.limits.settings.request_seconds

        async def spend(seconds: float) -> None:
            nonlocal spent
            if limit is None:
                return
            rest = limit - spent
            spent += seconds
            await gate.portal.clock.sleep(min(seconds, rest))
            if seconds > rest:
                raise _TooSlow

        if call.method.lower() == "batch":
            return await batch.run(gate, call, spend), spent, None
        outcome = gate.run(call)
        await spend(outcome.seconds)
        if outcome.error is not None:
            raise outcome.error
        if outcome.answer is None:
            raise RestError(500, "INTERNAL_SERVER_ERROR", "Internal server error")
        return outcome.answer, outcome.seconds, outcome.operating

    def _written(
        self, value: dict[str, object], *, status: int = 200, as_xml: bool = False
    ) -> web.Response:
        if as_xml:
            return web.Response(status=status, body=xml(value), content_type="text/xml")
        headers = {"Content-Type": JSON_TYPE}
        return web.Response(status=status, body=self.wire.json(value), headers=headers)


async def _params(request: web.Request) -> Params:
    """Merge the query string and the body, which wins."""
    params = parse_query(request.url.raw_query_string) if request.query_string else {}
    if request.can_read_body:
        params |= decode_body(request.headers.get("Content-Type", ""), await request.read())
    return params
