"""Lets the database fail: restarts, cuts, black holes, locks, deadlocks, time-outs, a full disk."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import pymysql
from tests import services

from bench.chaos_world import World
from bridge24.core.db import get_engine

LOCK_SECONDS = 1
STATEMENT_MILLISECONDS = 25


async def _restart(world: World, seconds: float) -> None:
    await asyncio.to_thread(world.server.kill)
    await asyncio.sleep(seconds / 3)
    await asyncio.to_thread(world.server.start)


async def _cut(world: World, seconds: float) -> None:
    for _ in range(3):
        world.cable.cut()
        await asyncio.sleep(seconds / 3)


async def _refuse(world: World, seconds: float) -> None:
    world.cable.refuses = True
    world.cable.cut()
    await asyncio.sleep(seconds)
    world.cable.refuses = False


async def _dark(world: World, seconds: float) -> None:
    world.cable.darken()
    await asyncio.sleep(seconds * 2)
    world.cable.lighten(broken=seconds < 1.5)


async def _locks(world: World, seconds: float) -> None:
    """Keep rows locked for longer than others wait."""
    await _limited(world, seconds, lock=True)


async def _statements(world: World, seconds: float) -> None:
    await _limited(world, seconds, lock=False)


async def _limited(world: World, seconds: float, *, lock: bool) -> None:
    name = world.database.database
    if world.server.is_postgresql:
        what = "lock_timeout" if lock else "statement_timeout"
        value = f"{LOCK_SECONDS}s" if lock else f"{STATEMENT_MILLISECONDS}ms"
        on = f"ALTER DATABASE \"{name}\" SET {what} = '{value}'"
        off = f'ALTER DATABASE "{name}" RESET {what}'
    else:
        what = "innodb_lock_wait_timeout" if lock else "max_statement_time"
        value = str(LOCK_SECONDS if lock else STATEMENT_MILLISECONDS / 1000)
        on = f"SET GLOBAL {what} = {value}"
        off = f"SET GLOBAL {what} = {50 if lock else 0}"
    await _as_administrator(world, on)
    # Only new connections hear of it.
    world.cable.cut()
    if lock:
        await asyncio.to_thread(_hold_rows, world, seconds + LOCK_SECONDS)
    else:
        await asyncio.sleep(seconds)
    await _as_administrator(world, off)
    world.cable.cut()
    # Connections of this process, which looks at the tables, do not go by the cable.
    await get_engine().dispose()


async def _as_administrator(world: World, statement: str) -> None:
    """Patiently: the server may be restarting, in another step of the script."""
    while True:
        try:
            return await asyncio.to_thread(world.server.run, statement)
        except (psycopg.Error, pymysql.Error):
            await asyncio.sleep(0.2)


def _hold_rows(world: World, seconds: float) -> None:
    """Lock what the sync wants: first rows, a moment later its own state, in the wrong order."""
    with suppress(psycopg.Error, pymysql.Error):
        if world.server.is_postgresql:
            url = services._dsn(world.database)
            held: psycopg.Connection | pymysql.Connection = psycopg.connect(url)  # type: ignore[type-arg]
        else:
            held = services._mysql(world.server.url)
            held.select_db(world.database.database or "")
            held.begin()
        with held.cursor() as cursor:
            for statement in (
                "SELECT id FROM crm_deals ORDER BY id DESC LIMIT 40 FOR UPDATE",
                "SELECT entity FROM sync_state FOR UPDATE",
                "SELECT id FROM sync_events ORDER BY id DESC LIMIT 20 FOR UPDATE",
            ):
                with suppress(psycopg.Error, pymysql.Error):
                    cursor.execute(statement)
                time.sleep(seconds / 4)
        held.rollback()
        held.close()


async def _deadlock(world: World, seconds: float) -> None:
    for _ in range(4):
        await asyncio.to_thread(_hold_rows, world, seconds / 4)


async def _full(world: World, seconds: float) -> None:
    kind = await asyncio.to_thread(world.server.fill)
    world.happened[kind] += 1
    await asyncio.sleep(seconds)
    await asyncio.to_thread(world.server.empty)


DATABASE: dict[str, Callable[[World, float], Awaitable[None]]] = {
    "restart": _restart,
    "cut": _cut,
    "refuse": _refuse,
    "dark": _dark,
    "locks": _locks,
    "deadlock": _deadlock,
    "statements": _statements,
    "full": _full,
}
