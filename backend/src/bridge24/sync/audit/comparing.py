"""Finds how a table differs from the portal, in the way that costs least."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.checkpoint import Span
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.counting import Ages, count_spans, fuller_ages, within
from bridge24.sync.audit.findings import differing, naive
from bridge24.sync.audit.measure import allowance_of, costs_of
from bridge24.sync.audit.plan import (
    COARSE_PARTS,
    Costs,
    Estimate,
    Method,
    estimates,
)
from bridge24.sync.audit.sweep import Sink
from bridge24.sync.audit.table import Compared
from bridge24.sync.progress import RunProgress
from bridge24.sync.queries import stored_count

MOSTLY = 0.6
"""When so many of a few large ranges differ, all are read: counting small ones is in vain."""


@dataclass(frozen=True, slots=True)
class Suspects:
    """The id ranges that have to be read."""

    spans: Sequence[Span]
    counted: int | None = None
    """Rows the portal has, where they were counted; None: reading the ranges tells."""


EVERYTHING = Suspects((Span(0, None),))


class Comparison:
    """One comparison of one table; findings go to the sink."""

    def __init__(
        self, client: BitrixClient, table: Compared, progress: RunProgress, *, sink: Sink
    ) -> None:
        self._client = client
        self._table = table
        self._progress = progress
        self._sink = sink

    async def plan(self, *, method: Method) -> Estimate:
        """Say what a method will cost."""
        return (await self.estimates())[method]

    async def estimates(self) -> dict[Method, Estimate]:
        """Say what each method will cost."""
        costs = await costs_of(self._client, self._table)
        async with transaction() as session:
            rows = await stored_count(session, self._table.name)
        now = asyncio.get_running_loop().time()
        allowed = await allowance_of(self._client, self._table.entity.list_method, now=now)
        return estimates(rows, costs, allowed)

    async def suspects(self, plan: Estimate) -> Suspects:
        """Name the id ranges that have to be read; what times tell goes to the sink."""
        if plan.method is Method.IDS:
            return EVERYTHING
        costs = await costs_of(self._client, self._table)
        coarse = await count_spans(self._client, self._table, parts=COARSE_PARTS, costs=costs)
        if len(coarse.different) > MOSTLY * coarse.ranges:
            return EVERYTHING
        parts = max(plan.parts, 1)
        if not await self._look_at_ages(parts, costs):
            return EVERYTHING
        if parts > COARSE_PARTS:
            coarse = await count_spans(self._client, self._table, parts=parts, costs=costs)
        return Suspects(coarse.different, counted=coarse.rows)

    async def _look_at_ages(self, parts: int, costs: Costs) -> bool:
        """Read the ranges of times that hold more rows there than here; False when most do."""
        fuller, of = await fuller_ages(self._client, self._table, parts=parts, costs=costs)
        if len(fuller) > max(2, MOSTLY * of):
            return False
        for ages in fuller:
            await self._read_ages(ages)
        return True

    async def _read_ages(self, ages: Ages) -> None:
        """Note the rows the portal has in a range of times that lie elsewhere here."""
        table = self._table
        filters = within(table, ages)
        walk = self._client.records(table.entity, select=table.select, filter=filters)
        async with aclosing(aiter(walk)) as pages:
            async for page in pages:
                portal, read_at = table.read(page.rows), naive(page.read_at)
                async with transaction() as session:
                    stored = await queries.stored_of(
                        session, table.name, table.modified, ids=portal
                    )
                    found = differing(portal, stored, read_at=read_at)
                    await self._sink(session, found, seen_at=read_at)
