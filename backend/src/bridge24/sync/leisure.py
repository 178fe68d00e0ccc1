"""When to work ahead: while the database, or nobody, has anything better to do."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Meanwhile = Callable[[], AbstractContextManager[None]]
"""What is entered while a database is busy with many rows."""


class Leisure:
    """Tells work ahead when its turn is.

    Around each page many short questions are asked of the database. Work beside them would
    delay the answer to each, and keep the database from its own work for as long as it takes;
    while many rows are being stored there is time enough.
    """

    def __init__(self) -> None:
        self._free = asyncio.Event()

    async def turn(self) -> None:
        """Let others have their turn, and wait until there is time."""
        await asyncio.sleep(0)
        await self._free.wait()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Let work ahead go on meanwhile."""
        self._free.set()
        try:
            yield
        finally:
            self._free.clear()
