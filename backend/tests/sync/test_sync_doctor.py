"""The doctor's look at the database."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings
from bridge24.sync import doctor
from bridge24.sync.doctor import Level


@pytest.fixture
async def connected(database: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(database)))
    yield
    await close_db()


async def test_a_table_an_earlier_look_left_behind_is_no_trouble(connected: None) -> None:
    async with connection() as conn:
        await conn.execute(text(f"CREATE TABLE {doctor.PROBE_TABLE} (id INTEGER)"))

    found = await doctor.examine_database()

    assert {finding.level for finding in found} == {Level.GOOD}
    async with connection() as conn:
        left = "SELECT count(*) FROM information_schema.tables WHERE table_name = :name"
        assert await conn.scalar(text(left), {"name": doctor.PROBE_TABLE}) == 0
