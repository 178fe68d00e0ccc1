"""An audit of one object: find what differs, ask again, put it right."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.bitrix.checkpoint import Checkpoint
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.comparing import EVERYTHING, Comparison
from bridge24.sync.audit.errors import RightsWithdrawn
from bridge24.sync.audit.findings import Kind
from bridge24.sync.audit.models import SyncAudit
from bridge24.sync.audit.plan import Estimate, Method, due
from bridge24.sync.audit.settling import Settling
from bridge24.sync.audit.sweep import sweep
from bridge24.sync.audit.table import Compared, compared
from bridge24.sync.errors import NeverCopied, TooManyMissing
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.progress import Phase, RunProgress
from bridge24.sync.queries import state_of
from bridge24.sync.runs.models import RunEventKind
from bridge24.sync.store import Store


class NotComparable(Exception):
    """Rows of the object have no time of modification: only reading them all compares them."""


class Audit:
    """One audit, begun or gone on with.

    Comparing goes range by range, and each range's findings are kept with the checkpoint
    behind it. Findings are only suspicions: every one is asked for again before anything is
    stored or deleted. An audit that the guard against mass deletions has stopped is not
    compared again when it is told to accept them.

    Args:
        client: Calls the portal.
        entity: What is audited.
        progress: Told how it goes.
        pages_per_call: The most pages asked for in one HTTP call, 1 to 50.
        accept_deletions: Believe it when many rows are gone.
        method: How to compare; None: as is cheapest, but every id once a week.
    """

    def __init__(
        self,
        client: BitrixClient,
        entity: crm.Entity,
        progress: RunProgress,
        *,
        pages_per_call: int,
        accept_deletions: bool,
        method: Method | None = None,
    ) -> None:
        self._client = client
        self._entity = entity
        self._progress = progress
        self._pages_per_call = pages_per_call
        self._accept_deletions = accept_deletions
        self._method = method

    async def run(self) -> None:
        """Audit to the end.

        Raises:
            NeverCopied: There is no full copy yet.
            NotComparable: The object has to be read whole instead.
            TooManyMissing: Many rows are gone; RightsWithdrawn: and the portal says why.
        """
        self._progress.phase = Phase.PREPARING
        await self._require_copy()
        layout, at = await layout_of(self._client, self._entity)
        self._entity = await asked(self._entity, layout)
        table = compared(self._entity, layout)
        if table is None:
            raise NotComparable
        store = await Store.open(self._entity, layout, self._progress, relayout=self._relayout)
        reader = await self._reader()
        self._progress.phase = Phase.COPYING
        await self._compare(table, began_at=at)
        self._progress.phase = Phase.FINISHING
        demoted = await self._was_administrator() and not reader.get("admin")
        settling = Settling(self._client, self._entity, store, self._progress)
        try:
            await settling.run(accept_deletions=self._accept_deletions, demoted=demoted)
        except (TooManyMissing, RightsWithdrawn):
            await self._stop(at)
            raise
        await self._finish(reader)

    async def _relayout(self, unknown: frozenset[str]) -> Layout:
        layout, _ = await layout_of(self._client, self._entity, also=unknown)
        return layout

    async def _require_copy(self) -> None:
        async with transaction() as session:
            state = await state_of(session, self._entity.name)
            if state.last_full_at is None:
                raise NeverCopied(entity=self._entity.name)

    async def _compare(self, table: Compared, *, began_at: datetime) -> None:
        """Find what differs; goes on where an interrupted audit stopped."""
        checkpoint = await self._checkpoint()
        if checkpoint is None:
            checkpoint = await self._begin(table, began_at=began_at)
        reads_all = checkpoint.spans == EVERYTHING.spans
        if checkpoint.spans:
            await sweep(
                self._client,
                table,
                self._progress,
                checkpoint=checkpoint,
                pages_per_call=self._pages_per_call,
                sink=self._keep,
            )
        if reads_all:
            self._progress.rows_in_portal = self._progress.read

    async def _checkpoint(self) -> Checkpoint | None:
        """Where to go on; None to begin anew.

        What was compared to the end is not compared again when only the deletions were to
        be accepted, but asked for again: rights may have been given back since.
        """
        async with transaction() as session:
            audit = await queries.audit_of(session, self._entity.name)
            is_stopped = audit.stopped_at is not None and not self._accept_deletions
            if audit.began_at is None or audit.checkpoint is None or is_stopped:
                return None
            await queries.ask_again(session, self._entity.name)
            return Checkpoint.from_json(audit.checkpoint)

    async def _begin(self, table: Compared, *, began_at: datetime) -> Checkpoint:
        async with transaction() as session:
            audit = await queries.audit_of(session, self._entity.name)
            audit.began_at, audit.checkpoint, audit.stopped_at = began_at, None, None
            await queries.forget(session, self._entity.name)
        comparison = Comparison(self._client, table, self._progress, sink=self._keep)
        plan = await self._plan(comparison, now=began_at)
        self._progress.note(
            RunEventKind.NOTE,
            audit=str(plan.method),
            http_calls=plan.http_calls,
            operating_seconds=plan.operating_seconds,
            wall_seconds=plan.wall_seconds,
        )
        suspects = await comparison.suspects(plan)
        self._progress.rows_in_portal = suspects.counted
        checkpoint = Checkpoint(self._entity.name, tuple(suspects.spans))
        async with transaction() as session:
            audit = await queries.audit_of(session, self._entity.name)
            audit.checkpoint = checkpoint.to_json()
            reads_all = suspects.spans == EVERYTHING.spans
            audit.method = Method.IDS if reads_all else plan.method
        return checkpoint

    async def _plan(self, comparison: Comparison, *, now: datetime) -> Estimate:
        if self._method is not None:
            return await comparison.plan(method=self._method)
        async with transaction() as session:
            copied_at = (await state_of(session, self._entity.name)).last_full_at
            exact_at = (await queries.audit_of(session, self._entity.name)).exact_at
        known = [at for at in (copied_at, exact_at) if at]
        return due(await comparison.estimates(), exact_at=max(known, default=None), now=now)

    async def _keep(
        self,
        session: AsyncSession,
        found: Mapping[int, Kind],
        *,
        seen_at: datetime,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        await queries.note(session, self._entity.name, found, seen_at=seen_at)
        if checkpoint is not None:
            audit = await queries.audit_of(session, self._entity.name)
            audit.checkpoint = checkpoint.to_json()

    async def _reader(self) -> dict[str, object]:
        """Who reads the portal, and whether as its administrator; empty when it won't tell.

        https://apidocs.bitrix24.com/api-reference/common/users/profile.html
        """
        try:
            told = (await self._client.call("profile")).result
        except BitrixError as error:
            if error.retryable:
                raise
            return {}
        return {"id": str(told.get("ID", "")), "admin": told.get("ADMIN") is True}

    async def _was_administrator(self) -> bool:
        async with transaction() as session:
            audit = await queries.audit_of(session, self._entity.name)
            return bool(audit.reader and json.loads(audit.reader).get("admin"))

    async def _stop(self, at: datetime) -> None:
        async with transaction() as session:
            (await queries.audit_of(session, self._entity.name)).stopped_at = at

    async def _finish(self, reader: Mapping[str, object]) -> None:
        async with transaction() as session:
            audit: SyncAudit = await queries.audit_of(session, self._entity.name)
            audit.finished_at = audit.began_at
            audit.exact_at = audit.began_at if audit.method == Method.IDS else audit.exact_at
            audit.began_at = audit.checkpoint = audit.stopped_at = None
            audit.reader = json.dumps(reader)
