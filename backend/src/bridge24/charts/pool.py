"""The connections of the charts: their own few, apart from the sync's, and read-only."""

import struct
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bridge24.core.db import CONNECT_SECONDS, MYSQL_SESSION, driver_url, get_engine
from bridge24.core.settings import Settings, get_settings

CONNECTIONS = 4
WAIT_SECONDS = 10
"""How long a query waits for a free connection."""
MYSQL_OPTION_MULTI_STATEMENTS_OFF = 1
_COM_SET_OPTION = 0x1B
_READ_ONLY_POSTGRESQL = (
    "-c timezone=UTC -c default_transaction_read_only=on -c standard_conforming_strings=on"
)


@dataclass(slots=True)
class _Pool:
    engine: AsyncEngine | None = None
    url: URL | None = None


_pool = _Pool()


def charts_url(settings: Settings | None = None) -> URL:
    """CHARTS_DATABASE_URL, or the database of everything else."""
    own = (settings or get_settings()).charts_database_url
    return driver_url(make_url(own.get_secret_value())) if own else get_engine().url


def charts_engine(settings: Settings | None = None) -> AsyncEngine:
    """Return the charts' own engine; it is made when first asked for."""
    url = charts_url(settings)
    if _pool.engine is None or _pool.url != url:
        _pool.engine, _pool.url = _make(url), url
    return _pool.engine


async def close_charts() -> None:
    """Close the connections of the charts."""
    if _pool.engine is not None:
        await _pool.engine.dispose()
    _pool.engine = _pool.url = None


def lone_engine(url: URL) -> AsyncEngine:
    """An engine for one connection outside the pool, to stop a query of the pool's."""
    return create_async_engine(url, poolclass=NullPool, connect_args=_connect_args(url))


def _make(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args=_connect_args(url),
    )
    if url.get_backend_name() == "mysql":
        event.listen(engine.sync_engine, "connect", _one_statement_at_a_time)
    return engine


def _connect_args(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "postgresql":
        return {
            "connect_timeout": CONNECT_SECONDS,
            "prepare_threshold": None,
            "options": _READ_ONLY_POSTGRESQL,
        }
    return {
        "charset": "utf8mb4",
        "local_infile": False,
        "connect_timeout": CONNECT_SECONDS,
        "init_command": MYSQL_SESSION,
    }


def _one_statement_at_a_time(adapted: Any, _record: object) -> None:
    """The driver asks for several statements in a text; have the server refuse them.

    https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_set_option.html
    """
    adapted.run_async(_refuse_several)


async def _refuse_several(driver: Any) -> None:
    await driver._execute_command(
        _COM_SET_OPTION, struct.pack("<H", MYSQL_OPTION_MULTI_STATEMENTS_OFF)
    )
    await driver._read_packet()
