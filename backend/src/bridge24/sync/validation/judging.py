"""Judges single rows: asks the portal for them whole and compares field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.listing import Row
from bridge24.core.db import transaction
from bridge24.sync.audit.asking import ROWS_AT_ONCE, Seen, read_rows
from bridge24.sync.audit.findings import Kind, moment
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import layout_of
from bridge24.sync.policy import ColumnPolicy
from bridge24.sync.validation.meaning import Unequal, unequal
from bridge24.sync.validation.rows import StoredRow, stored_rows

VALUE = "value"
"""A column differs, though the row was changed at the same moment here and there."""

SETTLING = timedelta(minutes=5)
"""Rows changed in the portal so lately may be on their way to us."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one row; a row that differs as a whole has no column."""

    row_id: int
    kind: str
    column: str | None = None
    portal: str | None = None
    stored: str | None = None


@dataclass(slots=True)
class Verdict:
    """What became of the rows that were judged."""

    differences: list[Difference] = field(default_factory=list)
    recent: set[int] = field(default_factory=set)
    """They differ, and were changed a moment ago."""

    @property
    def differing(self) -> set[int]:
        """The rows that differ."""
        return {difference.row_id for difference in self.differences}


@dataclass(slots=True)
class Judge:
    """Judges rows of one object.

    Fields that rows have and the portal does not describe get their column here as they
    get it when rows are stored.
    """

    client: BitrixClient
    entity: crm.Entity
    layout: Layout
    policy: ColumnPolicy

    async def by_id(self, ids: Sequence[int]) -> Verdict:
        """Ask the portal for rows and judge them; ``ROWS_AT_ONCE`` in one HTTP call."""
        verdict = Verdict()
        listed = sorted(ids)
        for start in range(0, len(listed), ROWS_AT_ONCE):
            part = listed[start : start + ROWS_AT_ONCE]
            seen = await read_rows(self.client, self.entity, part)
            told = await self.rows(part, seen)
            verdict.differences += told.differences
            verdict.recent |= told.recent
        return verdict

    async def rows(self, ids: Sequence[int], seen: Seen) -> Verdict:
        """Judge rows the portal was asked for."""
        treated = self.policy.applied(list(seen.rows.values()))
        portal = dict(zip(seen.rows, treated, strict=True))
        await self._know(set[str]().union(*treated))
        async with transaction() as session:
            stored = await stored_rows(session, self.layout, ids)
        verdict = Verdict()
        for row_id in ids:
            told = self._judged(row_id, portal.get(row_id), stored.get(row_id), seen.read_at)
            if told and self._is_recent(portal.get(row_id), seen.read_at):
                verdict.recent.add(row_id)
                continue
            verdict.differences += told
        return verdict

    async def _know(self, codes: set[str]) -> None:
        known = {column.code for column in self.layout.columns} | set(self.layout.skipped)
        if not codes <= known:
            # What was not described the last time must not be forgotten now.
            also = frozenset(codes | {column.code for column in self.layout.columns})
            self.layout, _ = await layout_of(self.client, self.entity, also=also)

    def _judged(
        self,
        row_id: int,
        row: Mapping[str, object] | None,
        stored: StoredRow | None,
        read_at: datetime,
    ) -> list[Difference]:
        if stored is not None and stored.synced_at > read_at:
            return []
        if row is None:
            is_alive = stored is not None and not stored.is_deleted
            return [Difference(row_id, Kind.GONE)] if is_alive else []
        if stored is None:
            return [Difference(row_id, Kind.MISSING)]
        if stored.is_deleted:
            return [Difference(row_id, Kind.REVIVED)]
        found = unequal(row, stored.values, self.layout, children=stored.children)
        return [self._named(row_id, each) for each in found]

    def _named(self, row_id: int, each: Unequal) -> Difference:
        code = self.entity.modified_field
        modified = next((c.name for c in self.layout.columns if code and c.code == code), None)
        kind = Kind.STALE if each.column == modified else VALUE
        return Difference(row_id, kind, each.column, each.portal, each.stored)

    def _is_recent(self, row: Row | Mapping[str, object] | None, read_at: datetime) -> bool:
        modified = moment(row.get(self.entity.modified_field or "")) if row else None
        return modified is not None and modified > read_at - SETTLING
