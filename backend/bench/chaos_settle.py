"""Lets an installation come to rest after a script, by the product's own means."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.chaos_compare import ENTITIES
from bench.chaos_office import SMART
from bench.chaos_world import World
from bridge24.core.db import connection, transaction
from bridge24.core.errors import DatabaseError
from bridge24.core.jobs import enqueue
from bridge24.sync.runs.due import TEND

PATIENCE_SECONDS = 240
ROWS_A_SECOND = 150
"""A slow, busy machine stores at least so many."""
MOST_AUDITS = 3
ROUNDED = timedelta(seconds=1)
"""A database may keep whole seconds."""
TABLES: tuple[str | int, ...] = ("deal", "contact", "lead", "company", SMART)
HASTEN = (
    "UPDATE jobs SET run_at = 0 WHERE state = 'queued' AND run_at > 0",
    "UPDATE sync_events SET not_before = NULL WHERE state = 'waiting' AND not_before IS NOT NULL",
)


class NeverSettled(Exception):
    """Something went on for longer than anybody would wait."""


async def settle(world: World) -> "Moment":
    """End the faults, and let events, changes and audits do what they do by themselves.

    Waits of minutes between attempts are cut short; what a person would do after a script
    is done too: runs that failed for good are asked for again, deletions accepted.

    Returns:
        The moment from which on nothing may fail any more.

    Raises:
        NeverSettled: It does not come to rest.
    """
    world.emulator.gate("acme").faults.clear()
    for entity in TABLES:
        world.portal.show(entity)
    await world.ensure_running()
    await world.emulator.feeds["acme"].outbound.flush()
    await _until(world, _runs_are_over, "runs")
    for entity in ENTITIES:
        if not await world.is_copied(entity):
            await world.open_run(entity, "full", accept=True)
    await _until(world, _runs_are_over, "the first copies")
    await _until(world, _events_are_done, "events")
    rested = await Moment.now()
    for entity in ENTITIES:
        await world.open_run(entity, "incremental")
    await _until(world, _runs_are_over, "incremental")
    await _audit(world)
    await _until(world, _events_are_done, "events")
    return rested


async def _audit(world: World) -> None:
    """Audit all from the beginning.

    One that was interrupted is gone on with first: what it had compared by then, it knows as of
    then, and a deletion since of which no event came is found by the one after it.
    """
    began = datetime.fromtimestamp(world.emulator.clock.now(), UTC).replace(tzinfo=None)
    for _ in range(MOST_AUDITS):
        audited = await _query("SELECT entity, finished_at FROM sync_audit")
        known = {str(entity): at for entity, at in audited if isinstance(at, datetime)}
        waiting = [each for each in ENTITIES if known.get(each, datetime.min) < began - ROUNDED]
        if not waiting:
            return
        for entity in waiting:
            await world.open_run(entity, "audit", accept=True)
        await _until(world, _runs_are_over, f"audits of {waiting}")


async def first_copies(world: World) -> None:
    """Wait until everything has been copied once, and nothing waits.

    Raises:
        NeverSettled: It does not come to rest.
    """
    await _until(world, _runs_are_over, "the first copies")
    await _until(world, _events_are_done, "events")


@dataclass(frozen=True)
class Moment:
    """A moment in the life of an installation: what came before does not count."""

    run: int
    dead: frozenset[int]

    @classmethod
    async def now(cls) -> "Moment":
        """Remember the last run, and the jobs that are dead already."""
        last = (await _query("SELECT COALESCE(MAX(id), 0) FROM sync_log"))[0][0]
        dead = await _query("SELECT id FROM jobs WHERE state = 'dead'")
        return cls(int(str(last)), frozenset(int(str(row[0])) for row in dead))


async def failures(since: Moment) -> Sequence[str]:
    """Name the runs after a moment that did not succeed, and why; dead jobs as well."""
    runs = await _query(
        "SELECT entity, mode, status, error_code, error_message FROM sync_log "
        f"WHERE id > {since.run} AND status = 'failed'"
    )
    dead = await _query("SELECT id, task, error FROM jobs WHERE state = 'dead'")
    new = [row for row in dead if int(str(row[0])) not in since.dead]
    told = [f"{r[0]} {r[1]}: {r[3]} {r[4]}" for r in runs]
    return told + [f"dead: {row[1]} {row[2]}" for row in new]


async def _until(world: World, true: Callable[[], Awaitable[bool]], what: str) -> None:
    size = sum(astuple(world.script.size))
    deadline = time.monotonic() + PATIENCE_SECONDS + size / ROWS_A_SECOND
    with suppress(DatabaseError):
        await _tend()
    while True:
        try:
            if await true():
                return
            for statement in HASTEN:
                await _execute(statement)
        except DatabaseError:
            pass
        if time.monotonic() > deadline:
            raise NeverSettled(f"{what}: {await _what_waits()}")
        await world.ensure_running()
        await asyncio.sleep(0.3)


async def _tend() -> None:
    """What the schedule queues every five minutes."""
    async with transaction() as session:
        await enqueue(session, TEND, dedup=TEND)


async def _runs_are_over() -> bool:
    return not await _query(
        "SELECT id FROM sync_log WHERE open_for IS NOT NULL OR status IN ('cancelling', 'pausing')"
    )


async def _events_are_done() -> bool:
    return not await _query("SELECT id FROM sync_events WHERE state = 'waiting'")


async def _what_waits() -> object:
    runs = (
        "SELECT id, entity, mode, status, phase, attempts, job_id FROM sync_log "
        "WHERE open_for IS NOT NULL OR status IN ('cancelling', 'pausing')"
    )
    jobs = (
        "SELECT id, task, state, attempt, run_at, worker, error FROM jobs "
        "WHERE state IN ('queued', 'running', 'dead')"
    )
    events = (
        "SELECT id, name, entity, object_id, attempts, error FROM sync_events "
        "WHERE state = 'waiting' LIMIT 5"
    )
    return [await _query(each) for each in (runs, jobs, events)]


async def _query(statement: str) -> Sequence[Sequence[object]]:
    async with connection() as conn:
        return [tuple(row) for row in (await conn.execute(text(statement))).all()]


async def _execute(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))
