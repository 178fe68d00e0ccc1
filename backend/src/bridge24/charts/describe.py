"""What is in the database: structure, figures and the text for a language model, kept a while."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.charts.knowledge.context import BUDGET, Context, context_for
from bridge24.charts.knowledge.facts import Table, lend_words
from bridge24.charts.knowledge.figures import look_at
from bridge24.charts.knowledge.structure import fingerprint, read_structure
from bridge24.core.db import connection, get_dialect, get_engine
from bridge24.core.errors import DatabaseConnectionLost, DatabaseError, DatabaseUnreachable

log = structlog.get_logger(__name__)

KEPT_SECONDS = 300
SOON_SECONDS = 30
"""How long figures are kept of which some are missing."""
LOOK_SECONDS = 20
"""How long the database may take for one figure of a table."""


@dataclass(slots=True)
class _Seen:
    """A table as it was seen last."""

    fingerprint: str
    table: Table
    until: float
    """Monotonic seconds, after which its figures are too old."""


@dataclass(slots=True)
class _Kept:
    """What was seen last of one database, by table."""

    seen: dict[str, _Seen] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_kept: dict[str, _Kept] = {}


async def tables_of_crm(*, fresh: bool = False) -> list[Table]:
    """Describe every table and view of the CRM.

    The structure is always of now; the figures are at most five minutes old, unless it is
    ``fresh`` ones that are wanted. Only tables that are new or have changed are looked at
    before that.
    """
    kept = _kept.setdefault(str(get_engine().url), _Kept())
    async with kept.lock:
        async with connection() as conn:
            now = await read_structure(conn)
        kept.seen = {
            name: await _seen(table, None if fresh else kept.seen.get(name))
            for name, table in now.items()
        }
        lend_words(now)
        return list(now.values())


async def _seen(table: Table, before: _Seen | None) -> _Seen:
    digest = fingerprint([table])
    if before is not None and before.fingerprint == digest and time.monotonic() < before.until:
        table.take_figures(before.table)
        return _Seen(digest, table, before.until)
    complete = await _look(table)
    return _Seen(digest, table, time.monotonic() + (KEPT_SECONDS if complete else SOON_SECONDS))


async def _look(table: Table) -> bool:
    """Note a table's figures, in a transaction of its own that cannot hold anybody up.

    Returns:
        False when the table would not be looked at, because it is being changed or is too
        slow: it is then told without figures.
    """
    try:
        async with connection() as conn, _bounded(conn):
            await look_at(conn, table)
    except (DatabaseUnreachable, DatabaseConnectionLost):
        raise
    except DatabaseError as error:
        log.warning("charts.not_looked_at", table=table.name, reason=str(error))
        return False
    return True


@asynccontextmanager
async def _bounded(conn: AsyncConnection) -> AsyncIterator[None]:
    """Have the server end whatever takes too long, waiting for a lock included."""
    if get_dialect() == "postgresql":
        await conn.execute(text(f"SET LOCAL statement_timeout = '{LOOK_SECONDS}s'"))
        yield
        return
    version = str(await conn.scalar(text("SELECT VERSION()")))
    maria = "mariadb" in version.lower()
    name = "max_statement_time" if maria else "max_execution_time"
    most = LOOK_SECONDS if maria else LOOK_SECONDS * 1000
    await conn.execute(text(f"SET SESSION {name} = {most}, lock_wait_timeout = {LOOK_SECONDS}"))
    try:
        yield
    except BaseException:
        await conn.invalidate()
        raise
    # The connection goes back to everybody's pool.
    await conn.execute(text(f"SET SESSION {name} = DEFAULT, lock_wait_timeout = DEFAULT"))


async def context_of(
    question: str,
    *,
    table_filter: Collection[str] | None = None,
    notes: Sequence[str] = (),
    budget: int = BUDGET,
) -> Context:
    """Describe what matters for a question, for a language model.

    Args:
        question: In Russian or English.
        table_filter: Only these tables; None: all.
        notes: Lines that must be in it.
        budget: The most tokens.
    """
    tables = await tables_of_crm()
    if table_filter is not None:
        tables = [table for table in tables if table.name in table_filter]
    return context_for(question, tables, dialect=get_dialect(), notes=notes, budget=budget)
