"""Brings the mirrored rows of records to the state the portal has just told."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.db import get_engine
from bridge24.core.jobs import persist
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.realtime.reading import Seen, present_state
from bridge24.sync.store import Store

LAYOUT_SECONDS = 60.0
"""Fields that appear meanwhile are noticed in the rows, and told by events of their own; what
the owner wants of the columns may change without a word."""


@dataclass(slots=True)
class Layouts:
    """The layouts used last, so that not every event asks for the portal's fields again."""

    _known: WeakKeyDictionary[AsyncEngine, dict[str, tuple[float, Layout]]] = field(
        default_factory=WeakKeyDictionary
    )

    async def of(self, client: BitrixClient, entity: crm.Entity) -> Layout:
        """Find a layout, or bring the object's table up to date and remember it."""
        known = self._of_database().get(entity.name)
        if known is not None and time.monotonic() - known[0] < LAYOUT_SECONDS:
            return known[1]
        layout, _ = await layout_of(client, entity)
        self.keep(entity, layout)
        return layout

    def keep(self, entity: crm.Entity, layout: Layout) -> None:
        """Remember a layout that is known to be right."""
        self._of_database()[entity.name] = (time.monotonic(), layout)

    def _of_database(self) -> dict[str, tuple[float, Layout]]:
        return self._known.setdefault(get_engine(), {})


layouts = Layouts()


async def bring_up_to_date(
    client: BitrixClient, wanted: Mapping[crm.Entity, Collection[int]]
) -> dict[crm.Entity, Seen]:
    """Read the present state of records and store it; say what was seen.

    What has been stored from a later look at the portal stays. Doing it twice, or by two
    processes at once, ends the same.

    Raises:
        BitrixError: The portal as a whole cannot be asked.
        DatabaseError: What is stored stays; the rest was not.
    """
    lean = {await lean_entity(client, entity): ids for entity, ids in wanted.items()}
    seen = await present_state(client, lean)
    for entity, told in seen.items():
        await apply(client, entity, told)
    return seen


async def lean_entity(client: BitrixClient, entity: crm.Entity) -> crm.Entity:
    """The object without the fields that the owner wants left out: they are not asked for."""
    return await asked(entity, await layouts.of(client, entity))


async def apply(client: BitrixClient, entity: crm.Entity, seen: Seen) -> None:
    """Store rows and deletions, each as of the moment at which the portal was asked."""
    if not seen.ids and not seen.gone:
        return
    store = await _open(client, entity)
    if seen.read_at is not None:
        await persist(partial(store.again, seen.rows, read_at=seen.read_at))
    for moment in sorted(set(seen.gone.values())):
        gone = [row_id for row_id, at in seen.gone.items() if at == moment]
        await persist(partial(store.delete, gone, seen_at=moment))
    layouts.keep(entity, store.layout)


async def _open(client: BitrixClient, entity: crm.Entity) -> Store:
    async def relayout(unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(client, entity, also=unknown)
        return layout

    progress = RunProgress(entity=entity.name, mode=SyncMode.INCREMENTAL)
    return await Store.open(entity, await layouts.of(client, entity), progress, relayout=relayout)
