"""Brings an object's table up to date with the portal's fields."""

from datetime import datetime

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.sync import extract
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.tables import DynamicTableBuilder


async def layout_of(
    client: BitrixClient, entity: crm.Entity, *, also: frozenset[str] = frozenset()
) -> tuple[Layout, datetime]:
    """Ask for the fields, make or widen the table, and say when the portal told them.

    Args:
        client: Calls the portal.
        entity: Whose table.
        also: Codes seen in rows; a column is made for them whatever the portal says.
    """
    described = await extract.describe(client, entity, also=also)
    layout = FieldMapper(dialect_of(get_engine())).columns(entity.name, described.fields)
    async with transaction() as session:
        # DDL on MySQL commits, so nothing else may share this transaction.
        return await DynamicTableBuilder(await session.connection()).ensure(layout), described.at
