"""The emulator's own clock: Unix time that can be real, virtual or moved by hand."""

import asyncio
import time


class Clock:
    """Tells the time of a portal and spends the modelled cost of its calls.

    The time is the running loop's ``loop.time()`` plus an offset, so that a
    ``VirtualTimeLoop`` makes it virtual without a word. Outside of a loop it
    stands still.

    Args:
        start: Unix seconds at which the clock starts; the wall clock when omitted.
        virtual: When true, ``sleep`` moves this clock and returns at once: a call
            then costs portal time but nobody waits for it.
    """

    def __init__(self, start: float | None = None, *, virtual: bool = False) -> None:
        self.virtual = virtual
        self._base = time.time() if start is None else start
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_start = 0.0
        self._in_loop = 0.0

    def now(self) -> float:
        """Say the Unix time in seconds."""
        return self._base + self._seconds_in_loops()

    def move(self, seconds: float) -> None:
        """Put the clock forward; a portal's time never runs backwards."""
        if seconds < 0:
            raise ValueError(f"the clock moves forward only, not by {seconds} s")
        self._base += seconds

    async def sleep(self, seconds: float) -> None:
        """Spend modelled seconds: wait for them, or just move when virtual."""
        if not self.virtual:
            await asyncio.sleep(seconds)
            return
        self.move(max(0.0, seconds))
        await asyncio.sleep(0)

    def _seconds_in_loops(self) -> float:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._in_loop
        if loop is not self._loop:
            self._loop = loop
            self._loop_start = loop.time() - self._in_loop
        self._in_loop = loop.time() - self._loop_start
        return self._in_loop
