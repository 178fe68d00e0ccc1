"""Bulk loading of typed rows, one file a database."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import Layout
from bridge24.sync.load import mysql, postgres
from bridge24.sync.load.outcome import Loaded
from bridge24.sync.shape import Shaped

__all__ = ["Loaded", "load"]


async def load(
    connection: AsyncConnection, layout: Layout, shaped: Shaped, *, read_at: datetime
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
    """
    if layout.dialect == "postgresql":
        return await postgres.load(connection, layout, shaped, read_at=read_at)
    return await mysql.load(connection, layout, shaped, read_at=read_at)
