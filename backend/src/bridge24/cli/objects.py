"""Which objects a portal has, and which of them are copied."""

import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bridge24.bitrix import BitrixClient, BitrixError
from bridge24.core.db import get_dialect
from bridge24.sync import discovery
from bridge24.sync.entities import all_mirrored, discover, find_entity, granted_scopes, permitted
from bridge24.sync.errors import ScopeMissing, explain_portal_error
from bridge24.sync.fields import table_name
from bridge24.sync.registry import REGISTRY, Mirrored


@dataclass(frozen=True, slots=True)
class _Line:
    """One object, as the list shows it."""

    mirrored: Mirrored
    state: str


async def chosen(client: BitrixClient, name: str, *, host: str) -> list[str]:
    """Name the objects to copy: one, or for ``all`` every one that the webhook may read.

    The others are named and left out. Smart processes are looked for first.
    """
    if name in REGISTRY:
        return [name]
    try:
        found = await discover(client)
        if name != "all":
            return [(await find_entity(name)).name]
        scopes = await granted_scopes(client)
    except BitrixError as error:
        raise explain_portal_error(error, host=host) from error
    may, may_not = permitted(found, scopes)
    for entity in may_not:
        sys.stderr.write(
            f'{entity.name}: left out, the webhook lacks the permission "{entity.scope}"\n'
        )
    if not may:
        raise ScopeMissing(scope="crm", method="every object")
    return [entity.name for entity in may]


async def show(client: BitrixClient, *, host: str, console: Console | None = None) -> None:
    """List every object with its table, how it is read, and whether it may be."""
    try:
        await discover(client)
        scopes = await granted_scopes(client)
    except BitrixError as error:
        raise explain_portal_error(error, host=host) from error
    table = Table(box=None, pad_edge=False)
    for heading in ("object", "table", "key", "read by", "changes by", "state", "what it is"):
        table.add_column(heading, overflow="fold")
    for line in await _lines(scopes):
        table.add_row(*_cells(line))
    (console or Console()).print(table)


async def _lines(scopes: frozenset[str]) -> list[_Line]:
    lines = [_Line(each, _state(each, scopes)) for each in await all_mirrored()]
    for process in await discovery.stored():
        if process.is_gone:
            lines += [_Line(each, "gone from the portal") for each in process.used]
    return lines


def _state(mirrored: Mirrored, scopes: frozenset[str]) -> str:
    entity = mirrored.entity
    if entity.scope not in scopes:
        return f'no permission "{entity.scope}"'
    return "discovered" if entity.name.startswith("dynamic_") else "permitted"


def _cells(line: _Line) -> tuple[str, ...]:
    mirrored = line.mirrored
    follows = f"{mirrored.follows}.{mirrored.cursor}" if mirrored.follows else mirrored.cursor
    return (
        mirrored.name,
        table_name(mirrored.name, get_dialect()),
        ", ".join(mirrored.key),
        mirrored.strategy,
        follows,
        line.state,
        mirrored.title,
    )
