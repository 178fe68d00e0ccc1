"""Compares id ranges row by row: the portal sends ids and times of modification only."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.checkpoint import Checkpoint, Span, without
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.findings import Kind, differing, naive
from bridge24.sync.audit.table import Compared
from bridge24.sync.progress import RunProgress

STORED_AT_ONCE = 5_000
"""Stored rows held in memory at a time."""


class Sink(Protocol):
    """Keeps findings, with the checkpoint behind them, in the caller's transaction."""

    async def __call__(
        self,
        session: AsyncSession,
        found: Mapping[int, Kind],
        *,
        seen_at: datetime,
        checkpoint: Checkpoint | None = None,
    ) -> None: ...


async def sweep(
    client: BitrixClient,
    table: Compared,
    progress: RunProgress,
    *,
    checkpoint: Checkpoint,
    pages_per_call: int,
    sink: Sink,
) -> None:
    """Compare what a checkpoint still owes; each page's findings go with its checkpoint.

    Raises:
        BitrixError: The portal failed for good; the last checkpoint leads on.
    """
    walk = client.records(
        table.entity, select=table.select, resume=checkpoint, pages_per_call=pages_per_call
    )
    progress.walk = walk
    owed = checkpoint.spans
    async with aclosing(aiter(walk)) as pages:
        async for page in pages:
            portal, read_at = table.read(page.rows), naive(page.read_at)
            async with transaction() as session:
                for span in _settled(owed, page.checkpoint.spans):
                    await _compare(session, table, portal, span=span, read_at=read_at, sink=sink)
                await sink(session, {}, seen_at=read_at, checkpoint=page.checkpoint)
            owed = page.checkpoint.spans
            progress.read += len(page.rows)


async def _compare(
    session: AsyncSession,
    table: Compared,
    portal: Mapping[int, datetime | None],
    *,
    span: Span,
    read_at: datetime,
    sink: Sink,
) -> None:
    """Compare one range, some stored rows at a time: there may be any number of them."""
    while not span.empty:
        stored = await queries.stored_after(
            session, table.name, table.modified, span=span, limit=STORED_AT_ONCE
        )
        until = max(stored) if len(stored) == STORED_AT_ONCE else span.until
        sent = {
            row_id: modified
            for row_id, modified in portal.items()
            if span.after < row_id and (until is None or row_id <= until)
        }
        found = differing(sent, stored, read_at=read_at)
        if found:
            await sink(session, found, seen_at=read_at)
        if until is None:
            return
        span = Span(until, span.until)


def _settled(before: Sequence[Span], after: Sequence[Span]) -> Sequence[Span]:
    """The ranges owed before and not after."""
    settled = tuple(before)
    for span in after:
        settled = without(settled, span)
    return settled
