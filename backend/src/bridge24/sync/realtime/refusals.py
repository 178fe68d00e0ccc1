"""Counts calls that were turned away, without a write for each of them."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import structlog

from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import DatabaseError
from bridge24.core.jobs import persist
from bridge24.sync.realtime import queries

# Who floods the address with forgeries must not make the database write for each.
BETWEEN_SECONDS = 0.5

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Refusals:
    """The refusals of this process that are not in the database yet."""

    _counts: Counter[str] = field(default_factory=Counter)
    _later: asyncio.Task[None] | None = None

    def note(self, reason: str) -> None:
        """Count one refusal; it is stored within a second."""
        self._counts[reason] += 1
        if self._later is None:
            self._later = asyncio.create_task(self._store_later())

    async def store(self) -> None:
        """Add the counts to those in the database."""
        counts, self._counts = dict(self._counts), Counter()
        if not counts:
            return

        async def write() -> None:
            async with transaction() as session:
                await queries.count_refusals(session, counts, utc_naive())

        try:
            await persist(write)
        except BaseException:
            self._counts.update(counts)
            raise

    async def _store_later(self) -> None:
        await asyncio.sleep(BETWEEN_SECONDS)
        self._later = None
        log.warning("events.refused", reasons=dict(self._counts))
        try:
            await self.store()
        except DatabaseError as error:
            log.warning("events.refusals_not_stored", reason=str(error))
