"""The address of the events is public: it believes nobody who does not know the token."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select

from bridge24 import api
from bridge24.bitrix.events import MAX_BYTES
from bridge24.core.db import close_db, init_db, transaction
from bridge24.core.jobs import Job
from bridge24.core.settings import Settings
from bridge24.sync.realtime import tasks
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.door import Door
from bridge24.sync.realtime.models import SyncEvent

sys.path.insert(0, str(Path(__file__).parent))
from realtime_forgeries import GENUINE, KEY, OTHER, TOKEN, forgery

FORM = {"content-type": "application/x-www-form-urlencoded"}
FORGERIES = 1_000


def _app(token: str | None) -> FastAPI:
    settings = Settings(bitrix_application_token=SecretStr(token) if token else None)
    app = api.build(FastAPI())
    app.state.events_door = Door(settings)
    return app


@pytest.fixture
async def connected(migrated: str) -> AsyncIterator[None]:
    """The application connected to an empty database."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield
    await close_db()


@pytest.fixture
async def door(connected: None) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of an installation that knows two tokens."""
    transport = httpx.ASGITransport(app=_app(f"{TOKEN}, {OTHER}"))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
        yield caller


async def _post(caller: httpx.AsyncClient, body: str | bytes) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    return await caller.post(PATH, content=content, headers=FORM)


async def _kept() -> Sequence[SyncEvent]:
    async with transaction() as session:
        return (await session.scalars(select(SyncEvent).order_by(SyncEvent.id))).all()


async def _jobs() -> list[str]:
    async with transaction() as session:
        return list(await session.scalars(select(Job.task)))


async def test_a_genuine_event_is_kept_with_its_job_and_without_its_secrets(
    door: httpx.AsyncClient,
) -> None:
    for token in (TOKEN, OTHER):
        answer = await _post(door, f"{GENUINE}&{KEY}={token}&auth%5Baccess_token%5D=s6p6ecl")
        assert answer.status_code == 200

    kept = await _kept()
    assert [(row.name, row.entity, row.object_id, row.state) for row in kept] == [
        ("ONCRMDEALUPDATE", "deal", "7405", "waiting")
    ] * 2
    assert not any(secret in repr(vars(row)) for row in kept for secret in (TOKEN, "s6p6ecl"))
    assert await _jobs() == [tasks.DRAIN]


async def test_a_thousand_forgeries_change_nothing(door: httpx.AsyncClient) -> None:
    dice = random.Random(24)
    statuses = [(await _post(door, forgery(dice))).status_code for _ in range(FORGERIES)]

    assert set(statuses) == {401, 403}
    assert await _kept() == []
    assert await _jobs() == []


async def test_refusals_are_counted_where_an_operator_sees_them(door: httpx.AsyncClient) -> None:
    for body in (GENUINE, f"{GENUINE}&{KEY}=wrong", f"{GENUINE}&{KEY}=wrong"):
        await _post(door, body)

    status = (await door.get("/api/v1/webhooks/status")).json()
    refused = {each["reason"]: each["refused"] for each in status["refusals"]}
    assert refused == {"TokenMissing": 1, "TokenUnknown": 2}
    assert not status["has_ever_arrived"]


NO_EVENTS = (
    (b"", FORM["content-type"], 400),
    (b"\xff\xfe\x00", FORM["content-type"], 400),
    (b"event=" + b"%ZZ" * 9, FORM["content-type"], 400),
    (b"&".join(b"a=1" for _ in range(6_000)), FORM["content-type"], 400),
    (b"event=ONAPPTEST&a" + b"[x]" * 99 + b"=1", FORM["content-type"], 400),
    (b"event=ONCRMDEALUPDATE&x=" + b"y" * MAX_BYTES, FORM["content-type"], 413),
    (b'{"event":"ONCRMDEALUPDATE"}', "application/json", 415),
    (b"event=ONCRMDEALUPDATE", "", 415),
)


async def test_what_is_no_event_is_refused_in_words(door: httpx.AsyncClient) -> None:
    for body, content_type, status in NO_EVENTS:
        answer = await door.post(PATH, content=body, headers={"content-type": content_type})
        assert (answer.status_code, body[:20]) == (status, body[:20])
        assert answer.json()["message"]
    assert await _kept() == []


async def test_a_body_without_an_end_is_not_read_to_its_end(door: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65_536

    answer = await door.post(PATH, content=endless(), headers=FORM)

    assert answer.status_code == 413
    assert sent < 10


async def test_without_a_token_nothing_is_accepted_and_it_says_what_to_set(
    connected: None,
) -> None:
    transport = httpx.ASGITransport(app=_app(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
        answer = await _post(caller, f"{GENUINE}&{KEY}=")

    assert answer.status_code == 503
    assert "BITRIX_APPLICATION_TOKEN" in answer.json()["message"]


async def test_events_that_come_at_once_are_all_kept(door: httpx.AsyncClient) -> None:
    bodies = [
        f"event=ONCRMDEALUPDATE&data%5BFIELDS%5D%5BID%5D={number}&{KEY}={TOKEN}"
        for number in range(1, 201)
    ]
    answers = await asyncio.gather(*(_post(door, body) for body in bodies))

    assert {answer.status_code for answer in answers} == {200}
    assert {int(row.object_id) for row in await _kept()} == set(range(1, 201))
    async with transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Job)) == 1


async def test_the_feed_is_paged_from_the_newest(door: httpx.AsyncClient) -> None:
    for number in range(1, 6):
        body = f"event=ONCRMDEALUPDATE&data%5BFIELDS%5D%5BID%5D={number}&{KEY}={TOKEN}"
        await _post(door, body)

    first = (await door.get("/api/v1/sync/events", params={"limit": 3})).json()
    rest = (
        await door.get("/api/v1/sync/events", params={"limit": 3, "before": first["before"]})
    ).json()

    assert [event["object_id"] for event in first["events"] + rest["events"]] == list("54321")
    assert rest["before"] is None
