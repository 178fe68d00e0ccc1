"""Finds the portal's smart processes and keeps what it found.

https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-object-types/crm-type-list.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.errors import AccessDenied, InsufficientScope, MethodNotFound
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.locks import exclusive
from bridge24.sync.models import SyncConfig
from bridge24.sync.registry import Mirrored, of_smart_process

GONE = "goneAt"
"""The key we add to a description once the portal no longer names the smart process."""

_NOT_TOLD = (AccessDenied, InsufficientScope, MethodNotFound)


@dataclass(frozen=True, slots=True)
class SmartProcess:
    """A smart process as the portal last described it."""

    origin: Mapping[str, object]

    @property
    def is_gone(self) -> bool:
        """Whether the portal has it no more."""
        return GONE in self.origin

    @property
    def items(self) -> crm.Entity:
        """The object of its items."""
        return crm.smart_process(self.origin)

    @property
    def name(self) -> str:
        """What the object of its items is called: ``dynamic_1256``."""
        return self.items.name

    @property
    def objects(self) -> tuple[Mirrored, ...]:
        """Every object it can have, whatever is switched on at the moment."""
        return of_smart_process(self.origin)

    @property
    def used(self) -> tuple[Mirrored, ...]:
        """The objects that the portal's switches give it: without stages there is no history."""
        items, funnels, history, rows, comments = of_smart_process(self.origin)
        used = [items, funnels, comments]
        if self.origin.get("isStagesEnabled") == "Y":
            used.append(history)
        if self.origin.get("isLinkWithProductsEnabled") == "Y":
            used.append(rows)
        return tuple(used)


async def stored() -> list[SmartProcess]:
    """List the smart processes discovered so far, also those that are gone."""
    async with transaction() as session:
        rows = await session.scalars(
            select(SyncConfig).where(SyncConfig.origin.is_not(None)).order_by(SyncConfig.entity)
        )
        return [SmartProcess(json.loads(row.origin or "{}")) for row in rows]


async def look(client: BitrixClient) -> None:
    """Ask the portal for its smart processes, and keep them.

    New ones are added, those that vanished are marked and kept: their tables stay.
    """
    async with exclusive("sync:discovery"):
        try:
            told = [
                each async for page in client.records(crm.SMART_PROCESS_TYPE) for each in page.rows
            ]
        except _NOT_TOLD:
            return
        found = {process.name: process for process in map(SmartProcess, told)}
        async with transaction() as session:
            await _keep(session, found)


async def _keep(session: AsyncSession, found: Mapping[str, SmartProcess]) -> None:
    rows = await session.scalars(select(SyncConfig).where(SyncConfig.entity.like("dynamic%")))
    known = {row.entity: row for row in rows}
    for name, process in found.items():
        row = known.get(name)
        if row is None:
            row = SyncConfig(entity=name)
            session.add(row)
        row.origin = json.dumps(process.origin, ensure_ascii=False)
    for name, row in known.items():
        if name not in found and row.origin is not None:
            row.origin = _marked_gone(row.origin)


def _marked_gone(origin: str) -> str:
    about = json.loads(origin)
    about.setdefault(GONE, f"{utc_naive():%Y-%m-%dT%H:%M:%SZ}")
    return json.dumps(about, ensure_ascii=False)
