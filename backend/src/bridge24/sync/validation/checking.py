"""One comparison of a table with the portal: counts, then ranges or rows, then a sample."""

from collections.abc import Iterable, Mapping
from contextlib import aclosing
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.checkpoint import Checkpoint
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync.audit.asking import ROWS_AT_ONCE
from bridge24.sync.audit.comparing import Comparison
from bridge24.sync.audit.counting import total
from bridge24.sync.audit.findings import Kind
from bridge24.sync.audit.plan import Method
from bridge24.sync.audit.sweep import sweep
from bridge24.sync.audit.table import Compared, compared
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.objects.sources import has_source
from bridge24.sync.policy import policy_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.queries import stored_count, stored_ids
from bridge24.sync.validation import queries
from bridge24.sync.validation.judging import Difference, Judge, Verdict
from bridge24.sync.validation.models import SyncValidation
from bridge24.sync.validation.rows import some_ids
from bridge24.sync.validation.whole import whole

PAGES_PER_CALL = 50
LOWEST_ID = -(2**63)
MOST_JUDGED = 5_000
"""So many rows that differ are read whole, for both values of every column."""


class Check:
    """Carries out a comparison that was asked for; begun again after a crash."""

    def __init__(
        self, client: BitrixClient, entity: crm.Entity, validation: SyncValidation
    ) -> None:
        self._client = client
        self._entity = entity
        self._validation = validation
        self._progress = RunProgress(entity=entity.name, mode=SyncMode.AUDIT)
        self._recent: set[int] = set()

    async def run(self) -> None:
        """Compare, and keep the result.

        Raises:
            BitrixError: The portal failed for good.
        """
        async with transaction() as session:
            await queries.drop_all(session, self._validation.id)
        layout, at = await layout_of(self._client, self._entity)
        self._entity = await asked(self._entity, layout)
        judge = await self._judge(layout)
        table = None if has_source(self._entity) else compared(self._entity, layout)
        await self._note(phase="comparing", checked_at=at)
        if table is None or self._validation.method == Method.ROWS:
            source = await self._compare_whole(judge)
        else:
            source = await self._compare(table)
            await self._note(phase="judging")
            await self._judge_found(judge)
            await self._note(phase="sampling")
            await self._sample(judge)
        await self._conclude(layout, source_rows=source)

    async def _judge(self, layout: Layout) -> Judge:
        async with transaction() as session:
            policy = await policy_of(session, self._entity.name)
        return Judge(self._client, self._entity, layout, policy)

    async def _compare(self, table: Compared) -> int:
        """Count, and find the rows that differ; say how many the portal has."""
        method = Method(self._validation.method)
        if method is Method.COUNTS:
            return await total(self._client, table)
        comparison = Comparison(self._client, table, self._progress, sink=self._keep)
        suspects = await comparison.suspects(await comparison.plan(method=method))
        if suspects.spans:
            await sweep(
                self._client,
                table,
                self._progress,
                checkpoint=Checkpoint(self._entity.name, tuple(suspects.spans)),
                pages_per_call=PAGES_PER_CALL,
                sink=self._keep,
            )
        return self._progress.read if suspects.counted is None else suspects.counted

    async def _keep(
        self,
        session: AsyncSession,
        found: Mapping[int, Kind],
        *,
        seen_at: datetime,  # noqa: ARG002 - the sink of an audit keeps it
        checkpoint: Checkpoint | None = None,
    ) -> None:
        validation = self._validation
        await queries.drop(session, validation.id, found)
        told = [Difference(row_id, kind) for row_id, kind in found.items()]
        await queries.keep(session, validation, told)
        if checkpoint is not None:
            stored = await queries.validation_named(session, validation.id)
            stored.rows_compared = self._progress.read

    async def _judge_found(self, judge: Judge) -> None:
        """Ask again for what differs: for both values, and whether it still does."""
        after = LOWEST_ID
        for _ in range(MOST_JUDGED // ROWS_AT_ONCE):
            async with transaction() as session:
                ids = await queries.differing_ids(
                    session, self._validation.id, after=after, limit=ROWS_AT_ONCE
                )
            if not ids:
                return
            await self._take(await judge.by_id(ids), of=ids)
            after = ids[-1]

    async def _sample(self, judge: Judge) -> None:
        """Compare some rows field by field, wherever they lie."""
        async with transaction() as session:
            ids = await some_ids(session, judge.layout, number=self._validation.sample)
        await self._take(await judge.by_id(ids), of=ids)
        await self._note(sampled=len(ids))

    async def _compare_whole(self, judge: Judge) -> int:
        """Compare every row field by field."""
        seen: set[int] = set()
        first_at: datetime | None = None
        async with aclosing(whole(self._client, self._entity, judge.layout)) as parts:
            async for part in parts:
                await self._take(await judge.rows(list(part.rows), part), of=part.rows)
                seen |= part.rows.keys()
                first_at = min(first_at or part.read_at, part.read_at)
                await self._note(rows_compared=len(seen), sampled=len(seen))
        if first_at is not None:
            await self._note_gone(judge.layout, seen, before=first_at)
        return len(seen)

    async def _note_gone(self, layout: Layout, seen: set[int], *, before: datetime) -> None:
        async with transaction() as session:
            stored = await stored_ids(
                session, layout.table, after=LOWEST_ID, until=2**63 - 1, before=before
            )
            gone = [Difference(row_id, Kind.GONE) for row_id in stored if row_id not in seen]
            await queries.keep(session, self._validation, gone)

    async def _take(self, verdict: Verdict, *, of: Iterable[int]) -> None:
        self._recent |= verdict.recent
        async with transaction() as session:
            await queries.drop(session, self._validation.id, list(of))
            await queries.keep(session, self._validation, verdict.differences)

    async def _note(self, **facts: object) -> None:
        async with transaction() as session:
            stored = await queries.validation_named(session, self._validation.id)
            for name, value in facts.items():
                setattr(stored, name, value)

    async def _conclude(self, layout: Layout, *, source_rows: int) -> None:
        async with transaction() as session:
            validation = await queries.validation_named(session, self._validation.id)
            validation.source_rows = source_rows
            validation.target_rows = await stored_count(session, layout.table)
            validation.differing = await queries.differing_count(session, validation.id)
            validation.recent = len(self._recent)
            validation.status, validation.open_for = "succeeded", None
            validation.phase, validation.finished_at = "done", utc_naive()
            await queries.prune(session, validation.entity)
