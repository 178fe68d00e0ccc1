"""System tables appear on an empty database, match the models, and go again."""

import importlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, inspect

import bridge24
from bridge24.core import schedule
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings
from bridge24.core.tables import Base, migrate, migrate_down

PACKAGE = Path(bridge24.__path__[0])
for path in PACKAGE.rglob("models.py"):
    module = path.relative_to(PACKAGE.parent).with_suffix("")
    importlib.import_module(".".join(module.parts))
EXPECTED = {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}


@pytest.fixture
async def empty(database: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(database)))
    yield
    await close_db()


def _tables(conn: Connection) -> set[str]:
    return set(inspect(conn).get_table_names())


def _differences(conn: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(conn), Base.metadata))


async def test_upgrade_makes_every_table_once_and_downgrade_removes_them(empty: None) -> None:
    await migrate()
    await migrate()
    async with connection() as conn:
        assert await conn.run_sync(_tables) == EXPECTED
    await migrate_down()
    async with connection() as conn:
        assert await conn.run_sync(_tables) == {"alembic_version"}


async def test_migrations_make_what_the_models_say(empty: None) -> None:
    await migrate()
    async with connection() as conn:
        assert await conn.run_sync(_differences) == []
    assert {"sync_state", "ai_charts", schedule.ScheduleSlot.__tablename__} <= EXPECTED
