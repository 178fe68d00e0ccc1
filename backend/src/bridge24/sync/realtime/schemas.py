"""What the API takes and gives about events."""

import json
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from bridge24.core.web import ToldOut


class ReceivedOut(BaseModel):
    """The kept events of one name."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    events: int
    last_at: datetime


class RefusalOut(BaseModel):
    """Calls of the events' address that were turned away, since the beginning."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    refused: int
    last_at: datetime


class EventOut(BaseModel):
    """One event of the portal and what came of it; moments in UTC."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    entity: str
    object_id: str
    source: Literal["webhook", "application", "offline"]
    sent_at: datetime | None
    received_at: datetime
    handled_at: datetime | None
    state: Literal["waiting", "done"]
    outcome: str | None
    attempts: int
    error: ToldOut | None

    @field_validator("error", mode="before")
    @classmethod
    def _as_kept(cls, kept: object) -> object:
        return json.loads(kept) if isinstance(kept, str) else kept


class EventsPageOut(BaseModel):
    """Events, newest first; ``before`` asks for the page after this one, null at the end."""

    events: list[EventOut]
    before: int | None


class StatusOut(BaseModel):
    """How the events of the portal are doing."""

    token_configured: bool
    """Whether any event could be accepted."""
    application_connected: bool
    has_ever_arrived: bool
    last_event: EventOut | None
    received: list[ReceivedOut]
    """Of the last seven days."""
    waiting: int
    oldest_waiting_at: datetime | None
    refusals: list[RefusalOut]


class StepOut(BaseModel):
    """One thing to do in the portal, in Russian and in English."""

    ru: str
    en: str


class RegisteredOut(BaseModel):
    """What was subscribed, or what a person has to do for it."""

    way: Literal["application", "outgoing_webhook"]
    handler_url: str
    events: list[str]
    """Bound, or to be ticked in the portal's form."""
    offline_events: list[str]
    refused: dict[str, str]
    """Events the portal would not bind, and why."""
    steps: list[StepOut]
    """Empty when nothing is left to do."""
