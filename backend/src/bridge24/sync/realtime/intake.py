"""Keeps events durably, those that come at the same time in one commit."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import orjson
import psycopg
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bridge24.bitrix.events import Event
from bridge24.core.db import connection, get_dialect, transaction
from bridge24.core.errors import DatabaseError
from bridge24.core.jobs import commit_with, persist
from bridge24.sync.realtime import queries
from bridge24.sync.realtime.models import Outcome, Source, State
from bridge24.sync.realtime.subjects import Kind, subject_of
from bridge24.sync.realtime.waking import order_of, wake

MOST_AT_ONCE = 500
CROWDED_SECONDS = 0.1
"""So long after events that came together others are expected to."""
GATHER_SECONDS = 0.02
"""From one commit for many to the next, at most: it costs as much as several events."""
GATHER_SHARE = 3
"""So many times as long as the last commit took."""
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999."""

Kept = dict[str, Any]
Promised = tuple[Kept, "asyncio.Future[None]"]
"""An event, and who waits until it is durable."""


def kept(event: Event, source: Source) -> Kept:
    """Write an event as a row of ``sync_events``; its tokens stay out.

    When it came is written by the database, whose clock all processes share.
    """
    subject = subject_of(event)
    lazy = subject.kind in (Kind.NOTHING, Kind.APPLICATION)
    return {
        "name": event.name,
        "kind": subject.kind,
        "entity": subject.entity,
        "object_id": subject.object_id,
        "source": source,
        "member_id": event.member_id.replace("\0", "")[:64],
        "sent_at": _moment(event.ts),
        "content": orjson.dumps(event.data).decode(),
        "state": State.DONE if lazy else State.WAITING,
        "outcome": Outcome.IGNORED if lazy else None,
        "attempts": 0,
    }


async def keep_all(rows: Sequence[Kept]) -> None:
    """Keep events and queue the work they call for, in one transaction.

    Raises:
        DatabaseError: Nothing was kept.
    """

    write = _on_postgresql if get_dialect() == "postgresql" else _on_mysql
    await persist(partial(write, rows))


async def _on_postgresql(rows: Sequence[Kept]) -> None:
    orders = [order_of(Kind(kind), entity) for kind, entity in _concerned(rows)]
    async with connection() as conn:
        raw = await conn.get_raw_connection()
        driver = cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
        await queries.keep_directly(driver, rows)
        await commit_with(driver, [order for order in orders if order])


async def _on_mysql(rows: Sequence[Kept]) -> None:
    async with transaction() as session:
        await queries.keep(session, rows)
        for kind, entity in _concerned(rows):
            await wake(session, kind=Kind(kind), entity=entity)


def _concerned(rows: Sequence[Kept]) -> Sequence[tuple[str, str]]:
    """The kinds and objects for which there is something to do, in an order all writers keep."""
    return sorted({(row["kind"], _woken(row)) for row in rows if row["state"] == State.WAITING})


def _woken(row: Kept) -> str:
    return "" if row["kind"] == Kind.ROW else str(row["entity"])


def _moment(seconds: int | None) -> datetime | None:
    if seconds is None or seconds > LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


@dataclass(slots=True)
class Intake:
    """Collects the events that come while the last ones are being committed.

    A portal posts thousands of events after a mass change; a commit each would be their limit.
    """

    _waiting: list[Promised] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None
    _next_at: float = float("-inf")
    _crowded_until: float = float("-inf")

    async def keep(self, event: Event, source: Source) -> None:
        """Return when the event is durable.

        Raises:
            DatabaseError: It is not.
        """
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((kept(event, source), durable))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await durable

    async def _write(self) -> None:
        try:
            while self._waiting:
                if time.monotonic() < self._crowded_until:
                    await asyncio.sleep(self._next_at - time.monotonic())
                began = time.monotonic()
                batch, self._waiting = (
                    self._waiting[:MOST_AT_ONCE],
                    self._waiting[MOST_AT_ONCE:],
                )
                await _settle(batch)
                ended = time.monotonic()
                self._next_at = began + min(GATHER_SECONDS, GATHER_SHARE * (ended - began))
                if len(batch) > 1:
                    self._crowded_until = ended + CROWDED_SECONDS
        finally:
            self._writer = None


async def _settle(batch: Sequence[Promised]) -> None:
    """Keep events and answer those who wait for them.

    One that the database will not have must not keep the others out: they are tried in halves.
    """
    try:
        await keep_all([row for row, _ in batch])
    except Exception as error:  # every sender must hear of it, whatever it is
        if len(batch) == 1 or _is_outage(error):
            _tell(batch, error)
            return
        middle = len(batch) // 2
        await _settle(batch[:middle])
        await _settle(batch[middle:])
    else:
        _tell(batch, None)


def _is_outage(error: Exception) -> bool:
    """Whether it is the database's trouble, which no other choice of events mends."""
    if isinstance(error, DatabaseError):
        return type(error) is not DatabaseError
    return isinstance(error, NoConnectionFree)


def _tell(batch: Sequence[Promised], failure: Exception | None) -> None:
    for _, durable in batch:
        if durable.done():
            continue
        if failure is None:
            durable.set_result(None)
        else:
            durable.set_exception(failure)
