"""Carries out the steps of a script: kills, faults of the portal and of the database, work."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import pymysql
from sqlalchemy import text
from tests import services

from bench.chaos_compare import SMART
from bench.chaos_office import SMART as SMART_TYPE
from bench.chaos_world import World
from bridge24.core.db import connection, transaction
from bridge24.core.errors import AppError
from bridge24.emulator import Fault, Kind
from bridge24.sync.models import SyncConfig
from bridge24.sync.runs import opening, stopping

LOCK_SECONDS = 1
STATEMENT_MILLISECONDS = 25
TRIES = 20

How = dict[str, object]
Act = Callable[[World, How], Awaitable[None]]


async def kill(world: World, how: How) -> None:
    """Kill -9, and start again after a moment with another clock."""
    name = str(how["who"])
    await world.kill(name)
    world.happened["kill -9"] += 1
    await asyncio.sleep(_number(how["rest"]))
    # Another kill may have come in between.
    await world.kill(name)
    await world.start(name, clock=int(_number(how["clock"])))


async def freeze(world: World, how: How) -> None:
    """Stop a process for longer than its lease, then let it go on as if nothing had been."""
    pid = world.pids.get(str(how["who"]))
    if pid is None:
        return
    world.happened["frozen"] += 1
    await world.nursery.signal(pid, signal.SIGSTOP)
    if how["cut"]:
        world.cable.cut()
    await asyncio.sleep(_number(how["seconds"]))
    if world.pids.get(str(how["who"])) == pid:
        await world.nursery.signal(pid, signal.SIGCONT)


async def api(world: World, how: How) -> None:
    """Let the portal fail in one way for a while."""
    kind = Kind(str(how["kind"]))
    world.happened[f"portal: {kind}"] += 1
    fault = Fault(
        kind,
        rate=_number(how["rate"]),
        seconds=0.3,
        host=f"localhost:{world.emulator.port}" if kind is Kind.RENAME else "",
        share=0.02 if _number(how["rate"]) < 0.5 else 0.5,
        times=1 if kind is Kind.WITHDRAWN else None,
    )
    faults = world.emulator.gate("acme").faults
    number = faults.add(fault)
    await asyncio.sleep(_number(how["seconds"]))
    faults.remove(number)


async def database(world: World, how: How) -> None:
    """Let the database fail in one way for a while."""
    kind, seconds = str(how["kind"]), _number(how["seconds"])
    world.happened[f"database: {kind}"] += 1
    await _DATABASE[kind](world, seconds)


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


async def _as_administrator(world: World, statement: str) -> None:
    """Patiently: the server may be restarting, in another step of the script."""
    while True:
        try:
            return await asyncio.to_thread(world.server.run, statement)
        except (psycopg.Error, pymysql.Error):
            await asyncio.sleep(0.2)


def _hold_rows(world: World, seconds: float) -> None:
    """Lock what the sync wants: first rows, a moment later its own state, in the wrong order."""
    import time

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
    await asyncio.to_thread(world.server.fill)
    await asyncio.sleep(seconds)
    world.server.empty()


_DATABASE: dict[str, Callable[[World, float], Awaitable[None]]] = {
    "restart": _restart,
    "cut": _cut,
    "refuse": _refuse,
    "dark": _dark,
    "locks": _locks,
    "deadlock": _deadlock,
    "statements": _statements,
    "full": _full,
}


async def run(world: World, how: How) -> None:
    """Ask for a run."""
    await world.open_run(str(how["entity"]), str(how["mode"]))


async def cancel(world: World, how: How) -> None:
    """Cancel the object's run, if there is one."""
    async with transaction() as session:
        present = await opening.running(session, str(how["entity"]))
    if present is not None:
        await stopping.cancel_run(present.id)
        world.happened["cancelled"] += 1


async def pause(world: World, how: How) -> None:
    """Let an object rest for a second."""
    await stopping.pause(str(how["entity"]))
    await asyncio.sleep(1)
    await stopping.resume(str(how["entity"]), asked_by="bench")
    world.happened["paused"] += 1


async def reset(world: World, how: How) -> None:
    """Read an object anew."""
    drop = bool(how["drop_table"])
    await stopping.reset(str(how["entity"]), drop_table=drop, asked_by="bench")
    world.happened["reset"] += 1


async def history(world: World, how: How) -> None:
    """Switch the keeping of versions on, or off."""
    async with transaction() as session:
        config = await session.get_one(SyncConfig, str(how["entity"]))
        config.history = not config.history
    world.happened["history switched"] += 1


async def field(world: World, how: How) -> None:
    """Add a custom field and fill it in some records."""
    entity = str(how["entity"])
    if entity not in world.portal.tables and entity != SMART:
        return
    code = f"UF_CRM_{world.happened['field']}_CHAOS"
    world.happened["field"] += 1
    kind: str | int = SMART_TYPE if entity == SMART else entity
    world.portal.add_field(kind, code, "string")
    ids = list(world.portal.table(kind).store.ids())
    for row_id in random.Random(code).sample(ids, min(20, len(ids))):
        world.portal.update(kind, row_id, {code: f"value {row_id}"})


async def burst(world: World, how: How) -> None:
    """Many edits at once."""
    del how
    world.office.burst()


async def clock(world: World, how: How) -> None:
    """Put the portal's clock forward."""
    world.emulator.clock.move(_number(how["seconds"]))
    world.happened["clock"] += 1


ACTS: dict[str, Act] = {
    **{"kill": kill, "freeze": freeze, "api": api, "database": database, "run": run},
    **{"cancel": cancel, "pause": pause, "reset": reset, "history": history, "field": field},
    **{"burst": burst, "clock": clock},
}


async def play(world: World) -> None:
    """Play the script of a world, each step at its time beside the others."""

    async def one(act: Act, how: How, at: float) -> None:
        await asyncio.sleep(at)
        for _ in range(TRIES):
            try:
                return await act(world, how)
            except AppError as error:
                # The operator's own call met the fault; they try again, as people do.
                world.happened[f"refused: {error.code}"] += 1
                await asyncio.sleep(0.5)
        return None

    world.office.open(per_second=world.script.edits_per_second)
    steps = [one(ACTS[step.what], step.how, step.at) for step in world.script.steps]
    await asyncio.gather(*steps)
    await world.office.close()


async def clean_database() -> bool:
    """Whether the database answers."""
    try:
        async with connection() as conn:
            await conn.execute(text("SELECT 1"))
    except AppError:
        return False
    return True


def _number(value: object) -> float:
    return float(str(value))
