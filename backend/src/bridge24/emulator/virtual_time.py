"""An event loop whose timers jump: an hour of waiting passes in a moment."""

import asyncio
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from unittest import mock

T = TypeVar("T")
_real_monotonic = time.monotonic

_HAS_BYTE_COUNTS = sys.platform == "linux"
_TCP_INFO_BYTES = 216
# Elsewhere the kernel cannot be asked what is on its way, so each jump waits a little.
_GRACE_SECONDS = 0.0 if _HAS_BYTE_COUNTS else 0.002
# How long to wait for bytes that have left one socket and not reached the other.
_FLIGHT_SECONDS = 0.001


class _Counts(NamedTuple):
    """What one end of a TCP connection has been given and has received, in bytes."""

    given: int
    received: int


def _counts(sock: socket.socket) -> _Counts:
    """Read Linux's ``struct tcp_info`` (linux/tcp.h)."""
    answer = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    if len(answer) < _TCP_INFO_BYTES:
        return _Counts(0, 0)
    (received,) = struct.unpack_from("Q", answer, 128)
    (unsent,) = struct.unpack_from("I", answer, 144)
    sent, sent_again = struct.unpack_from("QQ", answer, 200)
    return _Counts(sent - sent_again + unsent, received)


class _LeapingSelector(selectors.BaseSelector):
    """Waits for sockets like any selector, but lets idle time pass at once.

    Time leaps only when no socket is readable, no bytes are between two sockets
    of this selector, and nobody holds the real time (threads do).
    """

    def __init__(self) -> None:
        self.now = _real_monotonic()
        self.holds = 0
        self._inner = selectors.DefaultSelector()
        self._sockets: dict[int, socket.socket] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._inner.register(fileobj, events, data)
        try:
            # An alias of the loop's descriptor: never closed here, see _forget().
            self._sockets[key.fd] = socket.socket(fileno=key.fd)
        except OSError:  # a pipe
            return key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        key = self._inner.unregister(fileobj)
        self._forget(key.fd)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._inner.get_map()

    def close(self) -> None:
        for fd in list(self._sockets):
            self._forget(fd)
        self._inner.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = self._inner.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if timeout is None or self.holds:
            return self._wait_really(timeout)
        if self._bytes_in_flight():
            return self._wait_really(min(timeout, _FLIGHT_SECONDS))
        if _GRACE_SECONDS and (events := self._inner.select(_GRACE_SECONDS)):
            return events
        self.now += timeout
        return []

    def _wait_really(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        started = _real_monotonic()
        events = self._inner.select(timeout)
        self.now += _real_monotonic() - started
        return events

    def _forget(self, fd: int) -> None:
        alias = self._sockets.pop(fd, None)
        if alias is not None:
            alias.detach()

    def _bytes_in_flight(self) -> bool:
        """Tell whether a socket that wants to read will soon be able to."""
        if not _HAS_BYTE_COUNTS:
            return False
        counts: dict[tuple[Any, Any], _Counts] = {}
        readers: list[tuple[Any, Any]] = []
        for fd, sock in self._sockets.items():
            if sock.type != socket.SOCK_STREAM or sock.family not in _INTERNET:
                continue
            try:
                ends = (sock.getsockname(), sock.getpeername())
            except OSError:  # listening, or not connected yet
                continue
            counts[ends] = _counts(sock)
            if self._inner.get_map()[fd].events & selectors.EVENT_READ:
                readers.append(ends)
        return any(
            (writer := counts.get((there, here))) and writer.given > counts[here, there].received
            for here, there in readers
        )


_INTERNET = (socket.AF_INET, socket.AF_INET6)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop in which waiting takes no time, over real loopback sockets.

    Work costs no virtual time: the clock moves only when everybody in the loop
    waits for a timer. Client and server of one bench must both run in this loop.
    Jobs in an executor stop the leaping (time then passes as it really does);
    for other outsiders, such as a database or a subprocess, use `real_time`.
    """

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Say the virtual monotonic seconds."""
        return self._leaping.now

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """Let time pass as it really does: somebody outside of the loop is awaited."""
        self._leaping.holds += 1
        try:
            yield
        finally:
            self._leaping.holds -= 1

    def run_in_executor(  # type: ignore[override]  # typeshed declares a coroutine-like union
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a job in a thread; time does not leap until it has ended."""
        job: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._leaping.holds += 1
        job.add_done_callback(self._release)
        return job

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Join the executor's threads, however long they really take."""
        with self.real_time():
            await super().shutdown_default_executor()

    def _release(self, _job: asyncio.Future[Any]) -> None:
        self._leaping.holds -= 1


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine like ``asyncio.run``, in a `VirtualTimeLoop`."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


@contextmanager
def virtual_clock(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Make ``time.time``, ``time.monotonic`` and ``time.perf_counter`` follow a loop.

    For third-party code that looks at the clock itself. Names imported before with
    ``from time import …`` stay real, which keeps the threads of the standard library
    sound.
    """
    wall = time.time() - loop.time()
    with (
        mock.patch.object(time, "time", lambda: wall + loop.time()),
        mock.patch.object(time, "monotonic", loop.time),
        mock.patch.object(time, "perf_counter", loop.time),
    ):
        yield
