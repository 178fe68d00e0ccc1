"""Puts right what an audit has found: asks again, stores what is there, deletes what is not."""

from collections.abc import Sequence
from datetime import datetime

from bridge24.bitrix import BitrixClient, BitrixError, Call, crm, listing
from bridge24.bitrix.errors import AccessDenied
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.asking import IDS_AT_ONCE, ROWS_AT_ONCE, read_rows
from bridge24.sync.audit.errors import RightsWithdrawn
from bridge24.sync.audit.findings import Kind
from bridge24.sync.errors import TooManyMissing
from bridge24.sync.full import MISSING_FEW, MISSING_SHARE
from bridge24.sync.progress import RunProgress
from bridge24.sync.queries import stored_count
from bridge24.sync.realtime.children import read_children
from bridge24.sync.store import Store

GETS = 200
"""So many of the rows that are gone are asked for one by one, for the portal's reason."""


class Settling:
    """Works off the findings of one object; what is dealt with is forgotten.

    Killed in between, it goes on with the findings that are left.
    """

    def __init__(
        self, client: BitrixClient, entity: crm.Entity, store: Store, progress: RunProgress
    ) -> None:
        self._client = client
        self._entity = entity
        self._store = store
        self._progress = progress

    async def run(self, *, accept_deletions: bool, demoted: bool) -> None:
        """Settle everything.

        Args:
            accept_deletions: Believe it when many rows are gone.
            demoted: Whoever reads the portal was its administrator, and is not any more.

        Raises:
            TooManyMissing: So many rows are gone that rights may have been withdrawn.
            RightsWithdrawn: The portal says so. What else was found is put right before.
        """
        await self._confirm()
        await self._fetch()
        denied = await self._denied()
        gone = await self._gone()
        if gone and not accept_deletions:
            await self._guard(gone, denied=denied, demoted=demoted)
        await self._delete()

    async def _confirm(self) -> None:
        """Ask once more for everything that was not sent: only ids, thousands in a call."""
        while ids := await self._next(Kind.GONE, limit=IDS_AT_ONCE):
            select = [self._entity.id_filter]
            seen = await read_rows(self._client, self._entity, ids, select=select)
            async with transaction() as session:
                entity = self._entity.name
                absent = [row_id for row_id in ids if row_id not in seen.rows]
                await queries.become(session, entity, list(seen.rows), kind=Kind.STALE)
                told = dict.fromkeys(absent, Kind.ABSENT)
                await queries.note(session, entity, told, seen_at=seen.read_at)

    async def _fetch(self) -> None:
        """Read whole what is missing, stale or back, with what hangs on it, and store it."""
        wanted = (Kind.MISSING, Kind.STALE, Kind.REVIVED)
        while ids := await self._next(*wanted, limit=ROWS_AT_ONCE):
            seen = await read_rows(self._client, self._entity, ids)
            await self._store.again(list(seen.rows.values()), read_at=seen.read_at)
            await read_children(self._client, self._entity, list(seen.rows))
            self._progress.read += len(seen.rows)
            async with transaction() as session:
                entity = self._entity.name
                await queries.settle(session, entity, list(seen.rows))
                # They were there a moment ago; missing ones among them leave a tombstone.
                told = dict.fromkeys((i for i in ids if i not in seen.rows), Kind.ABSENT)
                await queries.note(session, entity, told, seen_at=seen.read_at)

    async def _denied(self) -> int:
        """Count rows of which the portal says that they may not be seen; asks for a few.

        https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-get.html
        """
        method = self._entity.get_method
        ids = await self._next(Kind.ABSENT, limit=GETS)
        if method is None or not ids:
            return 0
        calls = [Call(method, listing.get_params(self._entity, row_id)) for row_id in ids]
        outcomes = await self._client.batch(calls)
        denied = [
            row_id
            for row_id, outcome in zip(ids, outcomes, strict=True)
            if isinstance(outcome, AccessDenied)
        ]
        trouble = [outcome for outcome in outcomes if isinstance(outcome, BitrixError)]
        retryable = next((error for error in trouble if error.retryable), None)
        if retryable is not None:
            raise retryable
        return len(denied)

    async def _gone(self) -> int:
        async with transaction() as session:
            return (await queries.counts(session, self._entity.name)).get(Kind.ABSENT, 0)

    async def _guard(self, gone: int, *, denied: int, demoted: bool) -> None:
        async with transaction() as session:
            stored = await stored_count(session, self._store.layout.table)
        facts = {"entity": self._entity.name, "missing": gone, "stored": stored}
        if denied:
            raise RightsWithdrawn(reason=f"it denies access to {denied} of them", **facts)
        if demoted:
            raise RightsWithdrawn(
                reason="the webhook's owner is not an administrator any more", **facts
            )
        if gone > max(MISSING_FEW, MISSING_SHARE * stored):
            raise TooManyMissing(**facts)

    async def _delete(self) -> None:
        while found := await self._found(Kind.ABSENT, limit=IDS_AT_ONCE):
            for seen_at, ids in found.items():
                await self._store.delete(ids, seen_at=seen_at)
                async with transaction() as session:
                    await queries.settle(session, self._entity.name, ids)

    async def _next(self, *kinds: Kind, limit: int) -> Sequence[int]:
        async with transaction() as session:
            return list(await queries.found(session, self._entity.name, *kinds, limit=limit))

    async def _found(self, kind: Kind, *, limit: int) -> dict[datetime, list[int]]:
        by_moment: dict[datetime, list[int]] = {}
        async with transaction() as session:
            found = await queries.found(session, self._entity.name, kind, limit=limit)
            for row_id, finding in found.items():
                by_moment.setdefault(finding.seen_at, []).append(row_id)
        return by_moment
