"""A run is a job: done once, seen by everybody, stopped and gone on with at any moment."""

import asyncio

from runs_bench import ended, run_of, stored, until
from sqlalchemy import select

from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync.errors import RunInProgress, RunOver
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import opening, stopping
from bridge24.sync.runs.models import Status, SyncRunEvent, SyncTally


async def _open(mode: SyncMode = SyncMode.FULL) -> int:
    return (await opening.open_run("deal", mode=mode, asked_by="ann")).id


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


async def test_two_runs_of_one_object_are_never_open_at_once(connected: None) -> None:
    asked = await asyncio.gather(*(_open() for _ in range(6)), return_exceptions=True)

    opened = [one for one in asked if isinstance(one, int)]
    assert len(opened) == 1
    refused = [one for one in asked if isinstance(one, RunInProgress)]
    assert len(refused) == 5
    assert {one.facts["run_id"] for one in refused} == set(opened)
