"""Control of what is on a portal: records, custom fields, rights, the busy office."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from bridge24.emulator.calls import Json
from bridge24.emulator.control_wire import Body, ControlError, body, number, told
from bridge24.emulator.gate import Gate
from bridge24.emulator.office import Office
from bridge24.emulator.portal import Portal
from bridge24.emulator.table import Table

OfficeOf = Callable[[str], Office]
"""Finds the busy office of a portal by the portal's name."""


class RecordIn(Body):
    """Classic field codes with their values."""

    fields: dict[str, Json]
    user_id: int = 1


class FieldIn(Body):
    """A custom field to add."""

    code: str
    type: str = "string"
    multiple: bool = False
    mandatory: bool = False
    label: str = ""
    options: tuple[str, ...] = ()


class LabelIn(Body):
    """A new label of a custom field."""

    label: str


class RowsIn(Body):
    """Which rows: these ids, or all of them."""

    ids: list[int] | None = None


class OfficeIn(Body):
    """How busy the office is."""

    edits_per_second: float


def routes(gates: Mapping[str, Gate], office_of: OfficeOf) -> list[web.RouteDef]:
    """The routes under `/_control/{portal}`."""
    control = RecordControl(gates, office_of)
    return [
        web.get("/{portal}/records/{entity}", control.count),
        web.post("/{portal}/records/{entity}", control.add),
        web.get("/{portal}/records/{entity}/{id}", control.read),
        web.patch("/{portal}/records/{entity}/{id}", control.edit),
        web.delete("/{portal}/records/{entity}/{id}", control.delete),
        web.post("/{portal}/fields/{entity}", control.add_field),
        web.patch("/{portal}/fields/{entity}/{code}", control.rename_field),
        web.delete("/{portal}/fields/{entity}/{code}", control.remove_field),
        web.post("/{portal}/hide/{entity}", control.hide),
        web.post("/{portal}/show/{entity}", control.show),
        web.get("/{portal}/office", control.office),
        web.post("/{portal}/office", control.open_office),
        web.delete("/{portal}/office", control.close_office),
    ]


def gate_of(gates: Mapping[str, Gate], request: web.Request) -> Gate:
    """The portal a control path names.

    Raises:
        ControlError: There is none of that name.
    """
    name = request.match_info["portal"]
    if name not in gates:
        known = ", ".join(sorted(gates))
        raise ControlError(404, "NoSuchPortal", f"no portal {name!r}; there are: {known}")
    return gates[name]


class RecordControl:
    """Edits portals directly, with the side effects the REST methods have."""

    def __init__(self, gates: Mapping[str, Gate], office_of: OfficeOf) -> None:
        self._gates = gates
        self._office_of = office_of

    async def count(self, request: web.Request) -> web.Response:
        """How many rows a webhook sees, and how many are hidden from it."""
        _, table = self._table(request)
        return told({"visible": table.store.count(), "hidden": len(table.store.hidden)})

    async def add(self, request: web.Request) -> web.Response:
        """Create a record."""
        portal, table = self._table(request)
        asked = await body(request, RecordIn)
        row_id = portal.add(table.kind.name, asked.fields, user_id=asked.user_id)
        return told({"id": row_id}, status=201)

    async def read(self, request: web.Request) -> web.Response:
        """One record, hidden or not."""
        portal, table = self._table(request)
        row_id = number(request.match_info["id"], "the id")
        row = portal.get(table.kind.name, row_id)
        if row is None:
            raise _no_record(table, row_id)
        return told(row)

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a record; `changed` is false when no value differs."""
        portal, table = self._table(request)
        row_id = number(request.match_info["id"], "the id")
        asked = await body(request, RecordIn)
        try:
            changed = portal.update(table.kind.name, row_id, asked.fields, user_id=asked.user_id)
        except KeyError:
            raise _no_record(table, row_id) from None
        return told({"changed": changed})

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a record."""
        portal, table = self._table(request)
        row_id = number(request.match_info["id"], "the id")
        try:
            portal.delete(table.kind.name, row_id)
        except KeyError:
            raise _no_record(table, row_id) from None
        return told({"deleted": row_id})

    async def add_field(self, request: web.Request) -> web.Response:
        """Add a custom field."""
        portal, table = self._table(request)
        asked = await body(request, FieldIn)
        code = asked.code.upper()
        if not code.startswith("UF_"):
            raise ControlError(400, "WrongCode", f"a custom field's code begins with UF_: {code}")
        if table.schema.get(code):
            raise ControlError(409, "FieldExists", f"{table.kind.name} has a field {code}")
        portal.add_field(
            table.kind.name,
            code,
            asked.type,
            multiple=asked.multiple,
            label=asked.label,
            options=asked.options,
            mandatory=asked.mandatory,
        )
        return told({"code": code}, status=201)

    async def rename_field(self, request: web.Request) -> web.Response:
        """Give a custom field another label."""
        portal, table = self._table(request)
        code, asked = request.match_info["code"], await body(request, LabelIn)
        try:
            portal.rename_field(table.kind.name, code, asked.label)
        except KeyError:
            raise _no_field(table, code) from None
        return told({"code": code, "label": asked.label})

    async def remove_field(self, request: web.Request) -> web.Response:
        """Remove a custom field with its values."""
        portal, table = self._table(request)
        code = request.match_info["code"]
        try:
            portal.remove_field(table.kind.name, code)
        except KeyError:
            raise _no_field(table, code) from None
        return told({"removed": code})

    async def hide(self, request: web.Request) -> web.Response:
        """Withdraw the right to see rows: they vanish from every answer."""
        return await self._set_sight(request, seen=False)

    async def show(self, request: web.Request) -> web.Response:
        """Give the right back."""
        return await self._set_sight(request, seen=True)

    async def office(self, request: web.Request) -> web.Response:
        """What the busy office has done so far."""
        office = self._office(request)
        return told({"open": office.is_open, "done": dict(office.done)})

    async def open_office(self, request: web.Request) -> web.Response:
        """Let the office edit at a rate."""
        office, asked = self._office(request), await body(request, OfficeIn)
        try:
            office.open(asked.edits_per_second)
        except ValueError as error:
            raise ControlError(400, "WrongRate", str(error)) from None
        return told({"open": True})

    async def close_office(self, request: web.Request) -> web.Response:
        """Send the office home."""
        self._office(request).close()
        return told({"open": False})

    async def _set_sight(self, request: web.Request, *, seen: bool) -> web.Response:
        portal, table = self._table(request)
        ids = (await body(request, RowsIn)).ids
        absent = [row_id for row_id in ids or () if portal.get(table.kind.name, row_id) is None]
        if absent:
            raise _no_record(table, absent[0])
        change = portal.show if seen else portal.hide
        change(table.kind.name, ids)
        return told({"visible": table.store.count(), "hidden": len(table.store.hidden)})

    def _office(self, request: web.Request) -> Office:
        return self._office_of(gate_of(self._gates, request).portal.name)

    def _table(self, request: web.Request) -> tuple[Portal, Table]:
        portal = gate_of(self._gates, request).portal
        entity, tables = request.match_info["entity"], portal.tables
        if entity not in tables:
            known = ", ".join(sorted(tables))
            raise ControlError(404, "NoSuchEntity", f"no entity {entity!r}; there are: {known}")
        return portal, tables[entity]


def _no_record(table: Table, row_id: int) -> ControlError:
    return ControlError(404, "NoSuchRecord", f"there is no {table.kind.name} {row_id}")


def _no_field(table: Table, code: str) -> ControlError:
    return ControlError(404, "NoSuchField", f"{table.kind.name} has no custom field {code}")
