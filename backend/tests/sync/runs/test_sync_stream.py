"""Whoever watches sees what other processes do, and misses nothing when the line breaks."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.sse import ServerSentEvent
from runs_bench import PATIENCE_SECONDS, ended, until

from bridge24 import api
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync.progress import Note, SyncMode
from bridge24.sync.realtime.models import SyncEvent
from bridge24.sync.runs import opening
from bridge24.sync.runs.feed import Feed, last_line, stream
from bridge24.sync.runs.record import line

PATH = "/api/v1/sync/stream"


async def _write(*words: str) -> list[int]:
    """Add lines to a run's timeline, as another process would."""
    ids = []
    for word in words:
        async with transaction() as session:
            row = line(1, "deal", Note("note", {"word": word}), at=utc_naive())
            session.add(row)
            await session.flush()
            ids.append(row.id)
    return ids


def _words(messages: list[ServerSentEvent]) -> list[str]:
    return [message.data.facts["word"] for message in messages if message.event == "line"]


def _lasting(feed: Feed, after: int | None) -> AsyncGenerator[ServerSentEvent, None]:
    return stream(feed, after=after, seconds=PATIENCE_SECONDS)  # type: ignore[return-value]


async def _are_listening(feed: Feed, count: int) -> None:
    async def begun() -> bool:
        return len(feed._listeners) == count and feed._begun.is_set()

    await until(begun)


async def _looks(feed: Feed, more: int) -> None:
    """Wait until it has looked so many times more."""
    wanted = feed.looks + more

    async def looked() -> bool:
        return feed.looks >= wanted

    await until(looked)


async def _heard(feed: Feed, *, after: int | None, lines: int) -> list[ServerSentEvent]:
    """Listen until so many lines were heard."""
    heard: list[ServerSentEvent] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(_lasting(feed, after)) as messages:
        async for message in messages:
            heard.append(message)
            if len(_words(heard)) >= lines:
                return heard
    return heard


async def _open_run() -> None:
    """A run must be open: timelines are looked at together with runs."""
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    assert run.id == 1


async def test_a_stream_that_comes_again_hears_what_it_missed(connected: None) -> None:
    await _open_run()
    ids = await _write("one", "two", "three")

    heard = await _heard(Feed(), after=ids[0], lines=2)

    assert heard[0].event == "status"
    assert _words(heard) == ["two", "three"]
    assert [message.id for message in heard if message.id] == [str(i) for i in ids[1:]]


async def test_new_lines_are_heard_once_by_everybody(connected: None) -> None:
    await _open_run()
    await _write("old")
    feed = Feed()
    listening = [asyncio.create_task(_heard(feed, after=None, lines=3)) for _ in range(3)]
    await _are_listening(feed, 3)

    await _write("a", "b")
    await _looks(feed, 2)
    await _write("c")

    for heard in await asyncio.gather(*listening):
        assert _words(heard) == ["a", "b", "c"]
        assert "run" in {message.event for message in heard}


async def test_a_line_that_becomes_visible_late_is_heard(connected: None) -> None:
    """Its transaction took its id earlier than one that has been told already."""
    await _open_run()
    feed = Feed()
    listening = asyncio.create_task(_heard(feed, after=None, lines=2))
    await _are_listening(feed, 1)
    async with transaction() as slow:
        slow.add(line(1, "deal", Note("note", {"word": "late"}), at=utc_naive()))
        await slow.flush()
        await _write("early")
        await _looks(feed, 2)

    assert sorted(_words(await listening)) == ["early", "late"]


async def test_events_of_the_portal_are_announced(connected: None) -> None:
    feed = Feed()

    async def announced() -> ServerSentEvent:
        async with aclosing(_lasting(feed, None)) as messages:
            async for message in messages:
                if message.event == "received":
                    return message
        raise AssertionError("nothing was announced")

    listening = asyncio.create_task(announced())
    await _are_listening(feed, 1)
    async with transaction() as session:
        event = SyncEvent(
            name="ONCRMDEALADD",
            kind="record",
            entity="deal",
            object_id="5",
            source="webhook",
            member_id="",
            content="{}",
        )
        session.add(event)
        await session.flush()

    assert (await listening).data == {"last_event_id": event.id}


async def test_one_look_a_second_serves_however_many_listen(connected: None) -> None:
    await _open_run()
    feed = Feed()
    began = time.monotonic()
    listening = [asyncio.create_task(_heard(feed, after=None, lines=1)) for _ in range(20)]
    await _are_listening(feed, 20)
    await _looks(feed, 1)

    assert feed.looks <= 1 + time.monotonic() - began
    await _write("end")
    await asyncio.gather(*listening)


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(api.build(FastAPI()), port=0, log_level="error", lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await serving


async def test_a_browser_gets_events_and_resumes_by_their_ids(
    connected: None, working: None
) -> None:
    async with transaction() as session:
        before = await last_line(session)
    run = await opening.open_run("deal", mode=SyncMode.FULL, asked_by="ann")
    await ended(run.id, "succeeded")
    async with _served() as base, httpx2.AsyncClient(base_url=base) as http:
        headers = {"Last-Event-ID": str(before)}
        async with http.stream("GET", PATH, headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            told = await _until_end(response)
    assert told[-1] == {"ended": "succeeded"}


async def _until_end(response: httpx2.Response) -> list[dict]:
    told: list[dict] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for text in response.aiter_lines():
            if text.startswith("data:") and '"facts"' in text:
                told.append(json.loads(text.removeprefix("data:"))["facts"])
                if "ended" in told[-1]:
                    return told
    pytest.fail("the stream ended")
