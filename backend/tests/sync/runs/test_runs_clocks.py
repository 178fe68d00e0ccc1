"""Moments of runs are the database's: processes whose clocks are wrong mislead nobody."""

from datetime import datetime, timedelta

import pytest
from runs_bench import ended, run_of

from bridge24.core import clock
from bridge24.core.database_clock import database_moment
from bridge24.core.db import transaction
from bridge24.sync.models import SyncLog
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import feed, opening, stopping
from bridge24.sync.runs.models import SyncTally
from bridge24.sync.runs.status import status

WRONG_BY = [timedelta(minutes=-10), timedelta(minutes=10)]
# Databases may keep whole seconds of a moment, and round them.
ROUNDED = timedelta(seconds=1)


def _be_wrong(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    true = clock.utc_now
    monkeypatch.setattr(clock, "utc_now", lambda: true() + by)


async def _now() -> datetime:
    async with transaction() as session:
        return await database_moment(session)


async def test_the_end_of_a_run_is_told_by_a_process_with_a_slow_clock_as_well(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    with monkeypatch.context() as elsewhere:
        _be_wrong(elsewhere, timedelta(minutes=-10))
        await stopping.cancel_run(run.id)

    async with transaction() as session:
        told = [each.status for each, _ in await feed._changed(session, after=0)]

    assert told == ["cancelled"]


@pytest.mark.parametrize("by", WRONG_BY)
async def test_a_run_ends_after_it_has_begun_whoever_carries_it_out(
    working: None, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    before = await _now()
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    with monkeypatch.context() as elsewhere:
        _be_wrong(elsewhere, by)
        await ended(run.id, "succeeded")
    after = await _now()

    over = await run_of(run.id)
    moments = [before - ROUNDED, over.asked_at, over.started_at, over.finished_at]
    assert [*moments, after + ROUNDED] == sorted([*moments, after + ROUNDED])
    async with transaction() as session:
        tally = await session.get_one(SyncTally, "deal")
    assert tally.looked_at is not None
    assert before - ROUNDED <= tally.looked_at <= after + ROUNDED


async def test_how_old_the_rows_are_is_told_rightly_by_a_server_with_a_fast_clock(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = await _now() - timedelta(hours=1)
    async with transaction() as session:
        row = SyncTally(entity="deal", runs=1, failures=0, rows_written=0, http_calls=0)
        row.looked_at = looked_at
        session.add(row)

    _be_wrong(monkeypatch, timedelta(minutes=10))
    (deal,) = [each for each in (await status()).entities if each.entity == "deal"]

    assert deal.lag_seconds is not None
    assert 3_599 <= deal.lag_seconds < 3_600 + 300


async def test_a_run_that_was_left_behind_ends_after_it_has_begun(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction() as session:
        run = SyncLog(entity="deal", mode="full", status="running", open_for="deal")
        run.started_at = await database_moment(session)
        session.add(run)

    _be_wrong(monkeypatch, timedelta(minutes=-10))
    await opening.close_dead_run("deal")

    closed = await run_of(run.id)
    assert closed.status == "interrupted"
    assert closed.finished_at is not None
    assert closed.finished_at >= closed.started_at - ROUNDED
