"""LOAD DATA LOCAL out of memory, and no other file for the server, whatever it asks."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext

import aiomysql.connection
from pymysql.err import OperationalError

from bridge24.sync.leisure import Meanwhile

_CHUNK = 256 * 1024
"""Below every ``max_allowed_packet``."""

_offered: dict[bytes, tuple[bytes, Callable[[], object]]] = {}
"""Contents, and whom to tell when they are on their way."""


class _MemoryFile(aiomysql.connection.LoadLocalFile):  # type: ignore[misc]
    """Answers a server's request for a file with what was offered under its name.

    The driver's own class opens any file the server names: a rogue server could read
    this machine. https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html
    """

    async def send_data(self) -> None:
        """Send the content offered under the requested name, then the end mark."""
        self.connection._ensure_alive()
        try:
            if self.filename not in _offered:
                raise OperationalError(1017, "the server asked for a file that was not offered")
            content, sent = _offered[self.filename]
            for at in range(0, len(content), _CHUNK):
                self.connection.write_packet(content[at : at + _CHUNK])
            sent()
        finally:
            self.connection.write_packet(b"")


# The driver looks its class up in this module at every request.
aiomysql.connection.LoadLocalFile = _MemoryFile


@contextmanager
def offered(content: bytes, *, meanwhile: Meanwhile = nullcontext) -> Iterator[str]:
    """Offer a content for one LOAD DATA LOCAL; yields the file name to give in it.

    Args:
        content: What the server is to read.
        meanwhile: Entered while it does.
    """
    name = f"bridge24-{secrets.token_hex(16)}"
    with ExitStack() as stack:
        _offered[name.encode()] = content, lambda: stack.enter_context(meanwhile())
        try:
            yield name
        finally:
            del _offered[name.encode()]
