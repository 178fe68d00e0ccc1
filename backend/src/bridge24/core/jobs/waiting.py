"""Waiting for something, but not for ever."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Do something in time, or leave it behind.

    Unlike ``asyncio.timeout`` this also comes back when the work cannot be cancelled, as a
    driver that waits for the answer of a dead network cannot.

    Raises:
        TimeoutError: It took longer.
    """
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=seconds)
    if task.done():
        return task.result()
    task.cancel()
    raise TimeoutError(f"no answer within {seconds:g} s")
