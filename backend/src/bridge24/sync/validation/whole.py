"""Reads every row of an object, however it is read."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bridge24.bitrix import BitrixClient, crm
from bridge24.bitrix.pages import beginning
from bridge24.sync.audit.asking import Seen
from bridge24.sync.audit.findings import naive
from bridge24.sync.entities import known_entities
from bridge24.sync.layout import Layout
from bridge24.sync.objects.children import Owned
from bridge24.sync.objects.sources import source_of


async def whole(client: BitrixClient, entity: crm.Entity, layout: Layout) -> AsyncGenerator[Seen]:
    """Hand out all rows of an object, some at a time, by the ids they are stored under."""
    source = source_of(entity, listed=await known_entities())
    code = layout.key.code
    if source is None:
        async with aclosing(aiter(client.records(entity))) as pages:
            async for page in pages:
                rows = {int(row[code]): row for row in page.rows}
                yield Seen(rows, naive(page.read_at))
        return
    if isinstance(source, Owned):
        lots = source.whole(client, resume=beginning(source.owners))
    else:
        lots = source.whole(client)
    async with aclosing(lots):
        async for lot in lots:
            yield Seen({int(row[code] or 0): row for row in lot.rows}, naive(lot.read_at))
