"""What the sync's API takes and gives; every moment is UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bridge24.sync.doctor import Level
from bridge24.sync.policy import Treatment
from bridge24.sync.progress import SyncMode
from bridge24.sync.registry import Strategy
from bridge24.sync.runs.models import RunEventKind, Status


def _in_utc(moment: object) -> object:
    """The databases keep UTC without saying so."""
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return moment.replace(tzinfo=UTC) if naive else moment  # type: ignore[union-attr,attr-defined]


Utc = Annotated[datetime, BeforeValidator(_in_utc)]


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


class RunErrorOut(BaseModel):
    """Why a run failed."""

    code: str
    origin: Literal["portal", "database", "settings", "state", "program"]
    message: str
    remedy: str | None


class ProgressOut(BaseModel):
    """How a run is doing, as its process said a second ago."""

    rows_per_second: float
    seconds: float
    resumed_rows: int
    """Rows an earlier, interrupted run of the same walk had stored."""
    expected_rows: int | None
    finish_in_seconds: float | None
    operating_seconds: float
    waiting_for: str | None
    waited_seconds: dict[str, float]
    troubles: dict[str, int]
    """Calls that failed and were made again, by what went wrong."""


class RunOut(BaseModel):
    """One run over one object."""

    id: int
    entity: str
    mode: SyncMode
    status: Status
    phase: str | None
    asked_by: str | None
    asked_at: Utc | None
    started_at: Utc
    finished_at: Utc | None
    beat_at: Utc | None
    attempts: int
    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    quarantined: int
    http_calls: int
    progress: ProgressOut | None
    error: RunErrorOut | None


class RunsOut(BaseModel):
    """One page of runs, the newest first."""

    runs: list[RunOut]
    next_cursor: int | None
    """What to ask for as ``cursor`` next; None: that was the last page."""


class RunEventOut(BaseModel):
    """One line of a run's timeline."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    run_id: int
    entity: str
    at: Utc
    kind: RunEventKind
    facts: dict[str, Any]


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


Verdict = Literal["fresh", "lagging", "broken"]
EntityState = Literal[
    "fresh", "lagging", "broken", "copying", "never", "paused", "off", "forbidden"
]


class EntityStatusOut(BaseModel):
    """How one object is doing."""

    entity: str
    title: str
    table: str
    state: EntityState
    phase: str | None
    """Of the open run; None: there is none."""
    rows_here: int | None
    rows_in_portal: int | None
    """As last known."""
    rows_in_portal_at: Utc | None
    rows_per_second: float | None
    finish_in_seconds: float | None
    cursor_at: Utc | None
    """Up to this moment of the portal's clock every change is stored."""
    looked_at: Utc | None
    lag_seconds: float | None
    """Since changes were last looked for with success."""
    quarantined: int
    next_run_at: Utc | None
    scope: str
    scope_granted: bool | None
    """None: the portal has not been asked yet."""
    run: RunOut | None
    """Queued or running."""
    last_run: RunOut | None
    """The last one that ended."""
    last_error: RunErrorOut | None
    """Of the last run, if it failed."""


class BucketOut(BaseModel):
    """The portal's bucket of calls, as the processes know it together."""

    capacity: float
    leaks_per_second: float
    level: float
    shared_by: int
    """Workers that share it at the moment."""


class MethodBudgetOut(BaseModel):
    """Operating seconds of one method in the last ten minutes."""

    method: str
    used_seconds: float
    limit_seconds: float
    reset_in_seconds: float


class BudgetOut(BaseModel):
    """What is used of the portal's limits."""

    bucket: BucketOut | None
    """None: nobody has called lately."""
    methods: list[MethodBudgetOut]
    at: Utc | None


class StatusOut(BaseModel):
    """How the whole mirror is doing."""

    verdict: Verdict
    reasons: list[str]
    """What keeps it from being fresh, e.g. ``no_worker``, ``lagging:deal``."""
    portal: str | None
    workers: int
    budget: BudgetOut
    entities: list[EntityStatusOut]
    at: Utc


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

    model_config = ConfigDict(from_attributes=True)

    id: int
    entity: str
    row_id: str
    reason: str
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
    reason: str | None


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
    sentence: str


class ResumedOut(BaseModel):
    """The run that goes on where the pause stopped one, if it did."""

    run: RunOut | None
