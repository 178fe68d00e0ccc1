"""Brings tables up to date, and keeps what changed about them: for people, and for ourselves."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import column, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import crm
from bridge24.bitrix.checkpoint import Checkpoint
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync import queries
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncColumn, SyncSchemaChange, SyncState
from bridge24.sync.sqltypes import SqlType
from bridge24.sync.tables import Change, DynamicTableBuilder

VANISHED = "vanished"
CURRENCY = "_currency"
"""Ends the name by which the second column of a field of money is kept."""
LONGEST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Backfill:
    """Columns that are new here, of rows that were stored before."""

    codes: tuple[str, ...]
    """The fields, as rows call them."""
    checkpoint: Checkpoint | None = None
    """How far they are filled; None: not begun."""

    def to_json(self) -> str:
        """One line of JSON."""
        at = self.checkpoint.to_json() if self.checkpoint else None
        return json.dumps({"codes": self.codes, "checkpoint": at})

    @classmethod
    def of(cls, state: SyncState) -> "Backfill | None":
        """Read what is owed to an object's table."""
        if state.backfill is None:
            return None
        kept = json.loads(state.backfill)
        at = kept["checkpoint"]
        return cls(tuple(kept["codes"]), Checkpoint.from_json(at) if at else None)


async def fit(
    entity: crm.Entity, layout: Layout, *, described: Collection[str] | None = None
) -> Layout:
    """Create or widen an object's table, and write down what that changed.

    What is written is committed with the change; on MySQL, where DDL commits by itself,
    just before, so that a crash in between tells it twice rather than never.

    Args:
        entity: Whose table.
        layout: What it should be like.
        described: The codes of all fields the portal has described; None when it was
            not asked. Others that it had described before have vanished from it.
    """
    version = 0
    async with transaction() as session:

        async def note(changes: Sequence[Change]) -> None:
            nonlocal version
            seen = await _seen_vanished(session, entity, layout, described)
            await _note(session, entity, layout, [*changes, *seen])
            # Once the table is unlocked, the last change may be somebody else's.
            version = await version_of(session, entity.name)

        builder = DynamicTableBuilder(await session.connection(), note=note)
        fitted = await builder.ensure(layout)
    return replace(fitted, version=version)


async def widen(entity: crm.Entity, layout: Layout, needs: Mapping[str, SqlType]) -> Layout:
    """Widen columns for values that did not fit: column name → a type that holds them."""
    version = 0
    async with transaction() as session:

        async def note(changes: Sequence[Change]) -> None:
            nonlocal version
            await _note(session, entity, layout, changes)
            version = await version_of(session, entity.name)

        builder = DynamicTableBuilder(await session.connection(), note=note)
        fitted = await builder.widen(layout, needs)
    return replace(fitted, version=version)


async def version_of(session: AsyncSession, entity: str) -> int:
    """Number the last change of an object's table: whoever knows an older one must look."""
    query = select(func.max(SyncSchemaChange.id)).where(SyncSchemaChange.entity == entity)
    return await session.scalar(query) or 0


async def _note(
    session: AsyncSession, entity: crm.Entity, layout: Layout, changes: Sequence[Change]
) -> None:
    if not changes:
        return
    session.add_all(
        SyncSchemaChange(
            entity=entity.name,
            table_name=layout.table,
            column_name=change.column,
            kind=change.kind,
            before=_told(change.before),
            after=_told(change.after),
            at=utc_naive(),
        )
        for change in changes
    )
    codes = [change.code for change in changes if change.code]
    if codes and await _has_rows(session, layout.table):
        state = await queries.locked_state(session, entity.name)
        owed = Backfill.of(state)
        both = dict.fromkeys([*(owed.codes if owed else ()), *codes])
        state.backfill = Backfill(tuple(both)).to_json()
    await session.flush()


async def _seen_vanished(
    session: AsyncSession, entity: crm.Entity, layout: Layout, described: Collection[str] | None
) -> list[Change]:
    """What the portal does not describe any more, and what it describes again."""
    if described is None:
        return []
    latest = await _latest(session, entity.name)
    kept = await session.scalars(select(SyncColumn).where(SyncColumn.table_name == layout.table))
    gone = [
        Change(VANISHED, each.column_name)
        for each in kept
        if each.code.removesuffix(CURRENCY) not in described
        and not _is_told(latest.get(each.column_name), each.code)
    ]
    back = [
        Change("added", each.name, before=VANISHED, after=each.comment, code=each.code)
        for each in layout.columns
        if each.code in described and latest.get(each.name, ("", None))[0] == VANISHED
    ]
    return [*gone, *back]


def _is_told(latest: tuple[str, str | None] | None, code: str) -> bool:
    """Whether a column is known to have vanished, or was never described at all."""
    return latest is not None and (latest[0] == VANISHED or latest == ("added", code))


async def _latest(session: AsyncSession, entity: str) -> dict[str, tuple[str, str | None]]:
    found = await session.execute(
        select(SyncSchemaChange.column_name, SyncSchemaChange.kind, SyncSchemaChange.after)
        .where(SyncSchemaChange.entity == entity)
        .order_by(SyncSchemaChange.id)
    )
    return {name: (kind, after) for name, kind, after in found}


async def _has_rows(session: AsyncSession, name: str) -> bool:
    rows = table(name, column("id"))
    return await session.scalar(select(rows.c.id).limit(1)) is not None


def _told(text: str | None) -> str | None:
    return text[:LONGEST_TOLD] if text else text
