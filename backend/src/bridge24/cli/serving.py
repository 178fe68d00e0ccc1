"""The API as a process."""

import asyncio
import logging
import signal
import socket
import sys

from bridge24.core.auth import gate
from bridge24.core.errors import AppError
from bridge24.core.settings import get_settings

STREAM_SECONDS = 3


class AddressTaken(AppError):
    """Nothing can be served at {host}:{port} ({reason}): end the program that uses the port, or
    set HOST and PORT."""

    exit_code = 2


def serve() -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        AddressTaken: HOST and PORT cannot be listened to.
        AppError: What ``main.lifespan`` refuses to start for.
    """
    settings = get_settings()
    gate.check(settings)
    with _listening(settings.host, settings.port) as listener:
        # uvicorn sends the signal once more at its end: dying of it would leave the embedded
        # PostgreSQL running.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        sys.stdout.write(f"Serving http://{settings.host}:{settings.port}. Ctrl-C ends it.\n")
        sys.stdout.flush()
        _serve(listener)


def _listening(host: str, port: int) -> socket.socket:
    # Before anything is started, which would have to be ended again.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=2048)
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while")[0]
        raise AddressTaken(host=host, port=port, reason=reason) from error


def _serve(listener: socket.socket) -> None:
    # Imported here: a copy has no use for a web server, and 15 MB are much to it.
    import uvicorn  # noqa: PLC0415

    from bridge24.main import app  # noqa: PLC0415

    config = uvicorn.Config(
        app,
        log_level="warning",
        # Streams never end by themselves.
        timeout_graceful_shutdown=STREAM_SECONDS,
    )

    def refusal() -> AppError | None:
        return getattr(app.state, "refusal", None)

    # Why it does not start is one sentence, and that a stream was cut at the end is none at
    # all: not uvicorn's tracebacks.
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: refusal() is None and not _is_cut(record)
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except SystemExit:
        if refused := refusal():
            raise refused from None
        raise


def _is_cut(record: logging.LogRecord) -> bool:
    return record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
