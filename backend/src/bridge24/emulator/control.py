"""The control API under `/_control/`: the emulator's side door for tests and demos."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bridge24.emulator import control_records, control_rules
from bridge24.emulator.calls import Json
from bridge24.emulator.clock import Clock
from bridge24.emulator.control_wire import Body, ControlError, body, no_such_path, plainly, told
from bridge24.emulator.station import Station

PREFIX = "/_control"


class ClockIn(Body):
    """By how much to put the clock forward."""

    seconds: float


def routes(stations: Mapping[str, Station], clock: Clock) -> list[web.RouteDef]:
    """The routes under `PREFIX`, to stand before those of the portals.

    Args:
        stations: By the name of the portal; those added later are seen too.
    """
    inner = [*control_records.routes(stations), *control_rules.routes(stations)]
    paths = [f"{route.method} {PREFIX}{route.path}" for route in inner]

    async def overview(_request: web.Request) -> web.Response:
        portals = {name: _overview(station) for name, station in stations.items()}
        return told({"now": clock.now(), "portals": portals, "paths": paths})

    async def move_clock(request: web.Request) -> web.Response:
        asked = await body(request, ClockIn)
        try:
            clock.move(asked.seconds)
        except ValueError as error:
            raise ControlError(400, "WrongTime", str(error)) from None
        return told({"now": clock.now()})

    inner += [
        web.get("/", overview),
        web.post("/clock", move_clock),
        web.route("*", "/{rest:.*}", no_such_path),
    ]
    return [web.route(each.method, PREFIX + each.path, plainly(each.handler)) for each in inner]


def _overview(station: Station) -> dict[str, Json]:
    portal = station.portal
    rows = {name: table.store.count() for name, table in portal.tables.items()}
    return {"host": portal.host, "member_id": portal.member_id, "rows": rows}
