"""What a fault does to one HTTP exchange."""

import asyncio
import socket
import struct

from aiohttp import web

from bridge24.emulator.clock import Clock
from bridge24.emulator.faults import Fault, Kind

_SILENCE_SECONDS = 3_600.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_EDGE_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body>
</html>
"""


async def before(fault: Fault, request: web.Request, clock: Clock) -> web.Response | None:
    """Strike before the call is carried out.

    Returns:
        What the client gets instead; ``None`` when the call goes on (perhaps later).
    """
    if fault.kind is Kind.SLOW:
        await clock.sleep(fault.seconds)
        return None
    if fault.kind is Kind.RENAME:
        return _moved(request, fault.host)
    if fault.kind is Kind.HTML:
        return web.Response(status=502, text=_EDGE_PAGE, content_type="text/html")
    if fault.error is None:
        return None
    status, code, description = fault.error
    return web.json_response({"error": code, "error_description": description}, status=status)


async def after(fault: Fault, request: web.Request, answer: web.Response) -> web.Response:
    """Strike when the call is done: a write has happened, but its answer is harmed."""
    if fault.kind is Kind.TRUNCATED and isinstance(answer.body, bytes):
        return web.Response(
            status=answer.status,
            body=answer.body[: len(answer.body) // 2],
            content_type="application/json",
            charset="utf-8",
        )
    if fault.kind is Kind.HANG:
        await asyncio.sleep(_SILENCE_SECONDS)
        _reset(request)
    if fault.kind is Kind.RESET:
        _reset(request)
    return answer


def _moved(request: web.Request, host: str) -> web.Response:
    """A renamed portal: 302 with an HTML body, which clients tell from JSON."""
    location = f"{request.scheme}://{host}{request.raw_path}"
    return web.Response(
        status=302,
        headers={"Location": location},
        text="<html><body>Moved</body></html>",
        content_type="text/html",
    )


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
