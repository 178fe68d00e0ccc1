"""Locks that the database keeps, so that they hold between processes and machines."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.core.db import dialect_of, explained, get_engine

POLL_SECONDS = 0.2


@asynccontextmanager
async def try_exclusive(name: str) -> AsyncIterator[bool]:
    """Hold a lock while the block runs; yields False when somebody else holds it.

    The lock belongs to a connection of its own: it ends with the process, even with
    ``kill -9``, and no transaction stays open meanwhile.
    """
    with explained():
        async with get_engine().connect() as plain:
            conn = await plain.execution_options(isolation_level="AUTOCOMMIT")
            taken = await _take(conn, name)
            try:
                yield taken
            finally:
                if taken:
                    # A connection that broke has taken its lock with it.
                    with suppress(DBAPIError):
                        await _release(conn, name)


@asynccontextmanager
async def exclusive(name: str) -> AsyncIterator[None]:
    """Hold a lock while the block runs, waiting for it as long as needed."""
    while True:
        async with try_exclusive(name) as taken:
            if taken:
                yield
                return
        await asyncio.sleep(POLL_SECONDS)


async def _take(conn: AsyncConnection, name: str) -> bool:
    if dialect_of(conn) == "postgresql":
        answer = await conn.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(name)})
    else:
        answer = await conn.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": _name(conn, name)})
    return bool(answer)


async def _release(conn: AsyncConnection, name: str) -> None:
    if dialect_of(conn) == "postgresql":
        await conn.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(name)})
    else:
        await conn.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": _name(conn, name)})


def _key(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _name(conn: AsyncConnection, name: str) -> str:
    # MySQL's locks are the server's, not the database's, and end at 64 characters.
    scoped = f"{conn.engine.url.database}:{name}"
    return f"bridge24:{hashlib.blake2b(scoped.encode(), digest_size=16).hexdigest()}"
