"""What hangs on a record: its product rows and links, for which there are no events."""

from collections.abc import Collection

from bridge24.bitrix import BitrixClient, crm
from bridge24.sync.entities import all_mirrored
from bridge24.sync.errors import RunInProgress
from bridge24.sync.objects.children import Links, ProductRows
from bridge24.sync.objects.passes import SourcePass
from bridge24.sync.objects.sources import source_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.realtime.copies import copied
from bridge24.sync.runs.opening import open_run

FEW_OWNERS = 50
"""Each costs a command; what many have is read by a run of its own, beside the events."""
ASKED_BY = "event"


async def follow_owners(
    client: BitrixClient, entity: crm.Entity, owner_ids: Collection[int]
) -> None:
    """Read again what hangs on records that were changed or deleted.

    Raises:
        BitrixError: The portal refuses.
        DatabaseError: Nothing more was stored.
    """
    if not owner_ids:
        return
    for source in await _sets_of(entity):
        if len(owner_ids) > FEW_OWNERS:
            await _promise_run(source.entity.name)
            continue
        await _read(client, source, owner_ids)


async def read_children(
    client: BitrixClient, entity: crm.Entity, owner_ids: Collection[int]
) -> None:
    """Read now what hangs on records that came back, or came late: nothing else tells of it.

    Their owners were not edited, so a pass over changes does not ask for it.

    Raises:
        BitrixError: The portal refuses.
        DatabaseError: Nothing more was stored.
    """
    if owner_ids:
        for source in await _sets_of(entity):
            await _read(client, source, owner_ids)


async def _read(
    client: BitrixClient, source: ProductRows | Links, owner_ids: Collection[int]
) -> None:
    progress = RunProgress(entity=source.entity.name, mode=SyncMode.INCREMENTAL)
    await SourcePass(client, source, progress).of(sorted(owner_ids))


async def _sets_of(entity: crm.Entity) -> list[ProductRows | Links]:
    """Find the copied sets that hang on an object."""
    every = await all_mirrored()
    followers = [each.entity for each in every if each.follows == entity.name]
    names = await copied([each.name for each in followers]) if followers else set()
    listed = [each.entity for each in every]
    sources = [source_of(each, listed=listed) for each in followers if each.name in names]
    return [source for source in sources if isinstance(source, ProductRows | Links)]


async def _promise_run(name: str) -> None:
    try:
        await open_run(name, mode=SyncMode.INCREMENTAL, asked_by=ASKED_BY)
    except RunInProgress:
        return  # the owners are modified later than where that run will go on
