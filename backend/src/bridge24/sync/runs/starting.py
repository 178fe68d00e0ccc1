"""Starting many runs with one word, or with none."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from bridge24.core.settings import get_settings
from bridge24.sync.errors import RunInProgress
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening, status
from bridge24.sync.runs.models import Status
from bridge24.sync.runs.schemas import EntityStatusOut


async def start_uncopied(
    *, asked_by: str, only: Collection[str] | None = None
) -> Sequence[SyncLog]:
    """Ask for a full copy of every object that has none yet, is switched on and permitted.

    Objects whose run is open already are left to it.

    Args:
        asked_by: Who asks.
        only: Of these objects; None: of all.
    """
    wanted = [each for each in await _uncopied() if only is None or each.entity in only]
    return await _start(wanted, asked_by)


async def start_by_itself() -> Sequence[SyncLog]:
    """The same without a person, unless the settings say that one has to ask.

    What a person has cancelled is left alone: nobody else begins it again.
    """
    if not get_settings().sync_start_by_itself:
        return []
    wanted = [each for each in await _uncopied() if not _was_cancelled(each)]
    return await _start(wanted, opening.BY_SCHEDULE)


async def _uncopied() -> list[EntityStatusOut]:
    now = await status.status()
    return [
        each
        for each in now.entities
        if each.state in {"never", "broken"} and each.looked_at is None and each.run is None
    ]


def _was_cancelled(each: EntityStatusOut) -> bool:
    return each.last_run is not None and each.last_run.status is Status.CANCELLED


async def _start(wanted: Sequence[EntityStatusOut], asked_by: str) -> list[SyncLog]:
    opened: list[SyncLog] = []
    for each in wanted:
        with suppress(RunInProgress):
            run = await opening.open_run(each.entity, mode=SyncMode.FULL, asked_by=asked_by)
            opened.append(run)
    return opened
