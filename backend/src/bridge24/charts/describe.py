"""What is in the database: structure, figures and the text for a language model, kept a while."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from bridge24.charts.knowledge.context import BUDGET, Context, context_for
from bridge24.charts.knowledge.facts import Table
from bridge24.charts.knowledge.figures import look_at
from bridge24.charts.knowledge.structure import fingerprint, read_structure
from bridge24.core.db import connection, get_dialect, get_engine

KEPT_SECONDS = 300
LOOK_SECONDS = 20
"""How long the figures of one table may take."""


@dataclass(slots=True)
class _Kept:
    """What was seen last of one database."""

    fingerprint: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
    until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_kept: dict[str, _Kept] = {}


async def tables_of_crm(*, fresh: bool = False) -> list[Table]:
    """Describe every table and view of the CRM.

    The structure is always of now; the figures are at most five minutes old, unless it is
    ``fresh`` ones that are wanted.
    """
    kept = _kept.setdefault(str(get_engine().url), _Kept())
    async with kept.lock:
        async with connection() as conn:
            now = await read_structure(conn)
        digest = fingerprint(now.values())
        if fresh or digest != kept.fingerprint or time.monotonic() > kept.until:
            for table in now.values():
                await _look(table)
            kept.fingerprint, kept.tables = digest, now
            kept.until = time.monotonic() + KEPT_SECONDS
        return list(kept.tables.values())


async def _look(table: Table) -> None:
    """Note a table's figures, in a transaction of its own that cannot hold anybody up."""
    async with connection() as conn:
        if get_dialect() == "postgresql":
            await conn.execute(text(f"SET LOCAL statement_timeout = '{LOOK_SECONDS}s'"))
        await look_at(conn, table)


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
