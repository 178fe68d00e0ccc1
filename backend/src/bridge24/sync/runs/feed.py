"""What happens, as it happens: one look a second at the database for all who listen."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from fastapi.sse import ServerSentEvent
from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.database_clock import database_now
from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.sync.models import SyncLog
from bridge24.sync.realtime.models import SyncEvent
from bridge24.sync.runs import status
from bridge24.sync.runs.models import OPEN, SyncRunEvent
from bridge24.sync.runs.shown import event_out, run_out

LOOK_SECONDS = 1.0
STATUS_SECONDS = 5.0
SETTLED_SECONDS = 10.0
"""A line may become visible after one with a higher id; not so late."""
BEHIND = timedelta(seconds=SETTLED_SECONDS)
UNSETTLED_LINES = 200
MOST_REPLAYED = 500
ROOM = 2_000
"""Messages a listener may be behind before it has to come again."""

log = structlog.get_logger(__name__)

Message = ServerSentEvent


@dataclass(slots=True, eq=False)
class Listener:
    """One stream; ``None`` in its queue ends it."""

    queue: asyncio.Queue[Message | None] = field(default_factory=lambda: asyncio.Queue(ROOM))

    def tell(self, message: Message | None) -> None:
        """Hand on a message; one that is too far behind has to come again, and resumes."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = None
        self.queue.put_nowait(message)


class Feed:
    """Looks at the database while anybody listens."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self.looks = 0
        """How often the database was looked at."""
        self._begun = asyncio.Event()
        self._present: tuple[float, Message] | None = None
        self._asking = asyncio.Lock()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """Hear everything while the block runs."""
        listener = Listener()
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._begun.clear()
            self._looking = asyncio.create_task(self._look())
        try:
            await self._begun.wait()
            yield listener
        finally:
            self._listeners.discard(listener)

    async def present(self) -> Message:
        """How the whole mirror is doing, a few seconds old at most; asked once for all."""
        async with self._asking:
            if self._present is None or time.monotonic() - self._present[0] >= STATUS_SECONDS:
                message = Message(event="status", data=await status.status())
                self._present = (time.monotonic(), message)
            return self._present[1]

    async def _look(self) -> None:
        view = View()
        told: Message | None = None
        while self._listeners:
            began = time.monotonic()
            self.looks += 1
            try:
                messages = await view.news()
                present = await self.present()
            except AppError as error:
                log.warning("feed.database_failed", reason=str(error))
            else:
                self._begun.set()
                messages += [present] if present is not told else []
                told = present
                self._tell(messages)
            await asyncio.sleep(max(0.0, began + LOOK_SECONDS - time.monotonic()))

    def _tell(self, messages: Sequence[Message]) -> None:
        for listener in tuple(self._listeners):
            for message in messages:
                listener.tell(message)


@dataclass(slots=True)
class View:
    """Remembers what has been told, so that only news are."""

    _low: int | None = None
    _told: dict[int, float] = field(default_factory=dict)
    _beats: dict[int, tuple[object, ...]] = field(default_factory=dict)
    _last_event: int | None = None

    async def news(self) -> list[Message]:
        """Look once: what changed in runs and their timelines, and at times the whole."""
        async with transaction() as session:
            if self._low is None:
                self._low = await self._begin(session)
            rows = await _changed(session, after=self._low)
            last_event = await session.scalar(select(func.max(SyncEvent.id))) or 0
        runs = {run.id: run for run, _ in rows}
        lines = {line.id: line for _, line in rows if line is not None}
        fresh = sorted(lines.keys() - self._told.keys())
        messages = [line_message(lines[line_id]) for line_id in fresh]
        self._settle(lines)
        messages += [run_message(run) for run in runs.values() if self._is_new(run)]
        if self._last_event not in {None, last_event}:
            messages.append(Message(event="received", data={"last_event_id": last_event}))
        self._last_event = last_event
        return messages

    async def _begin(self, session: AsyncSession) -> int:
        """Take what is there as told, but for lines that become visible late."""
        low = max(0, await last_line(session) - UNSETTLED_LINES)
        there = await session.scalars(select(SyncRunEvent.id).where(SyncRunEvent.id > low))
        self._told = dict.fromkeys(there.all(), time.monotonic())
        return low

    def _settle(self, lines: dict[int, SyncRunEvent]) -> None:
        now = time.monotonic()
        for line_id in lines:
            self._told.setdefault(line_id, now)
        settled = [i for i, told_at in self._told.items() if now - told_at > SETTLED_SECONDS]
        self._low = max([self._low or 0, *settled])
        self._told = {i: at for i, at in self._told.items() if i > self._low}

    def _is_new(self, run: SyncLog) -> bool:
        beat = (run.status, run.beat_at, run.phase, run.rows_read)
        is_new = self._beats.get(run.id) != beat
        self._beats[run.id] = beat
        if len(self._beats) > ROOM:
            self._beats.pop(next(iter(self._beats)))
        return is_new


async def last_line(session: AsyncSession) -> int:
    """The id of the latest line there is."""
    return await session.scalar(select(func.max(SyncRunEvent.id))) or 0


async def lines_after(session: AsyncSession, after: int) -> Sequence[SyncRunEvent]:
    """Lines a stream has missed: the latest few hundred at most, in order."""
    missed = select(SyncRunEvent).where(SyncRunEvent.id > after).order_by(SyncRunEvent.id.desc())
    return (await session.scalars(missed.limit(MOST_REPLAYED))).all()[::-1]


async def _changed(
    session: AsyncSession, *, after: int
) -> Sequence[tuple[SyncLog, SyncRunEvent | None]]:
    """Runs that are open or changed lately, each with its new lines: one query."""
    since = database_now(-BEHIND)
    lately = or_(SyncLog.status.in_(OPEN), SyncLog.beat_at >= since, SyncLog.finished_at >= since)
    found = await session.execute(
        select(SyncLog, SyncRunEvent)
        .outerjoin(SyncRunEvent, and_(SyncRunEvent.run_id == SyncLog.id, SyncRunEvent.id > after))
        .where(lately)
        .order_by(SyncLog.id)
    )
    return [(row[0], row[1]) for row in found]


def line_message(line: SyncRunEvent) -> Message:
    """A line of a timeline; its id is what a stream resumes after."""
    return Message(event="line", id=str(line.id), data=event_out(line))


def run_message(run: SyncLog) -> Message:
    """A run whose figures or status changed."""
    return Message(event="run", data=run_out(run))


async def stream(feed: Feed, *, after: int | None, seconds: float) -> AsyncIterator[Message]:
    """Tell what happens: first the present state and what was missed, then all that is new.

    Args:
        feed: Of this process.
        after: The id of the last line heard before; None: nothing is made up for.
        seconds: How long it lasts; then one comes again, and proves anew who one is.
    """
    async with feed.listening() as listener:
        yield await feed.present()
        heard = await _told_by_now(after)
        for line in heard.values():
            yield line_message(line)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (message := await listener.queue.get()) is not None:
                    if message.id not in heard:
                        yield message


async def _told_by_now(after: int | None) -> dict[str | None, SyncRunEvent]:
    """What a stream that comes again has missed, by the id of the message."""
    if after is None:
        return {}
    async with transaction() as session:
        return {str(line.id): line for line in await lines_after(session, after)}
