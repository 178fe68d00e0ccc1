"""What is due when: objects of one rhythm are looked at together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bridge24.core.db import transaction
from bridge24.core.jobs import Priority
from bridge24.core.schedule import BadSchedule, Schedule
from bridge24.core.settings import Settings, get_settings
from bridge24.sync.entities import all_mirrored
from bridge24.sync.models import SyncConfig
from bridge24.sync.objects.sources import has_source
from bridge24.sync.realtime.waking import SWEEP
from bridge24.sync.registry import Mirrored, on_request

LOOK, AUDIT, DISCOVER, TEND = "sync.look", "sync.audit_all", "sync.discover", "sync.tend"
WHOLE = timedelta(hours=1)
"""What nothing tells changes of is read whole: not more often than this by default."""
EVERY_HOUR = timedelta(hours=1)
EVERY_MINUTE = timedelta(minutes=1)
EVERY_FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often an object is looked at."""

    every: timedelta | None = None
    cron: str | None = None
    zone: str = "UTC"

    @property
    def name(self) -> str:
        """The name of its schedule: objects of one rhythm share its slots."""
        if self.every is not None:
            return f"look:{self.every / timedelta(minutes=1):g}m"
        return f"look:{self.cron} {self.zone}"

    def schedule(self, names: Iterable[str] = ()) -> Schedule:
        """The schedule that looks at these objects.

        Raises:
            BadSchedule: The cron line or the zone cannot be read.
        """
        arguments = {"entities": list(names)}
        return Schedule(
            name=self.name,
            task=LOOK,
            arguments=arguments,
            every=self.every,
            cron=self.cron,
            zone=self.zone,
        )


def rhythm_of(each: Mirrored, config: SyncConfig | None, *, minutes: int) -> Rhythm:
    """Say how often an object is looked at.

    Args:
        each: A known object.
        config: What is wanted of it; None: the defaults.
        minutes: The default interval.
    """
    if config is not None and config.cron is not None:
        return Rhythm(cron=config.cron, zone=config.timezone)
    if config is not None and config.interval_minutes is not None:
        return Rhythm(every=timedelta(minutes=config.interval_minutes))
    usual = timedelta(minutes=minutes)
    is_dear = not each.cursor and has_source(each.entity)
    return Rhythm(every=max(usual, WHOLE) if is_dear else usual)


def is_enabled(name: str, config: SyncConfig | None) -> bool:
    """Say whether an object is switched on: those on request are not before somebody does it."""
    return config.enabled if config is not None else not on_request(name)


def is_wanted(name: str, config: SyncConfig | None) -> bool:
    """Say whether an object is looked at by itself."""
    return is_enabled(name, config) and not (config is not None and config.paused)


async def schedules() -> list[Schedule]:
    """The schedules as they are now: asked at each tick of the scheduler."""
    settings = get_settings()
    tend = Schedule(name="tend", task=TEND, every=EVERY_FIVE_MINUTES, priority=Priority.BACKGROUND)
    if settings.bitrix_webhook_url is None:
        return [tend]
    looks = _looks(await all_mirrored(), await configurations(), settings)
    return [tend, *looks, *_rounds(settings)]


async def configurations() -> dict[str, SyncConfig]:
    """What is wanted of each object that has a row."""
    async with transaction() as session:
        return {row.entity: row for row in await session.scalars(select(SyncConfig))}


def _looks(
    objects: Iterable[Mirrored], configs: Mapping[str, SyncConfig], settings: Settings
) -> list[Schedule]:
    together: defaultdict[Rhythm, list[str]] = defaultdict(list)
    for each in objects:
        config = configs.get(each.name)
        if is_wanted(each.name, config):
            minutes = settings.sync_default_interval_minutes
            together[rhythm_of(each, config, minutes=minutes)].append(each.name)
    return [rhythm.schedule(names) for rhythm, names in together.items()]


def _rounds(settings: Settings) -> list[Schedule]:
    rounds = [
        Schedule(name="discover", task=DISCOVER, every=EVERY_HOUR),
        Schedule(name="events", task=SWEEP, every=EVERY_MINUTE),
    ]
    if settings.sync_audit_cron:
        rounds.append(Schedule(name="audit", task=AUDIT, cron=settings.sync_audit_cron))
    return rounds


def checked_cron(cron: str, zone: str) -> None:
    """See that a cron line can be read.

    Raises:
        BadSchedule: It cannot.
    """
    if len(Rhythm(cron=cron, zone=zone).name) > 100:
        raise BadSchedule(reason=f'"{cron}" is too long')
    Rhythm(cron=cron, zone=zone).schedule()
