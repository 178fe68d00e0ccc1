"""The base of all system tables, and the one way to bring them up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData
from sqlalchemy.orm import DeclarativeBase

from bridge24.core.db import connection
from bridge24.core.locks import exclusive

MIGRATIONS = Path(__file__).parents[3] / "migrations"
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every system table."""

    metadata = MetaData(naming_convention=NAMING)


def alembic_config(conn: Connection | None = None) -> Config:
    """Point Alembic at our migrations, and at an open connection when there is one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    return config


async def migrate(revision: str = "head") -> None:
    """Bring the system tables to a revision; doing it twice changes nothing."""
    async with exclusive("migrations"), connection() as conn:
        await conn.run_sync(lambda sync: command.upgrade(alembic_config(sync), revision))


async def migrate_down(revision: str = "base") -> None:
    """Take the system tables back to a revision, with what they hold."""
    async with connection() as conn:
        await conn.run_sync(lambda sync: command.downgrade(alembic_config(sync), revision))
