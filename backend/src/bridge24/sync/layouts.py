"""Brings an object's table up to date with the portal's fields."""

from datetime import datetime

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.db import transaction
from bridge24.sync import extract
from bridge24.sync.columns import laid_out
from bridge24.sync.ddl.table_comment import comment_on
from bridge24.sync.entities import find_mirrored
from bridge24.sync.evolution import fit
from bridge24.sync.layout import Layout
from bridge24.sync.policy import policy_of
from bridge24.sync.views.keeper import follow


async def layout_of(
    client: BitrixClient, entity: crm.Entity, *, also: frozenset[str] = frozenset()
) -> tuple[Layout, datetime]:
    """Ask for the fields, make or widen the table and its view, and say when they were told.

    Args:
        client: Calls the portal.
        entity: Whose table.
        also: Codes seen in rows; a column is made for them whatever the portal says.
    """
    described = await extract.describe(client, entity, also=also)
    async with transaction() as session:
        policy = await policy_of(session, entity.name)
    kept = policy.fields(described.fields)
    layout = await laid_out(entity.name, kept)
    layout = await fit(entity, layout, described={field.code for field in described.fields})
    await _entitle(entity, layout)
    await follow(entity, layout, kept)
    return layout, described.at


async def _entitle(entity: crm.Entity, layout: Layout) -> None:
    """Say in the database what the table holds, in the portal's own words where it has any."""
    title = (await find_mirrored(entity.name)).title
    async with transaction() as session:
        await comment_on(await session.connection(), layout.table, title)


async def asked(entity: crm.Entity, layout: Layout) -> crm.Entity:
    """Say how rows are to be asked for: without the fields the owner wants left out."""
    async with transaction() as session:
        policy = await policy_of(session, entity.name)
    return policy.asking_for(entity, [column.code for column in layout.columns])
