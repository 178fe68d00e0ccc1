"""What the validation API takes and gives; every moment is UTC."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bridge24.sync.audit.plan import Method
from bridge24.sync.runs.schemas import Utc

SAMPLE = 200
Kind = Literal["gone", "missing", "stale", "revived", "value"]


class CheckIn(BaseModel):
    """How a table is to be compared."""

    model_config = ConfigDict(extra="forbid")

    method: Method | None = None
    """None: as is advised."""
    sample: int = Field(default=SAMPLE, ge=0, le=5_000)
    """Rows compared field by field."""


class RepairIn(BaseModel):
    """How what differs is to be repaired."""

    model_config = ConfigDict(extra="forbid")

    accept_deletions: bool = False
    """Believe it when a large share of the rows is gone."""


class EstimateOut(BaseModel):
    """What a comparison is expected to take, its sample included."""

    model_config = ConfigDict(from_attributes=True)

    method: Method
    http_calls: int
    operating_seconds: float
    """Seconds of the portal's limit for the list method."""
    wall_seconds: float


class CostOut(BaseModel):
    """What comparing an object would take."""

    entity: str
    estimates: list[EstimateOut]
    advised: Method
    measured_at: Utc | None
    """When a page was measured on this portal; null: by official figures."""


class ValidationOut(BaseModel):
    """One comparison, as it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    entity: str
    method: Method
    sample: int
    status: Literal["queued", "running", "repairing", "succeeded", "failed"]
    phase: str | None
    asked_at: Utc
    started_at: Utc | None
    finished_at: Utc | None
    checked_at: Utc | None
    """When it began to look, by the portal's clock."""
    rows_compared: int
    sampled: int
    source_rows: int | None
    """Rows in the portal."""
    target_rows: int | None
    """Rows stored and not deleted."""
    differing: int | None
    """Rows that differ."""
    recent: int
    """Rows that differ, changed so lately that they may be on their way."""
    unrepaired: int
    """Rows that differ and are not repaired yet."""
    repairs: int
    http_calls: int
    operating_seconds: float
    """As estimated before it began."""
    error_code: str | None
    error_message: str | None
    error_facts: dict[str, str | list[str]]
    """What the message names."""


class ValidationsOut(BaseModel):
    """The last comparison of every object that was compared."""

    validations: list[ValidationOut]


class DifferenceOut(BaseModel):
    """One difference: of a whole row, or of one column with both values."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    row_id: int
    kind: Kind
    column_name: str | None
    portal_value: str | None
    stored_value: str | None
    repaired_at: Utc | None


class DifferencesOut(BaseModel):
    """Differences, by the order in which they were found."""

    differences: list[DifferenceOut]
    next_cursor: int | None


class TopValueOut(BaseModel):
    """One value of a column that has few."""

    value: str
    rows: int


class ColumnOut(BaseModel):
    """What one column holds, in the rows looked at."""

    name: str
    label: str
    type: str
    personal: bool
    """It may tell of people: only shares are shown."""
    null_share: float
    distinct: int
    lowest: str | None
    highest: str | None
    top: list[TopValueOut]


class ColumnsOut(BaseModel):
    """A report on every column of a table."""

    entity: str
    table: str
    rows: int
    looked_at: int
    columns: list[ColumnOut]
