"""Carries out the steps of a script: kills, faults of the portal and of the database, work."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bench.chaos_compare import ENTITIES, SMART
from bench.chaos_faults import DATABASE
from bench.chaos_office import SMART as SMART_TYPE
from bench.chaos_script import MODES, Script
from bench.chaos_world import World
from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.emulator import Fault, Kind
from bridge24.sync.models import SyncConfig
from bridge24.sync.runs import opening, stopping

TRIES = 20
MOST_FIELDS = 10
"""Of one world: each makes every table of its object wider, and is filled for all rows."""
AT_WORK_SECONDS = 4.0
RUNS_AT_ONCE = 2

How = dict[str, object]
Act = Callable[[World, How], Awaitable[None]]


async def kill(world: World, how: How) -> None:
    """Kill -9, and start again after a moment with another clock."""
    name = str(how["who"])
    task = await world.at_work(name, seconds=AT_WORK_SECONDS)
    # One that is to be killed twice has to come back in between.
    async with world.turns[name]:
        await world.kill(name)
        world.happened["kill -9" if task else "kill -9 between works"] += 1
        if task:
            world.happened[f"killed during {task}"] += 1
        await asyncio.sleep(_number(how["rest"]))
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
    if await world.is_working():
        world.happened["faults of the portal during work"] += 1
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
    for each in faults.listing():
        if each.number == number:
            world.happened[f"portal: {kind}, answers and events struck"] += each.hits
    faults.remove(number)


async def database(world: World, how: How) -> None:
    """Let the database fail in one way for a while."""
    kind = str(how["kind"])
    if await world.is_working():
        world.happened["faults of the database during work"] += 1
    world.happened[f"database: {kind}"] += 1
    await DATABASE[kind](world, _number(how["seconds"]))


async def run(world: World, how: How) -> None:
    """Ask for a run; what is not copied is copied first."""
    entity = str(how["entity"])
    mode = str(how["mode"]) if await world.is_copied(entity) else "full"
    await world.open_run(entity, mode)


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
    if world.fields >= MOST_FIELDS:
        return
    code = f"UF_CRM_{world.fields}_CHAOS"
    world.fields += 1
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


async def play(world: World, script: Script) -> None:
    """Play a script, each step at its time beside the others, while there is always work."""

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

    world.office.open(per_second=script.edits_per_second)
    busy = asyncio.create_task(_keep_busy(world, random.Random(f"busy:{script.seed}")))
    try:
        await asyncio.gather(*(one(ACTS[step.what], step.how, step.at) for step in script.steps))
    finally:
        busy.cancel()
        await asyncio.wait([busy])
        await world.office.close()


async def _keep_busy(world: World, dice: random.Random) -> None:
    """Ask for runs, so that faults find work to interrupt."""
    while True:
        with suppress(AppError):
            if await world.open_runs() < RUNS_AT_ONCE:
                await run(world, {"entity": dice.choice(ENTITIES), "mode": dice.choice(MODES)})
        await asyncio.sleep(0.5)


def _number(value: object) -> float:
    return float(str(value))
