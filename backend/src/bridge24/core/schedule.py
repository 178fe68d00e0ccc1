"""Schedules: who keeps them hands them in; each slot of each becomes one job, anywhere."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import BigInteger, String, delete, func, select, update
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.db import get_dialect, transaction
from bridge24.core.errors import BadRequest, DatabaseError
from bridge24.core.jobs import Priority, enqueue, persist
from bridge24.core.jobs.models import now_ms
from bridge24.core.tables import Base

TICK_SECONDS = 1
NAME_LENGTH = 100
KEEP_SLOTS = timedelta(hours=1)
SHORTEST_INTERVAL = timedelta(seconds=1)
MOMENT = timedelta(milliseconds=1)
# Looking back is cheap when the nearest past is searched first; no cron leaves out 9 years.
LOOK_BACK = [timedelta(hours=1), *(timedelta(days=days) for days in (1, 7, 31, 366, 9 * 366))]
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

log = structlog.get_logger(__name__)


class BadSchedule(BadRequest):
    """The schedule cannot be understood: {reason}."""


class ScheduleSlot(Base):
    """A moment at which a schedule was due: whoever inserted the row queued the job."""

    __tablename__ = "schedule_slots"

    name: Mapped[str] = mapped_column(
        String(NAME_LENGTH).with_variant(
            mysql.VARCHAR(NAME_LENGTH, collation="utf8mb4_bin"), "mysql", "mariadb"
        ),
        primary_key=True,
    )
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Milliseconds since 1970."""
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    """NULL when no job was queued: paused, just made, or an equal job was waiting."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A task to queue again and again: by an interval, or by a cron line in a time zone.

    Intervals divide time since 1970 in UTC, so clocks put forward or back do not touch
    them. A cron line goes by the clock on the wall: what falls into the hour that is left
    out in spring comes an hour later, what falls into the hour that comes twice in autumn
    comes once, unless its hours field has an asterisk (every hour, every 15 minutes).

    Raises:
        BadSchedule: Neither or both of ``every`` and ``cron``, or one that cannot be read.
    """

    name: str
    task: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    every: timedelta | None = None
    """At least a second."""
    cron: str | None = None
    """Five fields; Sunday is 0 or 7; a day must fit both day fields."""
    zone: str = "UTC"
    paused: bool = False
    """A paused schedule lets its slots pass; they are not made up for."""
    key: str | None = None
    dedup: str | None = None
    """None: the schedule's own, so that a slow job is not queued twice."""
    priority: int = Priority.NORMAL

    def __post_init__(self) -> None:
        if len(self.name) > NAME_LENGTH:
            raise BadSchedule(reason="its name is too long")
        if (self.every is None) == (self.cron is None):
            raise BadSchedule(reason="give either an interval or a cron line")
        if self.every is not None and self.every < SHORTEST_INTERVAL:
            raise BadSchedule(reason="the interval is shorter than a second")
        if self.cron is not None:
            _trigger(self.cron, self.zone)

    def next_slot(self, after: datetime) -> datetime | None:
        """Say when it is due next, strictly after a moment; None when never again."""
        if self.cron is not None:
            return _next_of_cron(self.cron, self.zone, after)
        slots = _since_epoch(after) // self._every + 1
        return datetime.fromtimestamp(0, UTC) + slots * self._every

    def last_slot(self, until: datetime) -> datetime | None:
        """Say when it was due last, at a moment or before it; None when never before."""
        if self.cron is not None:
            return _last_of_cron(self.cron, self.zone, until)
        return datetime.fromtimestamp(0, UTC) + _since_epoch(until) // self._every * self._every

    @property
    def _every(self) -> timedelta:
        return self.every or SHORTEST_INTERVAL


Source = Callable[[], Awaitable[Iterable[Schedule]]]


async def run_scheduler(source: Source, *, stop: asyncio.Event | None = None) -> None:
    """Queue the jobs of schedules as they fall due, until ``stop`` is set or cancelled.

    Any number of processes may do this for the same schedules at once. A slot that passed
    while no process ran is made up for once, however many passed.

    Args:
        source: Reads the schedules as they are now; asked at each tick.
        stop: Set it to end.
    """

    async def ticking() -> None:
        try:
            await tick(await source())
        except DatabaseError as error:
            log.warning("schedule.database_failed", reason=str(error))
        except asyncio.CancelledError:
            # The end, in the middle of a tick: APScheduler would write a traceback.
            log.debug("schedule.tick_cut")

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(ticking, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1)
    scheduler.start()
    try:
        await (stop or asyncio.Event()).wait()
    finally:
        scheduler.shutdown(wait=False)


async def tick(schedules: Iterable[Schedule]) -> int:
    """Queue a job for each schedule whose newest slot nobody has taken; says how many."""
    given = list(schedules)
    async with transaction() as session:
        now = await session.scalar(select(now_ms()))
        newest = select(ScheduleSlot.name, func.max(ScheduleSlot.slot))
        rows = await session.execute(newest.group_by(ScheduleSlot.name))
        taken = {name: int(slot) for name, slot in rows}
    moment = datetime.fromtimestamp((now or 0) / 1000, UTC)
    queued = 0
    for schedule in given:
        slot = schedule.last_slot(moment)
        if slot is not None and _ms(slot) > taken.get(schedule.name, -1):
            queued += await _take(schedule, _ms(slot))
    return queued


async def _take(schedule: Schedule, slot: int) -> bool:
    async def take() -> bool:
        async with transaction() as session:
            if not await _is_first(session, schedule.name, slot):
                return False
            return await _queue(session, schedule, slot)

    return await persist(take)


async def _is_first(session: AsyncSession, name: str, slot: int) -> bool:
    """Insert the row that decides; whoever comes second waits for the first and loses."""
    values = {"name": name, "slot": slot}
    if get_dialect() == "postgresql":
        # Its driver does not count the rows of such an insert.
        row = postgresql.insert(ScheduleSlot).values(values).on_conflict_do_nothing()
        return await session.scalar(row.returning(ScheduleSlot.slot)) is not None
    done = await session.execute(mysql.insert(ScheduleSlot).values(values).prefix_with("IGNORE"))
    return bool(done.rowcount)  # type: ignore[attr-defined]


async def _queue(session: AsyncSession, schedule: Schedule, slot: int) -> bool:
    others = (ScheduleSlot.name == schedule.name, ScheduleSlot.slot != slot)
    known = await session.scalar(select(func.count()).where(*others))
    old = slot - KEEP_SLOTS // MOMENT
    await session.execute(delete(ScheduleSlot).where(*others, ScheduleSlot.slot < old))
    if not known or schedule.paused:
        return False
    job_id = await enqueue(
        session,
        schedule.task,
        key=schedule.key,
        dedup=schedule.dedup or f"schedule:{schedule.name}",
        priority=schedule.priority,
        **schedule.arguments,
    )
    mine = (ScheduleSlot.name == schedule.name, ScheduleSlot.slot == slot)
    await session.execute(update(ScheduleSlot).where(*mine).values(job_id=job_id))
    return job_id is not None


def _next_of_cron(cron: str, zone: str, after: datetime) -> datetime | None:
    # Given its previous answer, the trigger goes in circles in the hour that comes twice;
    # given only the present moment it does not.
    trigger = _trigger(cron, zone)
    keeps_both = "*" in cron.split()[1]
    moment = after.astimezone(UTC)
    while True:
        found: datetime | None = trigger.get_next_fire_time(None, moment + MOMENT)
        if found is None:
            return None
        # The trigger's answers in the hour left out in spring carry the old offset.
        moment = found.astimezone(UTC)
        second_time = moment.astimezone(ZoneInfo(zone)).fold == 1
        if keeps_both or not second_time:
            return moment


def _last_of_cron(cron: str, zone: str, until: datetime) -> datetime | None:
    for back in LOOK_BACK:
        last = None
        following = _next_of_cron(cron, zone, until - back)
        while following is not None and following <= until:
            last = following
            following = _next_of_cron(cron, zone, following)
        if last is not None:
            return last
    return None


@lru_cache(maxsize=256)
def _trigger(cron: str, zone: str) -> Any:
    fields = cron.split()
    if len(fields) != 5:
        raise BadSchedule(reason=f'"{cron}" does not have five fields')
    try:
        weekdays = _weekdays(fields[4])
        return CronTrigger.from_crontab(" ".join([*fields[:4], weekdays]), ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSchedule(reason=f'"{cron}" in {zone}: {error}') from None


def _weekdays(text: str) -> str:
    """Write the days of the week by name: cron counts from Sunday, the trigger from Monday."""
    parts = [_named(part) for part in text.lower().split(",")]
    return ",".join(name for names in parts for name in names)


def _named(part: str) -> Sequence[str]:
    found = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
    if part == "*" or found is None:
        return [part]
    first, last, step = found.groups()
    start, end = (0, 6) if first == "*" else (_day(first), _day(last or first))
    if step and not last:
        end = 6
    return [WEEKDAYS[day % 7] for day in range(start, end + 1, int(step or 1))]


def _day(word: str) -> int:
    if word.isdigit() and int(word) <= 7:
        return int(word)
    return WEEKDAYS.index(word)


def _since_epoch(moment: datetime) -> timedelta:
    return moment - datetime.fromtimestamp(0, UTC)


def _ms(moment: datetime) -> int:
    return _since_epoch(moment) // MOMENT
