"""Starting many runs with one word."""

from collections.abc import Sequence
from contextlib import suppress

from bridge24.sync.errors import RunInProgress
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening, status


async def start_uncopied(*, asked_by: str) -> Sequence[SyncLog]:
    """Ask for a full copy of every object that has none yet, is switched on and permitted.

    Objects whose run is open already are left to it.
    """
    now = await status.status()
    opened = []
    for each in now.entities:
        if each.state in {"never", "broken"} and each.looked_at is None and each.run is None:
            with suppress(RunInProgress):
                opened.append(
                    await opening.open_run(each.entity, mode=SyncMode.FULL, asked_by=asked_by)
                )
    return opened
