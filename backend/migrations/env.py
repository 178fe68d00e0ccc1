"""Alembic's entry: uses the connection it is given, else DATABASE_URL."""

import asyncio
import importlib
from pathlib import Path

from alembic import context
from sqlalchemy import Connection

import bridge24
from bridge24.core import schedule  # noqa: F401  its table registers itself
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.tables import Base

PACKAGE = Path(bridge24.__path__[0])
# Walking the packages would import all of them, which a copy has no use for.
for path in PACKAGE.rglob("models.py"):
    module = path.relative_to(PACKAGE.parent).with_suffix("")
    importlib.import_module(".".join(module.parts))


def run(conn: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=conn, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_with_own_connection() -> None:
    """Connect as the application does, for the ``alembic`` command line."""
    await init_db()
    async with connection() as conn:
        await conn.run_sync(run)
    await close_db()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_with_own_connection())
