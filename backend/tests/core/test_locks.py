"""Locks between processes, and what two of them at once do."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.core.db import close_db, connection, init_db
from bridge24.core.locks import exclusive, try_exclusive
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate


@pytest.fixture
async def connected(database: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(database)))
    yield
    await close_db()


async def test_a_held_lock_is_refused_and_free_again_afterwards(connected: None) -> None:
    async with try_exclusive("run:deal") as first, try_exclusive("run:deal") as second:
        assert (first, second) == (True, False)
    async with try_exclusive("run:deal") as third, try_exclusive("run:lead") as other:
        assert (third, other) == (True, True)


async def test_waiting_for_a_lock_gets_it_when_it_is_free(connected: None) -> None:
    order: list[str] = []

    async def hold(name: str) -> None:
        async with exclusive("one"):
            order.append(f"{name} in")
            await asyncio.sleep(0.05)
            order.append(f"{name} out")

    await asyncio.gather(hold("a"), hold("b"))
    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])


async def test_migrations_started_twice_at_once_both_succeed(connected: None) -> None:
    await asyncio.gather(migrate(), migrate())
    async with connection() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM sync_state")) == 0


async def test_work_that_is_done_is_not_undone_by_a_broken_lock(connected: None) -> None:
    async with try_exclusive("run:deal") as taken:
        assert taken
        await _cut_all_connections()
    async with try_exclusive("run:deal") as again:
        assert again


async def _cut_all_connections() -> None:
    async with connection() as conn:
        if conn.dialect.name == "postgresql":
            await conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            return
        own = await conn.scalar(text("SELECT connection_id()"))
        listed = await conn.execute(
            text("SELECT id FROM information_schema.processlist WHERE db = database()")
        )
        for process in listed.scalars().all():
            if process != own:
                await conn.execute(text(f"KILL {process}"))
