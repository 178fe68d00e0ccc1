"""What the API tells of runs and of the whole mirror; every moment is UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from bridge24.sync.progress import SyncMode
from bridge24.sync.runs.models import RunEventKind, Status


def _in_utc(moment: object) -> object:
    """The databases keep UTC without saying so."""
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return moment.replace(tzinfo=UTC) if naive else moment  # type: ignore[attr-defined]


Utc = Annotated[datetime, BeforeValidator(_in_utc)]


class RunErrorOut(BaseModel):
    """Why a run failed."""

    code: str
    origin: Literal["portal", "database", "settings", "state", "program"]
    message: str
    remedy: str | None
    facts: dict[str, str | list[str]]
    """What the sentence names."""


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


class StartedOut(BaseModel):
    """The runs that were asked for."""

    runs: list[RunOut]


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
    portal_url: str | None
    """Its address without the webhook's code."""
    workers: int
    budget: BudgetOut
    entities: list[EntityStatusOut]
    at: Utc
