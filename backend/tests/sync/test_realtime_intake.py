"""Events that come together are kept together, and each sender hears what became of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import event, select

from bridge24.bitrix.events import Event
from bridge24.core.db import close_db, get_engine, init_db, transaction
from bridge24.core.errors import DatabaseError, DatabaseUnreachable
from bridge24.core.jobs import Job
from bridge24.core.settings import Settings
from bridge24.sync.realtime import intake, tasks
from bridge24.sync.realtime.intake import Intake
from bridge24.sync.realtime.models import Source, SyncEvent
from bridge24.sync.realtime.tokens import KnownTokens

MANY = 40
UNFIT = "X" * 200
"""Longer than any name of an event: no database takes it."""


@pytest.fixture
async def connected(migrated: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield
    await close_db()


def _of_deal(number: int) -> Event:
    return Event(name="ONCRMDEALUPDATE", data={"FIELDS": {"ID": str(number)}})


async def _keep(door: Intake, events: list[Event]) -> list[BaseException | None]:
    keeping = (door.keep(each, Source.WEBHOOK) for each in events)
    return await asyncio.gather(*keeping, return_exceptions=True)


async def _kept_ids() -> set[str]:
    async with transaction() as session:
        return set(await session.scalars(select(SyncEvent.object_id)))


async def test_events_that_come_together_share_a_commit_and_a_job(connected: None) -> None:
    commits: list[object] = []
    event.listen(get_engine().sync_engine, "commit", commits.append)

    assert await _keep(Intake(), [_of_deal(number) for number in range(1, MANY + 1)]) == (
        [None] * MANY
    )

    assert len(commits) == 1
    assert await _kept_ids() == {str(number) for number in range(1, MANY + 1)}
    async with transaction() as session:
        assert list(await session.scalars(select(Job.task))) == [tasks.DRAIN]


async def test_an_event_the_database_refuses_keeps_no_other_out(connected: None) -> None:
    events = [_of_deal(number) for number in range(1, MANY + 1)]
    events[17] = Event(name=UNFIT)

    told = await _keep(Intake(), events)

    assert [number for number, each in enumerate(told) if each is not None] == [17]
    assert isinstance(told[17], DatabaseError)
    assert await _kept_ids() == {str(number) for number in range(1, MANY + 1) if number != 18}


async def test_in_an_outage_all_hear_of_it_after_one_attempt(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []

    async def out(rows: list[object]) -> None:
        attempts.append(len(rows))
        raise DatabaseUnreachable(address="db", user="", database="", reason="refused")

    monkeypatch.setattr(intake, "keep_all", out)
    told = await _keep(Intake(), [_of_deal(number) for number in range(MANY)])

    assert {type(each) for each in told} == {DatabaseUnreachable}
    assert attempts == [MANY]


async def test_the_door_works_again_after_an_outage(
    connected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Intake()
    with monkeypatch.context() as away:
        away.setattr(intake, "keep_all", None)
        assert isinstance((await _keep(door, [_of_deal(1)]))[0], TypeError)

    assert await _keep(door, [_of_deal(2)]) == [None]
    assert await _kept_ids() == {"2"}


async def test_callers_who_wait_for_the_stored_tokens_share_one_look(connected: None) -> None:
    looks: list[object] = []
    event.listen(get_engine().sync_engine, "begin", looks.append)
    tokens = KnownTokens()

    known = await asyncio.gather(*(tokens.any(Settings()) for _ in range(MANY)))

    assert known == [False] * MANY
    assert len(looks) == 1
