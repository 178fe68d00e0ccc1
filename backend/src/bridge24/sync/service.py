"""The sync as others use it: one object at a time, each run in the log."""

from collections.abc import Awaitable, Callable, Sequence

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.errors import AppError
from bridge24.core.locks import try_exclusive
from bridge24.sync.audit.audit import Audit, NotComparable
from bridge24.sync.entities import find_entity
from bridge24.sync.errors import AlreadyRunning
from bridge24.sync.full import FullWalk
from bridge24.sync.incremental import IncrementalPass
from bridge24.sync.objects.passes import source_pass
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.quiet import quiet
from bridge24.sync.realtime import single
from bridge24.sync.runs.opening import key_of
from bridge24.sync.runs.record import Ticket, counts_of, recorded
from bridge24.sync.runs.wiping import wipe
from bridge24.sync.views.keeper import learned

Watch = Callable[[RunProgress], None]
Work = Callable[[], Awaitable[None]]
Counts = dict[str, object]


class SyncService:
    """Copies CRM objects of one portal into the database.

    Args:
        client: Calls the portal; opened and closed by the caller.
        host: The portal's name for messages, without secrets.
        pages_per_call: The most pages asked for in one HTTP call, 1 to 50.
        walks_beside: Other objects copied at the same time, with which memory is shared.
        watch: Told about each run as it begins; the progress changes afterwards.
        ticket: The queued run that is carried out; None: each call opens a run of its own.
    """

    def __init__(
        self,
        client: BitrixClient,
        *,
        host: str,
        pages_per_call: int = 50,
        walks_beside: int = 0,
        watch: Watch | None = None,
        ticket: Ticket | None = None,
    ) -> None:
        self._client = client
        self._host = host
        self._pages_per_call = pages_per_call
        self._walks_beside = walks_beside
        self._watch = watch or (lambda _progress: None)
        self._ticket = ticket

    async def full_sync(
        self, entity_type: str, *, accept_deletions: bool = False
    ) -> dict[str, object]:
        """Read every row of an object and make its table equal to the portal.

        Goes on where an interrupted walk stopped. Rows that are not in the portal
        any more are marked ``_deleted_at``. Doing it twice changes nothing.

        Args:
            entity_type: A name of ``entities.ENTITIES``.
            accept_deletions: Believe it when a large share of the rows is gone.

        Returns:
            The run's counts, as kept in ``sync_log``.

        Raises:
            AppError: In the user's words; rows stored so far stay, and the next
                call goes on from there.
        """
        entity = await find_entity(entity_type)
        progress = RunProgress(entity=entity.name, mode=SyncMode.FULL)
        work = await self._whole(entity, progress, accept_deletions=accept_deletions)
        return await self._alone(entity, progress, work)

    async def incremental_sync(self, entity_type: str) -> dict[str, object]:
        """Store what changed since the last pass; one HTTP call when nothing did.

        Changes are found by modification time on the portal's own clock; the few lists
        without one are read whole. Deleted rows are not found: a full sync does that.

        Returns:
            The run's counts, as kept in ``sync_log``.

        Raises:
            NeverCopied: There is no full copy yet.
            AppError: In the user's words; the next call makes up for it.
        """
        entity = await find_entity(entity_type)
        progress = RunProgress(entity=entity.name, mode=SyncMode.INCREMENTAL)
        own = await source_pass(self._client, entity, progress)
        if own is not None:
            return await self._alone(entity, progress, own.changes)
        if entity.modified_filter is None:
            return await self.full_sync(entity_type)
        return await self._alone(
            entity, progress, IncrementalPass(self._client, entity, progress).run
        )

    async def incremental_all(
        self, names: Sequence[str]
    ) -> dict[str, dict[str, object] | AppError]:
        """Look for changes in many objects; one HTTP call when nothing changed in any.

        Args:
            names: Objects that have been copied in full.

        Returns:
            The counts of each run that was needed, or why it failed; objects without
            changes are not among them and leave no run in the log.

        Raises:
            BitrixError: The portal was not reached.
        """
        entities = [await find_entity(name) for name in names]
        silent = await quiet(self._client, entities)
        told: dict[str, Counts | AppError] = {}
        for name in names:
            if name in silent:
                continue
            try:
                told[name] = await self.incremental_sync(name)
            except AppError as error:
                told[name] = error
        return told

    async def audit(self, entity_type: str, *, accept_deletions: bool = False) -> dict[str, object]:
        """Find deleted, missing and stale rows without reading every row, and mend them.

        Goes on where an interrupted audit stopped. Objects without a time of modification
        are read whole instead; they are small.

        Returns:
            The run's counts, as kept in ``sync_log``.

        Raises:
            NeverCopied: There is no full copy yet.
            TooManyMissing: Many rows are gone; nothing is deleted unless accepted.
            AppError: In the user's words; the next call goes on from there.
        """
        entity = await find_entity(entity_type)
        progress = RunProgress(entity=entity.name, mode=SyncMode.AUDIT)
        own = await source_pass(self._client, entity, progress, accept_deletions=accept_deletions)
        if own is not None:
            return await self._alone(entity, progress, own.audit)
        whole = await self._whole(entity, progress, accept_deletions=accept_deletions)

        async def work() -> None:
            audit = Audit(
                self._client,
                entity,
                progress,
                pages_per_call=self._pages_per_call,
                accept_deletions=accept_deletions,
            )
            try:
                await audit.run()
            except NotComparable:
                await whole()

        return await self._alone(entity, progress, work)

    async def sync_entity_by_id(self, entity_type: str, record_id: int) -> dict[str, object]:
        """Read one record's present state and store it; gone ones are marked deleted.

        Returns:
            ``outcome``: ``stored`` or ``deleted``.

        Raises:
            NotReadByItself: Rows of this object are only read together.
            NotVisible: The portal does not show it to us; nothing was changed.
            AppError: In the user's words; nothing was changed.
        """
        entity = await find_entity(entity_type)
        outcome = await single.sync_record(self._client, entity, record_id, host=self._host)
        return {"outcome": outcome.value}

    async def delete_entity_by_id(self, entity_type: str, record_id: int) -> dict[str, object]:
        """Delete one record here after asking the portal whether it is gone.

        Returns:
            ``outcome``: ``deleted``.

        Raises:
            StillThere: It is not gone; its present state has been stored.
            NotReadByItself: Rows of this object are only read together.
            NotVisible: The portal does not show it to us; nothing was changed.
            AppError: In the user's words; nothing was changed.
        """
        entity = await find_entity(entity_type)
        outcome = await single.delete_record(self._client, entity, record_id, host=self._host)
        return {"outcome": outcome.value}

    async def _whole(
        self, entity: crm.Entity, progress: RunProgress, *, accept_deletions: bool
    ) -> Work:
        """How every row of an object is read."""
        own = await source_pass(self._client, entity, progress, accept_deletions=accept_deletions)
        if own is not None:
            return own.whole
        return FullWalk(
            self._client,
            entity,
            progress,
            pages_per_call=self._pages_per_call,
            walks_beside=self._walks_beside,
            accept_deletions=accept_deletions,
        ).run

    async def _alone(
        self, entity: crm.Entity, progress: RunProgress, work: Work
    ) -> dict[str, object]:
        """Do the work while nobody else works on the object, and log it."""
        self._watch(progress)
        async with try_exclusive(key_of(entity.name)) as alone:
            if not alone:
                raise AlreadyRunning(entity=entity.name)
            async with recorded(progress, ticket=self._ticket, host=self._host, scope=entity.scope):
                if self._ticket is not None:
                    await wipe(entity.name, self._ticket.run_id)
                await work()
            await learned(entity)
        return dict(counts_of(progress))
