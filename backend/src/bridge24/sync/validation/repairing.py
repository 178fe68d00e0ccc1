"""Puts rows right that differ: reads them again, stores them, and compares once more."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import aclosing
from dataclasses import replace

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync.audit.asking import ROWS_AT_ONCE, read_rows
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.objects.sources import has_source
from bridge24.sync.policy import policy_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.store import Store
from bridge24.sync.validation import queries
from bridge24.sync.validation.judging import Judge
from bridge24.sync.validation.models import SyncValidation
from bridge24.sync.validation.rows import distrust, stored_rows
from bridge24.sync.validation.whole import whole

LOWEST_ID = -(2**63)
"""Keys made of several parts may be negative."""


class Repair:
    """Repairs what one comparison has found. Twice does no harm."""

    def __init__(
        self, client: BitrixClient, entity: crm.Entity, validation: SyncValidation
    ) -> None:
        self._client = client
        self._entity = entity
        self._validation = validation

    async def run(self, *, whole_again: Callable[[], Awaitable[object]]) -> None:
        """Repair every row that is not repaired yet.

        Args:
            whole_again: Reads the whole object and stores it, for objects whose rows
                cannot be asked for one by one.

        Raises:
            BitrixError: The portal failed for good; what is repaired stays.
        """
        layout, _ = await layout_of(self._client, self._entity)
        self._entity = await asked(self._entity, layout)
        async with transaction() as session:
            policy = await policy_of(session, self._entity.name)
        judge = Judge(self._client, self._entity, layout, policy)
        if has_source(self._entity) or self._entity.paging != "keyset":
            await self._mend_whole(judge, whole_again)
            return
        progress = RunProgress(entity=self._entity.name, mode=SyncMode.AUDIT)
        store = await Store.open(self._entity, layout, progress, relayout=self._relayout)
        after = LOWEST_ID
        while ids := await self._next(after):
            await self._mend(store, ids)
            verdict = await replace(judge, layout=store.layout).by_id(ids)
            await self._settle(set(ids) - verdict.differing)
            after = ids[-1]

    async def _mend_whole(self, judge: Judge, whole_again: Callable[[], Awaitable[object]]) -> None:
        """Read a short object whole, and compare it whole."""
        ids: set[int] = set()
        while some := await self._next(max(ids, default=LOWEST_ID)):
            ids.update(some)
        async with transaction() as session:
            await distrust(session, judge.layout, ids)
        await whole_again()
        seen, wrong = set[int](), set[int]()
        async with aclosing(whole(self._client, self._entity, judge.layout)) as parts:
            async for part in parts:
                verdict = await judge.rows(list(part.rows), part)
                seen |= part.rows.keys()
                wrong |= verdict.differing
        async with transaction() as session:
            stored = await stored_rows(session, judge.layout, ids - seen)
        alive = {row_id for row_id, row in stored.items() if not row.is_deleted}
        await self._settle(ids - wrong - alive)

    async def _settle(self, ids: Collection[int]) -> None:
        async with transaction() as session:
            await queries.repaired(session, self._validation.id, ids, at=utc_naive())

    async def _next(self, after: int) -> list[int]:
        async with transaction() as session:
            return list(
                await queries.differing_ids(
                    session, self._validation.id, after=after, limit=ROWS_AT_ONCE, open_only=True
                )
            )

    async def _mend(self, store: Store, ids: list[int]) -> None:
        seen = await read_rows(self._client, self._entity, ids)
        async with transaction() as session:
            await distrust(session, store.layout, seen.rows)
        await store.again(list(seen.rows.values()), read_at=seen.read_at)
        gone = [row_id for row_id in ids if row_id not in seen.rows]
        if gone:
            await store.delete(gone, seen_at=seen.read_at)

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout
