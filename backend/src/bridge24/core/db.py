"""The database connection: one engine a process, one transaction a request or job."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

import psycopg
import pymysql
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bridge24.core.embedded import start_embedded
from bridge24.core.failures import explain_database_error
from bridge24.core.settings import Settings, get_settings

Dialect = Literal["postgresql", "mysql"]

CONNECT_SECONDS = 10
# The loaders speak to the driver itself, so its own errors arrive here unwrapped.
DRIVER_ERRORS = (DBAPIError, psycopg.Error, pymysql.Error)
MYSQL_SESSION = (
    "SET SESSION sql_mode = "
    "'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'"
)


@dataclass(slots=True)
class _Database:
    engine: AsyncEngine | None = None
    sessions: async_sessionmaker[AsyncSession] | None = None


_database = _Database()


def driver_url(url: str | URL) -> URL:
    """Name the driver we use for a database, whichever one the URL names.

    PostgreSQL always goes through psycopg: its binary COPY is the fastest way in,
    and shares the transaction with everything else.
    """
    parsed = make_url(
        str(url).replace("postgres://", "postgresql://", 1) if isinstance(url, str) else url
    )
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed.set(drivername="mysql+aiomysql")


def make_engine(url: str | URL, *, pool_size: int = 5, max_overflow: int = 10) -> AsyncEngine:
    """Build an engine; nothing is connected yet."""
    parsed = driver_url(url)
    return create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        pool_recycle=1800,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args=_connect_args(parsed),
    )


def _connect_args(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "postgresql":
        # Prepared statements outlive ALTER TABLE badly and poolers do not carry them.
        return {
            "connect_timeout": CONNECT_SECONDS,
            "prepare_threshold": None,
            "options": "-c timezone=UTC",
        }
    return {
        "charset": "utf8mb4",
        "local_infile": True,
        "connect_timeout": CONNECT_SECONDS,
        "init_command": MYSQL_SESSION,
    }


async def init_db(settings: Settings | None = None) -> None:
    """Connect to DATABASE_URL, or to the embedded PostgreSQL when it is unset.

    Raises:
        DatabaseError: In the user's words, when the database cannot be used.
    """
    settings = settings or get_settings()
    if settings.database_url is None:
        url = await asyncio.to_thread(start_embedded, settings.data_folder)
    else:
        url = make_url(settings.database_url.get_secret_value())
    engine = make_engine(
        url,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
    )
    _database.engine = engine
    _database.sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with connection() as conn:
        await conn.execute(text("SELECT 1"))


async def close_db() -> None:
    """Close all connections; the embedded server stops with the process."""
    if _database.engine is not None:
        await _database.engine.dispose()
    _database.engine = _database.sessions = None


def get_engine() -> AsyncEngine:
    """Return the engine that ``init_db`` made."""
    if _database.engine is None:
        raise RuntimeError("init_db() has not been called")
    return _database.engine


def get_dialect() -> Dialect:
    """Say ``postgresql`` or ``mysql`` (MariaDB counts as MySQL)."""
    return dialect_of(get_engine())


def dialect_of(bind: AsyncEngine | AsyncConnection) -> Dialect:
    """Name the dialect of an engine or a connection."""
    name = bind.dialect.name
    return cast("Dialect", "mysql" if name == "mariadb" else name)


async def get_session() -> AsyncIterator[AsyncSession]:
    """Yield a session in one transaction: the dependency of the API's endpoints."""
    async with transaction() as session:
        yield session


@contextmanager
def explained() -> Iterator[None]:
    """Turn whatever a driver says into an error in the user's words."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise explain_database_error(error, url=get_engine().url) from error


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """Open a session in one transaction; it commits at the end, or rolls back."""
    if _database.sessions is None:
        raise RuntimeError("init_db() has not been called")
    with explained():
        async with _database.sessions.begin() as session:
            yield session


@asynccontextmanager
async def connection() -> AsyncIterator[AsyncConnection]:
    """Open a connection in one transaction; it commits at the end, or rolls back."""
    with explained():
        async with get_engine().begin() as conn:
            yield conn
