"""Posts at a steady rate, whether the answers come or not, and costs next to nothing itself.

Prepared bytes on open connections: a client library takes longer for a request than the server
that is measured, on cores which the two share.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

CONNECTIONS = 64
LEAD_SECONDS = 0.1
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


def post(path: str, body: bytes) -> bytes:
    """Write a request of a form."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, requests: Sequence[bytes], *, rate: float) -> list[float]:
    """Send every request at its moment; the seconds each took from when it was due.

    Raises:
        AssertionError: An answer was not 200.
        ConnectionError: The server closed a connection.
    """
    flow = _Flow(len(requests))
    loop = asyncio.get_running_loop()
    for _ in range(min(CONNECTIONS, len(requests))):
        await loop.create_connection(lambda: _Connection(flow), "127.0.0.1", port)
    began = loop.time() + LEAD_SECONDS
    for number, request in enumerate(requests):
        due = began + number / rate
        loop.call_at(due, flow.send, request, due)
    try:
        await flow.over
    finally:
        for connection in flow.idle:
            connection.close()
    return flow.seconds


class _Flow:
    """What is still to be answered, and who is free to ask."""

    def __init__(self, count: int) -> None:
        self.idle: deque[_Connection] = deque()
        self.seconds: list[float] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count = count
        self._late: deque[tuple[bytes, float]] = deque()

    def send(self, request: bytes, due: float) -> None:
        if self.idle:
            self.idle.popleft().send(request, due)
        else:
            self._late.append((request, due))

    def answered(self, connection: "_Connection", answer: bytes, due: float) -> None:
        if not answer.startswith(b"HTTP/1.1 200 "):
            self.failed(AssertionError(answer[:200]))
        self.seconds.append(time.monotonic() - due)
        self.idle.append(connection)
        if len(self.seconds) == self._count and not self.over.done():
            self.over.set_result(None)
        if self._late:
            self.send(*self._late.popleft())

    def failed(self, error: Exception) -> None:
        if not self.over.done():
            self.over.set_exception(error)


class _Connection(asyncio.Protocol):
    def __init__(self, flow: _Flow) -> None:
        self._flow = flow
        self._answer = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._flow.idle.append(self)

    def send(self, request: bytes, due: float) -> None:
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if _is_whole(self._answer):
            answer, self._answer = self._answer, b""
            self._flow.answered(self, answer, self._due)

    def connection_lost(self, exc: Exception | None) -> None:
        self._flow.failed(exc or ConnectionError("the server closed a connection"))

    def close(self) -> None:
        self._transport.close()


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(_END)
    if not end:
        return False
    lines = head.lower().split(b"\r\n")
    lengths = [int(line[len(_LENGTH) :]) for line in lines if line.startswith(_LENGTH)]
    return len(body) >= (lengths[0] if lengths else 0)
