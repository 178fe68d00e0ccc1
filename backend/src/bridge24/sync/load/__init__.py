"""Bulk loading of typed rows, one file a database."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.sync.layout import Layout
from bridge24.sync.load import mysql, postgres
from bridge24.sync.load.outcome import Loaded
from bridge24.sync.shape import Shaped

__all__ = ["Loaded", "load"]


async def load(connection: AsyncConnection, layout: Layout, shaped: Shaped) -> Loaded:
    """Store shaped rows inside the connection's transaction; nothing is committed here.

    New rows are inserted, rows whose digest differs (or that had been marked as deleted)
    are updated together with their multi-values, all others are left alone. A row the
    database refuses is returned as rejected, its neighbours are stored.
    """
    if layout.dialect == "postgresql":
        return await postgres.load(connection, layout, shaped)
    return await mysql.load(connection, layout, shaped)
