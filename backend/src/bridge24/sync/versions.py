"""Keeps the history of one object while its owner wants it, and ends it when not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.db import transaction
from bridge24.sync import history
from bridge24.sync.history import History
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncConfig, SyncState


class Versions:
    """Follows what is stored of one object; does nothing while no history is wanted.

    It begins and ends with the first transaction that stores something after the setting
    was changed. Beginning takes what is stored as it is: the portal is not asked.
    """

    def __init__(self, entity: str) -> None:
        self._entity = entity
        self._history: History | None = None

    async def prepare(self, layout: Layout) -> None:
        """Make or widen the table of versions where it is wanted; before a transaction."""
        async with transaction() as session:
            is_prepared = await self.are_prepared(session, layout)
        if not is_prepared:
            self._history = await history.prepare(layout)

    async def are_prepared(self, session: AsyncSession, layout: Layout) -> bool:
        """Say whether nothing is to be done beforehand to store rows of this layout."""
        config = await session.get(SyncConfig, self._entity)
        if config is None or not config.history:
            self._history = None
            return True
        return self._history is not None and self._history.version == layout.version

    async def switch(
        self, session: AsyncSession, state: SyncState, layout: Layout, *, at: datetime
    ) -> None:
        """Begin or end where the setting was changed, before anything else is stored."""
        if self._history is not None and state.history_since is None:
            await history.begin(session, self._history)
            state.history_since = at
        elif self._history is None and state.history_since is not None:
            await history.end(session, layout.table, at=at)
            state.history_since = None

    async def written(self, session: AsyncSession, ids: Collection[int]) -> None:
        """Keep the versions of rows just written."""
        if self._history is not None:
            await history.record(session, self._history, ids)

    async def ended(self, session: AsyncSession, ids: Collection[int], *, at: datetime) -> None:
        """End the versions of rows just deleted."""
        if self._history is not None:
            await history.close(session, self._history, ids, at=at)

    async def filled(
        self, session: AsyncSession, ids: Collection[int], *, columns: Collection[str]
    ) -> None:
        """Give the open versions of rows the columns just filled."""
        if self._history is not None:
            await history.follow_columns(session, self._history, ids, columns)
