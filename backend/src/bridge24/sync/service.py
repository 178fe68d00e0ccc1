"""The sync as others use it: one object at a time, each run in the log."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.locks import try_exclusive
from bridge24.sync import queries
from bridge24.sync.entities import entity_named
from bridge24.sync.errors import AlreadyRunning, explain_portal_error
from bridge24.sync.full import FullWalk
from bridge24.sync.incremental import IncrementalPass
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import Phase, RunProgress, SyncMode

Watch = Callable[[RunProgress], None]


class SyncService:
    """Copies CRM objects of one portal into the database.

    Args:
        client: Calls the portal; opened and closed by the caller.
        host: The portal's name for messages, without secrets.
        pages_per_call: The most pages asked for in one HTTP call, 1 to 50.
        walks_beside: Other objects copied at the same time, with which memory is shared.
        watch: Told about each run as it begins; the progress changes afterwards.
    """

    def __init__(
        self,
        client: BitrixClient,
        *,
        host: str,
        pages_per_call: int = 50,
        walks_beside: int = 0,
        watch: Watch | None = None,
    ) -> None:
        self._client = client
        self._host = host
        self._pages_per_call = pages_per_call
        self._walks_beside = walks_beside
        self._watch = watch or (lambda _progress: None)

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
        entity = entity_named(entity_type)
        progress = RunProgress(entity=entity.name, mode=SyncMode.FULL)
        walk = FullWalk(
            self._client,
            entity,
            progress,
            pages_per_call=self._pages_per_call,
            walks_beside=self._walks_beside,
            accept_deletions=accept_deletions,
        )
        return await self._alone(entity, progress, walk.run)

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
        entity = entity_named(entity_type)
        if entity.modified_filter is None:
            return await self.full_sync(entity_type)
        progress = RunProgress(entity=entity.name, mode=SyncMode.INCREMENTAL)
        return await self._alone(
            entity, progress, IncrementalPass(self._client, entity, progress).run
        )

    async def _alone(
        self, entity: crm.Entity, progress: RunProgress, work: Callable[[], Awaitable[None]]
    ) -> dict[str, object]:
        """Do the work while nobody else works on the object, and log it."""
        self._watch(progress)
        async with try_exclusive(f"sync:{entity.name}") as alone:
            if not alone:
                raise AlreadyRunning(entity=entity.name)
            run_id = await _open_run(progress)
            try:
                await work()
            except Exception as error:
                told = self._explained(error, entity)
                # A database that failed may not take the note; the next run makes up for it.
                with suppress(DatabaseError):
                    await _close_run(run_id, progress, error=told)
                if isinstance(error, BitrixError):
                    raise told from error
                raise
            await _close_run(run_id, progress, error=None)
        return _counts(progress)

    def _explained(self, error: Exception, entity: crm.Entity) -> AppError:
        if isinstance(error, BitrixError):
            return explain_portal_error(error, host=self._host, scope=entity.scope)
        return error if isinstance(error, AppError) else AppError(reason=repr(error))


async def _open_run(progress: RunProgress) -> int:
    async with transaction() as session:
        for killed in await queries.unfinished_runs(session, progress.entity):
            killed.status, killed.finished_at = "interrupted", utc_naive()
        run = SyncLog(
            entity=progress.entity, mode=progress.mode, status="running", started_at=utc_naive()
        )
        session.add(run)
        await session.flush()
        return run.id


async def _close_run(run_id: int, progress: RunProgress, *, error: AppError | None) -> None:
    progress.finished = time.monotonic()
    progress.phase = Phase.FAILED if error else Phase.DONE
    async with transaction() as session:
        run = await session.get_one(SyncLog, run_id)
        for name, count in _counts(progress).items():
            setattr(run, name, count)
        run.finished_at = utc_naive()
        run.status = "failed" if error else "succeeded"
        run.error_code, run.error_message = (error.code, str(error)) if error else (None, None)


def _counts(progress: RunProgress) -> dict[str, object]:
    walked = progress.walked
    return {
        "rows_read": progress.read,
        "http_calls": walked.calls if walked else 0,
        **{name: getattr(progress, name) for name in COUNTED},
    }


COUNTED = ("inserted", "updated", "unchanged", "deleted", "quarantined")
