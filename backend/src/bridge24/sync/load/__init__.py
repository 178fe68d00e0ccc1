"""Bulk loading of typed rows, one file a database."""

from contextlib import nullcontext
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.core.db import dialect_of
from bridge24.sync.layout import Layout
from bridge24.sync.leisure import Meanwhile
from bridge24.sync.load import mysql, postgres
from bridge24.sync.load.outcome import Loaded
from bridge24.sync.shape import Shaped

__all__ = ["Loaded", "load", "unhurried"]


async def load(
    connection: AsyncConnection,
    layout: Layout,
    shaped: Shaped,
    *,
    read_at: datetime,
    meanwhile: Meanwhile = nullcontext,
) -> Loaded:
    """Store shaped rows inside the connection's transaction; nothing is committed here.

    New rows are inserted, rows whose digest differs (or that had been marked as deleted)
    are updated together with their multi-values, all others are left alone, and so is what
    a later read has stored. A row the database refuses is returned as rejected, its
    neighbours are stored.

    Args:
        connection: With a transaction under way.
        layout: What the table is like.
        shaped: Rows typed for it.
        read_at: The earliest moment the portal may have read one of them, by its own
            clock, in UTC without a zone; kept as ``_synced_at``.
        meanwhile: Entered while the database is busy with many rows.
    """
    if layout.dialect == "postgresql":
        return await postgres.load(connection, layout, shaped, read_at=read_at, meanwhile=meanwhile)
    return await mysql.load(connection, layout, shaped, read_at=read_at, meanwhile=meanwhile)


async def unhurried(connection: AsyncConnection) -> None:
    """Let PostgreSQL commit this transaction without waiting for its disk.

    For transactions that carry their own checkpoint: should the power fail within a second,
    the newest of them are undone as a whole, in their order, and the walk goes on from the one
    before. The next commit that waits brings all of them to the disk. MySQL cannot be told so
    of one transaction.
    https://www.postgresql.org/docs/current/wal-async-commit.html
    """
    if dialect_of(connection) == "postgresql":
        await connection.execute(text("SET LOCAL synchronous_commit = off"))
