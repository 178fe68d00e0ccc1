"""Works one page ahead: it is fetched and typed while the page before it is stored."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bridge24.bitrix.checkpoint import Page
from bridge24.sync.layout import Layout
from bridge24.sync.leisure import Leisure
from bridge24.sync.policy import ColumnPolicy
from bridge24.sync.shape import Shaped, Turn, next_turn, shape_in_turns

T = TypeVar("T")
Rows = Sequence[Mapping[str, object]]


async def one_ahead(
    pages: AsyncIterator[Page], meet: Callable[[Page], None], leisure: Leisure
) -> AsyncGenerator[Page]:
    """Hand out pages in their order, each while the next one is being fetched.

    Args:
        pages: Where they come from; not closed here.
        meet: Told about a page as soon as it is there, before it is handed out.
        leisure: When the next one may be fetched: at the latest when it is asked for.
    """

    async def fetched() -> Page | None:
        await leisure.turn()
        page = await anext(pages, None)
        if page is not None:
            meet(page)
        return page

    following = asyncio.create_task(fetched())
    try:
        while page := await _wanted(following, leisure):
            following = asyncio.create_task(fetched())
            yield page
            page = None  # or its memory would be held while the next one is waited for
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _wanted(task: asyncio.Task[T], leisure: Leisure) -> T:
    """Wait for work ahead that is wanted now."""
    if not task.done():
        with leisure.taken():
            await asyncio.wait([task])
    return await task


@dataclass(frozen=True, slots=True)
class _Begun:
    """Rows that are being typed for a layout."""

    rows: Rows
    layout: Layout
    task: asyncio.Task[Shaped]


class Typist:
    """Types rows as the owner wants them kept, one page beforehand if asked to."""

    def __init__(self, policy: ColumnPolicy) -> None:
        self.leisure = Leisure()
        """When to type beforehand."""
        self._policy = policy
        self._begun: _Begun | None = None

    def begin(self, rows: Rows, layout: Layout) -> None:
        """Begin with the rows that are wanted next."""
        task = asyncio.create_task(self._typed(rows, layout, turn=self.leisure.turn))
        self._begun = _Begun(rows, layout, task)

    async def typed(self, rows: Rows, layout: Layout) -> Shaped:
        """Type rows, or wait for what was begun; what was begun for another layout is void."""
        begun = self._begun
        if begun is None or begun.rows is not rows:
            return await self._typed(rows, layout)
        self._begun = None
        shaped = await _wanted(begun.task, self.leisure)
        return shaped if begun.layout == layout else await self._typed(rows, layout)

    async def _typed(self, rows: Rows, layout: Layout, *, turn: Turn = next_turn) -> Shaped:
        return await shape_in_turns(self._policy.applied(rows), layout, turn=turn)
