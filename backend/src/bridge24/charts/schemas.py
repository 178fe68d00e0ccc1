"""What the API takes and gives for charts and for the schema."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field, JsonValue, StringConstraints, field_validator

from bridge24.charts.spec import ChartSpec, Clarification, Strict
from bridge24.core.web import ToldOut

Language = Literal["ru", "en"]
Text = Annotated[str, Field(max_length=4000)]
Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=190)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Minutes = Annotated[int, Field(ge=5, le=7 * 24 * 60)]


class WarningOut(BaseModel):
    """What a reader of the figures should know."""

    doubt: str
    """``mixed_currencies``, ``planned_dates`` … : the interface has the words."""
    table: str
    column: str


class DataOut(BaseModel):
    """The answer of a chart's query."""

    columns: list[str]
    rows: list[dict[str, JsonValue]]
    truncated: bool
    seconds: float
    warnings: list[WarningOut]
    at: datetime
    """When the query ran, UTC."""
    error: ToldOut | None = None
    """Why it could not be run again; the rows are then those of the last time."""


class GenerateIn(Strict):
    """A question, or the next one about a chart."""

    prompt: Annotated[str, Field(min_length=1, max_length=2000)]
    language: Language = "ru"
    previous: ChartSpec | None = None
    tables: list[str] | None = None


class GenerateOut(BaseModel):
    """A chart with its answer, or a question back."""

    chart: ChartSpec | None = None
    data: DataOut | None = None
    clarification: Clarification | None = None
    corrections: int = 0
    verified: bool = False


class RunIn(Strict):
    """A chart that is not saved, with what the reader chose."""

    chart: ChartSpec
    parameters: dict[str, str] = Field(default_factory=dict)


class CheckIn(Strict):
    """A query to check while it is written."""

    sql: str
    parameters: list[str] = Field(default_factory=list)


class CheckOut(BaseModel):
    """Whether a query may be run; if not, why."""

    ok: bool
    error: str | None = None
    message: str | None = None
    facts: dict[str, str | list[str]] = Field(default_factory=dict)
    """What the message names."""
    tables: list[str] = Field(default_factory=list)


class SaveIn(Strict):
    """A chart to keep."""

    chart: ChartSpec
    description: Text = ""
    prompt: Text = ""
    pinned: bool = False
    refresh_minutes: Minutes | None = None


class ChangeIn(Strict):
    """What to change of a saved chart; what is not named stays."""

    chart: ChartSpec | None = None
    description: Text | None = None
    width: Annotated[int, Field(ge=1, le=2)] | None = None
    refresh_minutes: Minutes | None = None
    """None: never by itself."""

    @field_validator("chart", "description", "width", mode="before")
    @classmethod
    def _is_there(cls, value: object) -> object:
        if value is None:
            raise ValueError("leave it out to keep what there is")
        return value


class ChartOut(BaseModel):
    """A saved chart."""

    id: int
    title: str
    description: str
    prompt: str
    chart: ChartSpec
    pinned: bool
    position: int
    width: int
    refresh_minutes: int | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    result_at: datetime | None
    result_error: ToldOut | None


class ChartsOut(BaseModel):
    """One page of saved charts, pinned ones first."""

    charts: list[ChartOut]
    total: int
    page: int
    per_page: int


class PinOut(BaseModel):
    """Whether a chart is on the dashboard now."""

    id: int
    pinned: bool


class OrderIn(Strict):
    """The charts of the dashboard in their order."""

    ids: Annotated[list[int], Field(max_length=500)]


class RecordsIn(Strict):
    """A part of a chart whose records are wanted: the values of its key columns."""

    chart: ChartSpec
    where: dict[str, bool | int | float | str | None]
    parameters: dict[str, str] = Field(default_factory=dict)


class RecordOut(BaseModel):
    """One record behind a bar."""

    id: int
    title: str
    url: str | None
    """Its card in the portal."""


class RecordsOut(BaseModel):
    """The records behind a part of a chart."""

    table: str
    records: list[RecordOut]
    truncated: bool


class MetricBody(Strict):
    """A business term with what it means here."""

    term: Term
    meaning: Text


class RestoreIn(Strict):
    """Built-in terms that shall mean again what they meant at first."""

    terms: Annotated[list[Term] | None, Field(max_length=200)] = None
    """None: all of them."""


class BuiltInMetricOut(BaseModel):
    """A term that the program brings, with its first meaning."""

    term: str
    meaning: str
    state: Literal["used", "changed", "removed"]
    """Whether it is told to the model as it is here."""


class MetricOut(BaseModel):
    """A term, and whether it was changed here."""

    term: str
    meaning: str
    own: bool


class ExampleIn(Strict):
    """A question with the chart that answers it right."""

    question: Annotated[str, Field(min_length=1, max_length=2000)]
    chart: ChartSpec


class ExampleOut(BaseModel):
    """A verified question."""

    id: int
    question: str
    chart: ChartSpec
    verified_by: str
    verified_at: datetime


class ReferenceOut(BaseModel):
    """Where a column leads."""

    table: str
    column: str


class ColumnOut(BaseModel):
    """One column of a table."""

    name: str
    type: str
    kind: str
    label: str
    personal: bool
    null_share: float | None
    values: list[str]
    """Those of a column that has few, the commonest first."""
    labels: dict[str, str]
    """What these values are called, where they are codes."""
    least: str | None
    greatest: str | None
    references: ReferenceOut | None


class TableOut(BaseModel):
    """One table or view of the CRM."""

    name: str
    label: str
    is_view: bool
    rows: int | None
    rows_exact: bool
    fresh_at: str | None
    columns: list[ColumnOut]


class TablesOut(BaseModel):
    """Every table of the CRM, and the name of this state of the schema."""

    tables: list[TableOut]
    fingerprint: str


class DescriptionOut(BaseModel):
    """The description of the tables."""

    markdown: str
    written_by: str
    """The model; empty: put together from the metadata."""
    written_at: datetime | None
    model_available: bool
    error: ToldOut | None = None
    """Why the model did not write it just now."""
