"""The control API under `/_control/`: the emulator's side door for tests and demos."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bridge24.emulator import control_records, control_rules
from bridge24.emulator.calls import Json
from bridge24.emulator.clock import Clock
from bridge24.emulator.control_wire import Body, ControlError, body, no_such_path, plainly, told
from bridge24.emulator.gate import Gate
from bridge24.emulator.office import Office

PREFIX = "/_control"


class ClockIn(Body):
    """By how much to put the clock forward."""

    seconds: float


class Control:
    """The side door to a set of portals, and the offices it keeps busy.

    Args:
        gates: The portals by name; those added later are seen too.
    """

    def __init__(self, gates: Mapping[str, Gate], clock: Clock) -> None:
        self._gates = gates
        self._clock = clock
        self._offices: dict[str, Office] = {}

    def office(self, name: str) -> Office:
        """The office of a portal; it is closed until somebody opens it."""
        if name not in self._offices:
            self._offices[name] = Office(self._gates[name].portal)
        return self._offices[name]

    def close(self) -> None:
        """Close every office."""
        for office in self._offices.values():
            office.close()

    def routes(self) -> list[web.RouteDef]:
        """The routes under `PREFIX`, to stand before those of the portals."""
        inner = [
            web.get("/", self.overview),
            web.post("/clock", self.move_clock),
            *control_records.routes(self._gates, self.office),
            *control_rules.routes(self._gates),
            web.route("*", "/{rest:.*}", no_such_path),
        ]
        return [web.route(each.method, PREFIX + each.path, plainly(each.handler)) for each in inner]

    async def overview(self, _request: web.Request) -> web.Response:
        """The portals, the time, and every control path."""
        portals = {name: _overview(gate) for name, gate in self._gates.items()}
        paths = [f"{each.method} {each.path}" for each in self.routes()[:-1]]
        return told({"now": self._clock.now(), "portals": portals, "paths": paths})

    async def move_clock(self, request: web.Request) -> web.Response:
        """Put the clock of all portals forward."""
        asked = await body(request, ClockIn)
        try:
            self._clock.move(asked.seconds)
        except ValueError as error:
            raise ControlError(400, "WrongTime", str(error)) from None
        return told({"now": self._clock.now()})


def _overview(gate: Gate) -> dict[str, Json]:
    portal = gate.portal
    rows = {name: table.store.count() for name, table in portal.tables.items()}
    return {"host": portal.host, "member_id": portal.member_id, "rows": rows}
