"""Copies several CRM objects side by side and shows how it goes."""

import asyncio
import gc
from collections.abc import Sequence

from rich.console import Console

from bridge24.bitrix import BitrixClient
from bridge24.cli import report
from bridge24.cli.board import Board
from bridge24.sync.progress import SyncMode
from bridge24.sync.service import SyncService

SIDE_BY_SIDE = 4

# Rows come by the thousand and make no cycles: the usual 700 has the collector walk over all
# of them again and again, which is a third of the time it takes to parse them.
CONTAINERS_BETWEEN_COLLECTIONS = 50_000


async def copy_all(
    client: BitrixClient,
    names: Sequence[str],
    *,
    host: str,
    mode: SyncMode = SyncMode.FULL,
    pages_per_call: int = 50,
    accept_deletions: bool = False,
    console: Console | None = None,
) -> int:
    """Copy objects side by side: each list method has seconds of its own to spend.

    One that fails does not stop the others; the first failure is raised at the end.

    Returns:
        How many rows went into quarantine.
    """
    gc.set_threshold(CONTAINERS_BETWEEN_COLLECTIONS)
    board = Board(console)
    beside = min(SIDE_BY_SIDE, len(names)) - 1
    service = SyncService(
        client, host=host, pages_per_call=pages_per_call, walks_beside=beside, watch=board.watch
    )
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def copy(name: str) -> None:
        async with places:
            if mode is SyncMode.INCREMENTAL:
                await service.incremental_sync(name)
            elif mode is SyncMode.AUDIT:
                await service.audit(name, accept_deletions=accept_deletions)
            else:
                await service.full_sync(name, accept_deletions=accept_deletions)

    async with board.shown():
        ended = await asyncio.gather(
            *(copy(name) for name in names),
            return_exceptions=True,
        )
    board.console.print()
    report.runs(board.runs, console=board.console)
    for end in ended:
        if isinstance(end, BaseException):
            raise end
    return sum(run.quarantined for run in board.runs)
