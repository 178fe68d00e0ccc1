"""What the sync's API takes and gives beside runs and status; every moment is UTC."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bridge24.core.web import ToldOut
from bridge24.sync.doctor import Level
from bridge24.sync.policy import Treatment
from bridge24.sync.progress import SyncMode
from bridge24.sync.registry import Strategy
from bridge24.sync.runs.schemas import RunEventOut, RunOut, Utc


class StartIn(BaseModel):
    """Which kind of run is wanted."""

    model_config = ConfigDict(extra="forbid")

    mode: SyncMode = SyncMode.FULL
    accept_deletions: bool = False
    """Believe it when a large share of the rows is gone."""


class ResetIn(BaseModel):
    """How much is forgotten before everything is read anew."""

    model_config = ConfigDict(extra="forbid")

    drop_table: bool = False
    """Drop the table as well, instead of comparing with what is in it."""


class SchemaChangeOut(BaseModel):
    """One change of a mirrored table."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    entity: str
    table_name: str
    column_name: str
    kind: str
    before: str | None
    after: str | None
    at: Utc


class SchemaChangesOut(BaseModel):
    """One page of changes, the newest first."""

    changes: list[SchemaChangeOut]
    next_cursor: int | None


class RunDetailOut(BaseModel):
    """A run with what happened in it."""

    run: RunOut
    timeline: list[RunEventOut]
    schema_changes: list[SchemaChangeOut]


class EntityConfigOut(BaseModel):
    """What is wanted of one object."""

    enabled: bool
    paused: bool
    interval_minutes: int | None
    """None: as ``default_interval_minutes`` or ``cron`` say."""
    cron: str | None
    timezone: str
    delete_mode: Literal["soft", "hard"]
    history: bool
    lookback_minutes: int
    columns: dict[str, Treatment]


class ConfigOut(BaseModel):
    """What is wanted of every object."""

    default_interval_minutes: int
    audit_cron: str
    entities: dict[str, EntityConfigOut]


class EntityConfigIn(BaseModel):
    """What to change about one object; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool | None = None
    paused: bool | None = None
    interval_minutes: int | None = Field(default=None, ge=1, le=100_000)
    cron: str | None = Field(default=None, max_length=80)
    timezone: str | None = Field(default=None, max_length=64)
    delete_mode: Literal["soft", "hard"] | None = None
    history: bool | None = None
    lookback_minutes: int | None = Field(default=None, ge=0, le=10_080)
    columns: dict[str, Treatment] | None = None


class ConfigIn(BaseModel):
    """What to change; objects that are left out stay."""

    model_config = ConfigDict(extra="forbid")

    entities: dict[str, EntityConfigIn]


class QuarantinedOut(BaseModel):
    """A row that could not be stored."""

    id: int
    entity: str
    row_id: str
    reason: ToldOut
    raw: str
    seen_at: Utc


class QuarantineOut(BaseModel):
    """One page of rows in quarantine, the newest first."""

    rows: list[QuarantinedOut]
    next_cursor: int | None


class ReplayedOut(BaseModel):
    """What became of a row that was asked for again."""

    stored: bool
    """False: it is in quarantine again, with the reason of this time."""
    reason: ToldOut | None


class ObjectOut(BaseModel):
    """One object that is mirrored."""

    entity: str
    title: str
    table: str
    key: list[str]
    scope: str
    scope_granted: bool | None
    strategy: Strategy
    list_method: str
    cursor_field: str | None
    event_prefix: str | None
    enabled: bool
    discovered: bool
    """Whether it is a smart process, or of one."""


class FindingOut(BaseModel):
    """One sentence about one thing that was looked at."""

    model_config = ConfigDict(from_attributes=True)

    level: Level
    subject: str
    code: str
    """What was found, for machines."""
    sentence: str
    facts: dict[str, str | list[str]]
    """What the sentence names."""


class ResumedOut(BaseModel):
    """The run that goes on where the pause stopped one, if it did."""

    run: RunOut | None
