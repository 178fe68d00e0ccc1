"""A run is a job: done once, seen by everybody, stopped and gone on with at any moment."""

import asyncio

import pytest
from runs_bench import ended, run_of, stored, until
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import retry
from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync import queries
from bridge24.sync.errors import RunInProgress, RunOver
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening, rounds, stopping
from bridge24.sync.runs.models import Status, SyncRunEvent, SyncTally


async def _open(mode: SyncMode = SyncMode.FULL) -> int:
    return (await opening.open_run("deal", mode=mode, asked_by="ann")).id


def _slow(emulator: Emulator) -> None:
    """Have every page take so long that there is time to interfere."""
    emulator.gate("acme").faults.add(Fault(Kind.SLOW, only=frozenset({"batch"}), seconds=3.0))


async def _copying(run_id: int) -> None:
    async def begun() -> bool:
        return (await run_of(run_id)).status == Status.RUNNING

    await until(begun)


async def test_a_worker_carries_out_what_was_asked_for(working: None, portal: Portal) -> None:
    run_id = await _open()

    run = await ended(run_id, Status.SUCCEEDED)

    assert (run.rows_read, await stored()) == (400, 400)
    assert run.http_calls > 0
    assert run.open_for is None
    async with transaction() as session:
        tally = await session.get_one(SyncTally, "deal")
        lines = (await session.scalars(select(SyncRunEvent.kind))).all()
    assert (tally.rows_here, tally.rows_in_portal, tally.runs) == (400, 400, 1)
    assert {"phase", "pages", "note"} <= set(lines)


async def test_the_rows_are_counted_before_the_run_is_shown_as_over(
    working: None, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_meanwhile: list[bool] = []
    run_id = await _open()

    async def counted(session: AsyncSession, table: str) -> int:
        open_meanwhile.append((await run_of(run_id)).finished_at is None)
        return await stored_count(session, table)

    stored_count = queries.stored_count
    monkeypatch.setattr(queries, "stored_count", counted)
    await ended(run_id, Status.SUCCEEDED)

    async with transaction() as session:
        tally = await session.get_one(SyncTally, "deal")
    assert open_meanwhile == [True]
    assert tally.rows_here == 400


async def test_two_runs_of_one_object_are_never_open_at_once(connected: None) -> None:
    asked = await asyncio.gather(*(_open() for _ in range(6)), return_exceptions=True)

    opened = [one for one in asked if isinstance(one, int)]
    refused = [one for one in asked if isinstance(one, RunInProgress)]
    assert (len(opened), len(refused)) == (1, 5)
    assert {one.facts["run_id"] for one in refused} == set(opened)


async def test_a_waiting_run_is_cancelled_at_once(connected: None) -> None:
    run_id = await _open()

    run = await stopping.cancel_run(run_id)

    assert run.status == Status.CANCELLED
    async with transaction() as session:
        assert await session.scalar(select(Job.state)) == State.CANCELLED
    with pytest.raises(RunOver):
        await stopping.cancel_run(run_id)
    assert await _open() > run_id


async def test_a_running_run_is_cancelled_and_the_next_goes_on(
    working: None, emulator: Emulator
) -> None:
    _slow(emulator)
    run_id = await _open()
    await _copying(run_id)

    assert (await stopping.cancel_run(run_id)).status == Status.CANCELLING
    following = await _open()
    await ended(run_id, Status.CANCELLED)
    emulator.gate("acme").faults.clear()

    await ended(following, Status.SUCCEEDED)
    assert await stored() == 400


async def test_a_pause_stops_a_run_and_resuming_goes_on_with_it(
    working: None, emulator: Emulator
) -> None:
    _slow(emulator)
    run_id = await _open()
    await _copying(run_id)

    assert (await stopping.pause("deal")).paused
    await ended(run_id, Status.PAUSED)
    assert await rounds.ready(["deal"]) == []
    emulator.gate("acme").faults.clear()
    resumed = await stopping.resume("deal", asked_by="ann")

    assert resumed is not None
    await ended(resumed.id, Status.SUCCEEDED)
    assert await stored() == 400
    assert await rounds.ready(["deal"]) == ["deal"]
    assert await stopping.resume("deal", asked_by="ann") is None


@pytest.mark.parametrize("drop_table", [False, True])
async def test_a_reset_reads_everything_anew_also_in_the_middle_of_a_run(
    working: None, emulator: Emulator, drop_table: bool
) -> None:
    await ended(await _open(), Status.SUCCEEDED)
    _slow(emulator)
    running = await _open()
    await _copying(running)

    reset = await stopping.reset("deal", drop_table=drop_table, asked_by="ann")
    await ended(running, Status.CANCELLED)
    emulator.gate("acme").faults.clear()

    run = await ended(reset.id, Status.SUCCEEDED)
    written = (run.inserted, run.unchanged)
    assert written == ((400, 0) if drop_table else (0, 400))
    assert await stored() == 400


async def test_a_run_is_tried_again_when_the_portal_may_recover(
    working: None, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_BASE_SECONDS", 0.01)
    emulator.gate("acme").faults.add(Fault(Kind.HTML, times=60))
    run_id = await _open()

    async def told() -> bool:
        return (await run_of(run_id)).error_code is not None

    await until(told)
    run = await run_of(run_id)
    assert (run.error_origin, run.open_for) == ("portal", "deal")
    emulator.gate("acme").faults.clear()
    run = await ended(run_id, Status.SUCCEEDED)
    assert run.attempts > 1
    assert run.error_code is None


async def test_a_lasting_failure_ends_the_run_with_its_remedy(
    working: None, emulator: Emulator, portal: Portal
) -> None:
    emulator.gate("acme").faults.add(Fault(Kind.EXPIRED))

    run = await ended(await _open(), Status.FAILED)

    assert run.error_origin == "portal"
    assert run.error_remedy is not None

    async def over() -> bool:
        async with transaction() as session:
            return await session.scalar(select(Job.state)) == State.DONE

    await until(over)


async def test_a_quiet_portal_costs_one_call_for_all_objects(
    working: None, emulator: Emulator, portal: Portal
) -> None:
    for entity in ("deal", "contact", "lead", "status"):
        run = await opening.open_run(entity, mode=SyncMode.FULL, asked_by="ann")
        await ended(run.id, Status.SUCCEEDED)
    emulator.clock.move(3600)
    log = emulator.gate("acme").log
    before = sum(log.statuses.values())

    await rounds.look(["deal", "contact", "lead", "status", "company"])

    assert sum(log.statuses.values()) - before == 1
    portal.update("lead", 3, {"TITLE": "changed"})
    await rounds.look(["deal", "contact", "lead", "status"])
    async with transaction() as session:
        latest = select(SyncLog.id).order_by(SyncLog.id.desc()).limit(1)
        run_id = (await session.scalars(latest)).one()
    run = await ended(run_id, Status.SUCCEEDED)
    assert (run.entity, run.mode, run.updated) == ("lead", "incremental", 1)


async def test_runs_whose_job_was_lost_are_closed(connected: None) -> None:
    run_id = await _open()
    async with transaction() as session:
        job = (await session.scalars(select(Job))).one()
        await session.delete(job)

    await rounds.tend()

    assert (await run_of(run_id)).status == Status.INTERRUPTED
    assert await _open() > run_id
