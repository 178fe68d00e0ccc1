"""A database for a while, beside the one with the company's own tables."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import URL

from bridge24.charts.pool import close_charts
from bridge24.core.db import DRIVER_ERRORS, close_db, get_engine, init_db, make_engine
from bridge24.core.errors import AppError
from bridge24.core.settings import Settings, get_settings


class NoScratchDatabase(AppError):
    """A database beside yours is needed for the rehearsal, and the login of DATABASE_URL may not
    make one ({reason}): give it the right to, or leave DATABASE_URL empty."""

    exit_code = 4


@asynccontextmanager
async def scratch_database(settings: Settings) -> AsyncIterator[None]:
    """Be connected to a new, empty database on the same server, which is dropped afterwards.

    Nothing is read from or written to the database that DATABASE_URL names.

    Raises:
        NoScratchDatabase: The login may not make databases.
        DatabaseError: The server cannot be reached.
    """
    await init_db(settings)
    server = get_engine().url
    await close_db()
    name = f"bridge24_rehearsal_{secrets.token_hex(4)}"
    await _run(server, f"CREATE DATABASE {name}")
    url = server.set(database=name).render_as_string(hide_password=False)
    try:
        with _charts_read_the_same():
            await init_db(settings.model_copy(update={"database_url": SecretStr(url)}))
            yield
    finally:
        await close_charts()
        await close_db()
        await _run(server, f"DROP DATABASE {name}")


@contextmanager
def _charts_read_the_same() -> Iterator[None]:
    """Set CHARTS_DATABASE_URL aside: charts, too, must read the scratch database."""
    before = os.environ.get("CHARTS_DATABASE_URL")
    os.environ["CHARTS_DATABASE_URL"] = ""
    get_settings.cache_clear()
    try:
        yield
    finally:
        os.environ.pop("CHARTS_DATABASE_URL")
        if before is not None:
            os.environ["CHARTS_DATABASE_URL"] = before
        get_settings.cache_clear()


async def _run(server: URL, statement: str) -> None:
    engine = make_engine(server)
    try:
        async with engine.connect() as conn:
            outside = await conn.execution_options(isolation_level="AUTOCOMMIT")
            await outside.execute(text(statement))
    except DRIVER_ERRORS as error:
        raise NoScratchDatabase(reason=type(error).__name__) from error
    finally:
        await engine.dispose()
