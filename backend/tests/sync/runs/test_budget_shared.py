"""Workers divide the portal's rate among those that work, and say what they know."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from bridge24.bitrix import BitrixClient
from bridge24.core import clock
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.jobs import Job, State
from bridge24.core.jobs.models import now_ms
from bridge24.sync.portal import portal_client
from bridge24.sync.progress import SyncMode
from bridge24.sync.runs import budget, opening
from bridge24.sync.runs.models import SyncGauge


async def _running_on(**workers: str) -> None:
    """Have a run of each object carried out by a worker of that name."""
    for entity, worker in workers.items():
        run = await opening.open_run(entity, mode=SyncMode.FULL, asked_by="ann")
        async with transaction() as session:
            values: dict[str, Any] = {"state": State.RUNNING, "worker": worker, "slot": entity}
            await session.execute(update(Job).where(Job.id == run.job_id).values(values))


async def _bucket(client: BitrixClient) -> Any:
    await budget.share(client)
    return (await client.limits()).bucket


async def test_the_rate_is_divided_among_workers_that_work(connected: None) -> None:
    client = portal_client()
    assert (await _bucket(client)).parts == 1

    await _running_on(deal="a", contact="b", lead="b")

    assert (await _bucket(client)).parts == 2


async def test_what_others_have_filled_counts_as_filled(connected: None) -> None:
    client = portal_client()
    told = {"level": 40.0, "leaks_per_second": 2.0, "capacity": 50.0, "parts": 1}
    gauge = orjson.dumps({"bucket": told, "operating": {}}).decode()
    async with transaction() as session:
        session.add(SyncGauge(holder="elsewhere:1", at=utc_naive(), budget=gauge))

    bucket = await _bucket(client)

    assert bucket.room(0.0) < 20, "45 may go when nobody else calls"


async def test_status_shows_what_the_processes_know_together(connected: None) -> None:
    def gauge(level: float, **used: float) -> str:
        bucket = {"level": level, "leaks_per_second": 2.0, "capacity": 50.0, "parts": 2}
        facts = {"limit_seconds": 480.0, "reset_in_seconds": 60.0}
        operating = {name: {"used_seconds": seconds, **facts} for name, seconds in used.items()}
        return orjson.dumps({"bucket": bucket, "operating": operating}).decode()

    async with transaction() as session:
        now = utc_naive()
        session.add(SyncGauge(holder="a:1", at=now, budget=gauge(20.0, one=5.0, two=7.0)))
        session.add(SyncGauge(holder="b:2", at=now, budget=gauge(15.0, one=9.0)))

    async with transaction() as session:
        told = await budget.budget_out(session)

    assert told.bucket is not None
    assert (told.bucket.level, told.bucket.shared_by) == (35.0, 2)
    assert {each.method: each.used_seconds for each in told.methods} == {"one": 9.0, "two": 7.0}


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_a_process_whose_clock_is_wrong_misleads_nobody(
    connected: None, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """One that is ahead made the others believe for as long that the bucket was full."""
    async with transaction() as session:
        right = (await session.scalars(select(now_ms()))).one()
    wrong = timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "utc_now", lambda: datetime.now(UTC) + wrong)

    stop = asyncio.Event()
    sharing = asyncio.create_task(budget.keep_sharing(stop))
    async with asyncio.timeout(60):
        while not (gauge := await _gauge()):
            await asyncio.sleep(0.05)
    stop.set()
    await sharing

    said = gauge.at.replace(tzinfo=UTC).timestamp()
    assert abs(said - right / 1000) < timedelta(minutes=5).total_seconds()
    async with transaction() as session:
        assert (await budget.budget_out(session)).bucket is not None


async def _gauge() -> SyncGauge | None:
    async with transaction() as session:
        return (await session.scalars(select(SyncGauge))).first()
