"""What the events' address needs between two calls: one set an application."""

from dataclasses import dataclass, field

from fastapi import FastAPI

from bridge24.core.settings import Settings, get_settings
from bridge24.sync.realtime.intake import Intake
from bridge24.sync.realtime.refusals import Refusals
from bridge24.sync.realtime.tokens import KnownTokens


@dataclass(slots=True)
class Door:
    """The collecting writer, the tokens read last, the refusals not stored yet."""

    settings: Settings = field(default_factory=get_settings)
    intake: Intake = field(default_factory=Intake)
    tokens: KnownTokens = field(default_factory=KnownTokens)
    refusals: Refusals = field(default_factory=Refusals)


def door_of(app: FastAPI) -> Door:
    """Find the application's door; the first time, make it."""
    door = getattr(app.state, "events_door", None)
    if not isinstance(door, Door):
        door = app.state.events_door = Door()
    return door
