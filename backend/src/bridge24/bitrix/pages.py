"""Walk a long list page by page, in bounded memory and exactly.

By id where the method allows it (``sweep``); the few lists that cannot be read by id are
paged by offset: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

import asyncio
from collections.abc import AsyncGenerator, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge24.bitrix import listing
from bridge24.bitrix.chains import Query
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.entity import Entity
from bridge24.bitrix.plan import BATCH_PAGES
from bridge24.bitrix.progress import Meter, Progress
from bridge24.bitrix.rows import Row
from bridge24.bitrix.sweep import Sweep

if TYPE_CHECKING:
    from bridge24.bitrix.client import BitrixClient


class Walk:
    """Iterate over it once: ``async for page in walk``.

    A row that exists during the whole walk is handed out exactly once, whatever is inserted,
    edited or deleted meanwhile; rows inserted meanwhile are met or not. Lists paged by offset
    are the exception: a deletion there shifts the rows behind it out of sight.

    Calls are sent only while the consumer asks for pages, and no more are under way than
    memory allows for their answers.

    Args:
        client: Calls the portal.
        entity: What to walk over, from ``crm.CATALOGUE``.
        select: Fields to ask for instead of everything.
        filter: Further conditions. ``>`` and ``<=`` of the id belong to the walk.
        resume: Hand out only what this checkpoint still owes.
        pages_per_call: The most pages asked for in one call, 1 to 50.
        walks_beside: Other walks of this process that memory has to be shared with.

    Raises:
        ValueError: the filter or the checkpoint does not suit.
        NotAPage: (iterating) the portal ignores the filter or the order.
        BitrixError: (iterating) a permanent refusal, or ten failures in a row. The pages
            handed out are good, and the checkpoint of the last one leads to the rest.
    """

    def __init__(
        self,
        client: "BitrixClient",
        entity: Entity,
        *,
        select: Sequence[str] | None = None,
        filter: Mapping[str, object] | None = None,  # noqa: A002 - Bitrix24's own word
        resume: Checkpoint | None = None,
        pages_per_call: int = BATCH_PAGES,
        walks_beside: int = 0,
    ) -> None:
        if resume is not None and resume.entity != entity.name:
            raise ValueError(f"the checkpoint belongs to {resume.entity}, not to {entity.name}")
        self._client = client
        self._pages_per_call = pages_per_call
        self._walks_beside = walks_beside
        self._query = Query(entity, select=select, filter=filter or {})
        self._checkpoint = resume or beginning(entity)
        self._meter = Meter()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def progress(self) -> Progress:
        """How the walk is doing at this moment."""
        return self._meter.read(self._loop.time() if self._loop else 0.0)

    def __aiter__(self) -> AsyncGenerator[Page]:
        self._loop = asyncio.get_running_loop()
        self._meter.began_at = self._loop.time()
        if self._query.entity.paging != "keyset":
            return self._by_offset()
        sweep = Sweep(
            self._client,
            self._query,
            checkpoint=self._checkpoint,
            meter=self._meter,
            pages_per_call=self._pages_per_call,
            walks_beside=self._walks_beside,
        )
        return sweep.pages()

    async def _by_offset(self) -> AsyncGenerator[Page]:
        start = self._checkpoint.start
        seen: set[Hashable] = set()
        while start is not None:
            rows, following, read_at = await self._page_at(start)
            fresh = [row for row in rows if self._is_new(row, seen)]
            # Some methods ignore the offset and would go on for ever with the same rows.
            start = following if fresh and following and following > start else None
            self._meter.rows += len(fresh)
            yield Page(fresh, Checkpoint(self._query.entity.name, (), start=start), read_at)

    async def _page_at(self, start: int) -> tuple[list[Row], int | None, datetime]:
        query = self._query
        params = listing.list_params(
            query.entity, select=query.select, extra_filter=query.filter, start=start
        )
        self._meter.calls += 1
        asked_at = datetime.now(UTC)
        reply = await self._client.call(query.entity.list_method, params)
        following = None if query.entity.paging == "single" else reply.next
        read_at = reply.time.began_at or asked_at
        return listing.rows(query.entity, reply.result), following, read_at

    def _is_new(self, row: Row, seen: set[Hashable]) -> bool:
        """Whether the row has not been handed out; insertions push rows to the next page."""
        entity = self._query.entity
        names = (entity.id_field,) if entity.id_field else entity.order_by
        key = tuple(str(row.get(name)) for name in names)
        if key in seen:
            return False
        seen.add(key)
        return True


def beginning(entity: Entity) -> Checkpoint:
    """The checkpoint of a walk that has not begun."""
    if entity.paging == "keyset":
        return Checkpoint(entity.name, (Span(0, None),))
    return Checkpoint(entity.name, (), start=0)
