"""Puts what is stored in order after the owner changed what becomes of columns.

Nothing here asks the portal. What can be hashed or masked in place is; other values go at
once, and a full run that reads everything anew is promised for those that are to come back.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, column, delete, select, table, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bridge24.core.db import connection, dialect_of, explained, get_engine, transaction
from bridge24.core.jobs import Postpone, enqueue
from bridge24.sync import queries
from bridge24.sync.ddl.actual import Actual
from bridge24.sync.ddl.mysql import MysqlTables
from bridge24.sync.ddl.postgres import PostgresTables
from bridge24.sync.entities import find_entity
from bridge24.sync.errors import RunInProgress
from bridge24.sync.evolution import Backfill
from bridge24.sync.fields import table_name
from bridge24.sync.layout import OVERFLOW
from bridge24.sync.models import SyncColumn, SyncQuarantine
from bridge24.sync.policy import ColumnPolicy, Treatment, parsed, policy_of
from bridge24.sync.progress import SyncMode
from bridge24.sync.rejected import give_reason, reason_of
from bridge24.sync.runs.opening import open_run
from bridge24.sync.validation.models import SyncDifference

TASK = "sync.columns"
READ_ANEW = "sync.columns.read"
ASKED_BY = "columns"
BATCH = 1_000
MULTIFIELDS = frozenset({"phone", "email", "web", "im", "link", "fm"})
AFTER_RUN = timedelta(seconds=10)

Treat = Callable[[str], str]


async def promise(session: AsyncSession, entity: str, *, before: str) -> None:
    """Promise to put an object in order, in the transaction that keeps its new policy.

    Args:
        session: The caller's open transaction.
        entity: Whose ``SyncConfig.columns`` was changed.
        before: What it was, as it is kept there.
    """
    await enqueue(session, TASK, key=f"columns:{entity}", entity=entity, before=before or "{}")


async def put_in_order(entity: str, *, before: str) -> None:
    """Change what is stored to the policy in force; made again, it changes nothing.

    Raises:
        SaltMissing: Columns are to be hashed, and there is no salt.
    """
    async with transaction() as session:
        policy = await policy_of(session, entity)
    change = _Change(entity, policy, parsed(before))
    names = change.names
    if not names:
        return
    again = await change.stored(names)
    await change.set_aside(names)
    if again:
        async with transaction() as session:
            await enqueue(session, READ_ANEW, entity=entity, columns=again)


async def read_anew(entity: str, columns: Sequence[str]) -> None:
    """Open a run that brings back values only the portal has.

    An incremental run reads these fields of every row and nothing else. Multi-values, and
    objects that tell no changes, are read whole. Made again, it does no harm.

    Raises:
        Postpone: A run is under way; it may have begun with the old policy.
    """
    found = await find_entity(entity)
    alone = found.modified_filter is not None and not MULTIFIELDS.intersection(columns)
    if alone and not await _owe(entity, columns):
        return
    try:
        if alone:
            await open_run(entity, mode=SyncMode.INCREMENTAL, asked_by=ASKED_BY)
        else:
            await open_run(entity, mode=SyncMode.FULL, asked_by=ASKED_BY, wipe="state")
    except RunInProgress as error:
        raise Postpone(by=AFTER_RUN, reason=str(error)) from error


async def _owe(entity: str, columns: Sequence[str]) -> bool:
    """Note the fields to be read of every row; False where a first copy will do it."""
    mirrored = table_name(entity, dialect_of(get_engine()))
    async with transaction() as session:
        state = await queries.locked_state(session, entity)
        if state.last_full_at is None:
            return False
        codes = await session.scalars(
            select(SyncColumn.code).where(
                SyncColumn.table_name == mirrored, SyncColumn.column_name.in_(columns)
            )
        )
        owed = Backfill.of(state)
        both = dict.fromkeys([*(owed.codes if owed else ()), *codes])
        if both:
            state.backfill = Backfill(tuple(both)).to_json()
        return bool(both)


@dataclass(frozen=True)
class _Change:
    """One change of one object's policy."""

    entity: str
    policy: ColumnPolicy
    before: Mapping[str, Treatment]

    @property
    def names(self) -> list[str]:
        """The columns concerned."""
        every = sorted({*self.before, *self.policy.treatments})
        return [name for name in every if self.before.get(name) is not self.policy.of(name)]

    async def stored(self, names: Sequence[str]) -> list[str]:
        """Change the mirrored table and its companions, and list what to read anew."""
        mirrored = table_name(self.entity, dialect_of(get_engine()))
        child, versions = f"{mirrored}_multifields", f"{mirrored}_history"
        async with connection() as conn:
            tables = await _tables(conn)
            known = {each: await tables.read(each) for each in (mirrored, child, versions)}
        if not known[mirrored]:
            return []
        await _let_writers_finish(mirrored)
        again: list[str] = []
        for name in names:
            if await self._column(mirrored, name, known[mirrored].get(name), keys=("id",)):
                again.append(name)
            if known[versions]:
                keys = ("id", "valid_from")
                await self._column(versions, name, known[versions].get(name), keys=keys)
            if known[child]:
                await self._multifield(child, name)
        await _sweep_up(*(each for each, columns in known.items() if columns))
        return again

    async def _column(
        self, kept_in: str, name: str, actual: Actual | None, *, keys: tuple[str, ...]
    ) -> bool:
        """Change one column, and say whether only the portal has what is to stand there."""
        treat = self._in_place(name)
        if actual is None:
            return self.policy.of(name) is not Treatment.LEAVE_OUT
        is_text = actual.type is not None and actual.type.is_text and not actual.overflow
        if treat is not None and is_text and not await _holds_lists(kept_in, name):
            await _treat(kept_in, name, keys=keys, treat=treat, digest=True)
            return False
        await _empty(kept_in, name, overflow=actual.overflow)
        return self.policy.of(name) is not Treatment.LEAVE_OUT

    def _in_place(self, name: str) -> Treat | None:
        """What turns plain values into what they are to be; None: it takes the portal."""
        wanted = self.policy.of(name)
        if name in self.before or wanted is None or wanted is Treatment.LEAVE_OUT:
            return None
        return self.policy.text_treatment(wanted)

    async def _multifield(self, child: str, name: str) -> None:
        """Change the phones, e-mails … of a column; ``fm`` holds all of them."""
        of_type = None if name == "fm" else name.upper()
        treat = self._in_place(name)
        if treat is not None:
            keys = ("owner_id", "id")
            await _treat(child, "value", keys=keys, treat=treat, digest=False, of_type=of_type)
            return
        rows = table(child, column("type_id"))
        async with connection() as conn:
            gone = delete(rows)
            await conn.execute(gone if of_type is None else gone.where(rows.c.type_id == of_type))

    async def set_aside(self, names: Sequence[str]) -> None:
        """Change the raw rows in quarantine, and forget differences that show old values."""
        async with transaction() as session:
            kept = await session.scalars(
                select(SyncQuarantine).where(SyncQuarantine.entity == self.entity)
            )
            for row in kept:
                raw = json.loads(row.raw)
                (treated,) = self.policy.applied([raw])
                if treated != raw:
                    give_reason(row, reason_of(row).without_values())
                written = json.dumps(treated, ensure_ascii=False, sort_keys=True)
                row.raw = written.encode(errors="backslashreplace").decode()
            await session.execute(
                delete(SyncDifference).where(
                    SyncDifference.entity == self.entity, SyncDifference.column_name.in_(names)
                )
            )


async def _tables(conn: AsyncConnection) -> PostgresTables | MysqlTables:
    return await (PostgresTables if dialect_of(conn) == "postgresql" else MysqlTables).of(conn)


async def _let_writers_finish(mirrored: str) -> None:
    """Wait for transactions that began with the old policy; later ones see the new one."""
    quoted = get_engine().dialect.identifier_preparer.quote_identifier(mirrored)
    async with connection() as conn:
        if dialect_of(conn) == "postgresql":
            await conn.execute(text(f"LOCK TABLE {quoted} IN EXCLUSIVE MODE"))
            return
        # Any ALTER waits for them, and this one needs no further right.
        await conn.execute(text(f"ALTER TABLE {quoted} COMMENT = ''"))


async def _holds_lists(mirrored: str, name: str) -> bool:
    """Whether a text column keeps JSON lists, whose items are treated one by one."""
    rows = table(mirrored, column(name))
    found = select(rows.c[name]).where(rows.c[name].like("[%]")).limit(1)
    async with connection() as conn:
        return (await conn.execute(found)).first() is not None


async def _empty(mirrored: str, name: str, *, overflow: bool) -> None:
    """Take every value out of a column, so that the next read stores each row anew."""
    rows = table(mirrored, column(name), column("_raw_hash"), column(OVERFLOW))
    values: dict[str, Any] = {"_raw_hash": "", name: None}
    if overflow:
        path = text(f"JSON_REMOVE({OVERFLOW}, '$.\"{name}\"')")
        values = {"_raw_hash": "", OVERFLOW: path}
    async with connection() as conn:
        await conn.execute(update(rows).where(rows.c[name].is_not(None)).values(values))


async def _treat(
    name_of_table: str,
    name: str,
    *,
    keys: tuple[str, ...],
    treat: Treat,
    digest: bool,
    of_type: str | None = None,
) -> None:
    """Hash or mask the values of a text column in place, batch by batch."""
    rows = table(name_of_table, *map(column, {*keys, name, "_raw_hash", "type_id"}))
    wanted: ColumnElement[bool] = rows.c[name].is_not(None)
    if of_type is not None:
        wanted = and_(wanted, rows.c.type_id == of_type)
    after: tuple[Any, ...] | None = None
    while True:
        async with connection() as conn:
            page = select(*(rows.c[key] for key in keys), rows.c[name]).where(wanted)
            if after is not None:
                page = page.where(_beyond([rows.c[key] for key in keys], after))
            found = (
                await conn.execute(page.order_by(*(rows.c[key] for key in keys)).limit(BATCH))
            ).all()
            if not found:
                return
            for row in found:
                treated = treat(row[-1])
                if treated != row[-1]:
                    same = [rows.c[key] == value for key, value in zip(keys, row, strict=False)]
                    # What was stored meanwhile was treated already.
                    unchanged = rows.c[name] == row[-1]
                    values = {name: treated, **({"_raw_hash": ""} if digest else {})}
                    await conn.execute(update(rows).where(*same, unchanged).values(values))
            after = tuple(found[-1][:-1])


def _beyond(keys: Sequence[Any], after: tuple[Any, ...]) -> Any:
    if len(keys) == 1:
        return keys[0] > after[0]
    return (keys[0] > after[0]) | ((keys[0] == after[0]) & (keys[1] > after[1]))


async def _sweep_up(*names: str) -> None:
    """Have PostgreSQL clear away the old versions of the rows, which still hold the values."""
    if dialect_of(get_engine()) != "postgresql":
        return
    engine = get_engine().execution_options(isolation_level="AUTOCOMMIT")
    quote = engine.dialect.identifier_preparer.quote_identifier
    with explained():
        async with engine.connect() as conn:
            for name in names:
                await conn.execute(text(f"VACUUM {quote(name)}"))
