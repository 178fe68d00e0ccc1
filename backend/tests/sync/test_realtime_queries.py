"""Events wait, are put off, given up and forgotten as they should."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bridge24.bitrix.events import Event
from bridge24.core import clock
from bridge24.core.clock import utc_naive
from bridge24.core.database_clock import database_now
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.sync.realtime import queries, tasks
from bridge24.sync.realtime.intake import keep_all, kept
from bridge24.sync.realtime.models import Outcome, Source, SyncEvent
from bridge24.sync.realtime.queries import ATTEMPTS, Some

assert tasks.DRAIN  # importing it has declared the work


@pytest.fixture
async def connected(migrated: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield
    await close_db()


async def _keep(*names: str, row_id: int = 5) -> None:
    data = {"FIELDS": {"ID": str(row_id)}}
    await keep_all([kept(Event(name=name, data=data), Source.WEBHOOK) for name in names])


async def _events() -> list[SyncEvent]:
    async with transaction() as session:
        return list(await session.scalars(select(SyncEvent).order_by(SyncEvent.id)))


async def _database_now() -> datetime:
    async with transaction() as session:
        return (await session.scalars(select(database_now()))).one()


async def _backdate(**values: object) -> None:
    async with transaction() as session:
        await session.execute(update(SyncEvent).values(**values))


async def test_a_record_is_chosen_once_however_many_events_it_has(connected: None) -> None:
    await _keep("ONCRMDEALUPDATE", "ONCRMDEALUPDATE", "ONCRMDEALDELETE")
    await _keep("ONCRMDEALUPDATE", row_id=4)

    async with transaction() as session:
        lot = await queries.lot_of_records(session, limit=10)

    assert [(each.object_id, each.deleted) for each in lot.records] == [("5", True), ("4", False)]


async def test_an_event_that_comes_while_the_portal_is_asked_goes_on_waiting(
    connected: None,
) -> None:
    await _keep("ONCRMDEALUPDATE")
    async with transaction() as session:
        lot = await queries.lot_of_records(session, limit=10)
    await _keep("ONCRMDEALUPDATE")

    async with transaction() as session:
        some = Some(entity="deal", object_ids=["5"], until=lot.until)
        await queries.finish(session, some, Outcome.STORED)

    assert [row.state for row in await _events()] == ["done", "waiting"]


async def test_a_failing_record_waits_longer_each_time_and_is_given_up_at_last(
    connected: None,
) -> None:
    await _keep("ONCRMDEALUPDATE")
    waits: list[timedelta] = []
    for _ in range(ATTEMPTS):
        async with transaction() as session:
            some = Some(entity="deal", object_ids=["5"], until=await queries.newest(session))
            await queries.note_failure(session, some, "refused")
        (event,) = await _events()
        assert event.not_before is not None
        if event.attempts < ATTEMPTS:
            waits.append(event.not_before - await _database_now())
        await _backdate(not_before=None)

    assert len(waits) == ATTEMPTS - 1
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=1)
    assert (event.state, event.outcome, event.attempts) == ("done", "failed", ATTEMPTS)
    assert event.error == "refused"


@pytest.mark.parametrize("wrong_by", [timedelta(minutes=-10), timedelta(minutes=10)])
async def test_a_process_whose_clock_is_wrong_dates_events_as_all_others_do(
    connected: None, monkeypatch: pytest.MonkeyPatch, wrong_by: timedelta
) -> None:
    true = clock.utc_now
    before = await _database_now()
    with monkeypatch.context() as wrong:
        wrong.setattr(clock, "utc_now", lambda: true() + wrong_by)
        await _keep("ONCRMDEALUPDATE", "ONCRMDEALUPDATE")
        async with transaction() as session:
            some = Some(entity="deal", object_ids=["5"], until=await queries.newest(session))
            await queries.put_off(session, some, by=timedelta(seconds=30))
            wait = await queries.next_attempt(session)
            lot = await queries.lot_of_records(session, limit=10)
    after = await _database_now()

    for event in await _events():
        assert before <= event.received_at <= after
        assert event.not_before is not None
        assert before <= event.not_before - timedelta(seconds=30) <= after
    assert wait is not None
    assert wait <= timedelta(seconds=30)
    assert (lot.records, before <= lot.chosen_at <= after) == ([], True)


async def test_what_is_due_is_chosen_whatever_our_own_clock_says(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _keep("ONCRMDEALUPDATE")
    await _backdate(not_before=await _database_now() - timedelta(seconds=1))
    slow = clock.utc_now() - timedelta(minutes=10)
    monkeypatch.setattr(clock, "utc_now", lambda: slow)

    async with transaction() as session:
        lot = await queries.lot_of_records(session, limit=10)
        wait = await queries.next_attempt(session)

    assert [each.object_id for each in lot.records] == ["5"]
    assert wait == timedelta(0)


async def test_old_events_are_forgotten_but_never_the_newest_or_a_waiting_one(
    connected: None,
) -> None:
    await _keep("ONAPPTEST", "ONCRMDEALUPDATE", "ONAPPTEST", "ONAPPTEST")
    await _backdate(received_at=utc_naive() - timedelta(days=30))

    async with transaction() as session:
        forgotten = await queries.forget(session, older_than=timedelta(days=7))

    assert forgotten == 2
    assert [row.name for row in await _events()] == ["ONCRMDEALUPDATE", "ONAPPTEST"]


async def test_refusals_add_up(connected: None) -> None:
    for _ in range(2):
        async with transaction() as session:
            await queries.count_refusals(session, {"TokenUnknown": 3}, utc_naive())
    async with transaction() as session:
        found = (await session.execute(select(queries.SyncEventRefusal.refused))).scalars().all()
    assert found == [6]
