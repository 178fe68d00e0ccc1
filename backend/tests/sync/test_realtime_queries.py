"""Events wait, are put off, given up and forgotten as they should."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bridge24.bitrix.events import Event
from bridge24.core.clock import utc_naive
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
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _keep("ONCRMDEALUPDATE")
    now = utc_naive()
    monkeypatch.setattr(queries, "utc_naive", lambda: now)
    waits: list[timedelta] = []
    for _ in range(ATTEMPTS):
        async with transaction() as session:
            some = Some(entity="deal", object_ids=["5"], until=await queries.newest(session))
            await queries.note_failure(session, some, "refused")
        (event,) = await _events()
        assert event.not_before is not None
        waits.append(event.not_before - now)
        async with transaction() as session:
            assert (await queries.lot_of_records(session, limit=10)).records == []

    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=2)
    assert (event.state, event.outcome, event.attempts) == ("done", "failed", ATTEMPTS)
    assert event.error == "refused"


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
