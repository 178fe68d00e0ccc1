"""What a chart is: a query, and how its answer is drawn; pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ChartType(StrEnum):
    """How the answer is drawn."""

    BAR = "bar"
    LINE = "line"
    PIE = "pie"
    AREA = "area"
    SCATTER = "scatter"
    NUMBER = "number"
    """One figure."""
    TABLE = "table"


class Format(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    """The value 12.5 is 12.5 %."""
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    """Seconds."""


class Grain(StrEnum):
    """How long a step of a time axis is."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Strict(BaseModel):
    """Takes no unknown fields, and no text that PostgreSQL cannot keep."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _has_no_nul(cls, given: object) -> object:
        if _holds_nul(given):
            raise ValueError("a text holds a NUL character")
        return given


def _holds_nul(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value


class Series(Strict):
    """One column of the answer that is drawn."""

    column: str
    label: str
    format: Format = Format.NUMBER
    currency: str | None = None
    """``RUB``, ``USD`` …, for money."""


class Parameter(Strict):
    """A value the reader may choose; stands in the query as ``:name`` and is always bound."""

    name: Name
    kind: Literal["date", "text", "number"]
    label: str
    default: str | None = None


class ChartSpec(Strict):
    """A chart: ``{title, explanation, sql, chart_type, x, series, …}``."""

    title: Short
    explanation: str = ""
    """What the chart shows, in words."""
    sql: str
    chart_type: ChartType
    x: str | None = None
    """The column of the axis, of the slices' names or of the first coordinate."""
    x_format: Format = Format.TEXT
    grain: Grain = Grain.NONE
    series: list[Series] = Field(default_factory=list)
    split_by: str | None = None
    """A column whose values become one series each: the answer has a row for every one."""
    assumptions: list[str] = Field(default_factory=list)
    """What was taken for granted where the question leaves it open."""
    parameters: list[Parameter] = Field(default_factory=list)


class Clarification(Strict):
    """A question back, when the reader's can be understood in more than one way."""

    question: Short
    choices: list[Short] = Field(min_length=2, max_length=4)


class Draft(Strict):
    """What a model answers: a chart, or a question back; never both."""

    chart: ChartSpec | None = None
    clarification: Clarification | None = None


def lacking(spec: ChartSpec, columns: list[str]) -> str | None:
    """Say which of the columns a chart draws its answer lacks; None when it has all."""
    drawn = [series.column for series in spec.series]
    named = [name for name in (spec.x, spec.split_by) if name is not None]
    missing = [name for name in [*named, *drawn] if name not in columns]
    if not missing:
        return None
    return f"the answer has no column {', '.join(missing)}; it has {', '.join(columns)}"


def misfit(spec: ChartSpec, columns: list[str]) -> str | None:
    """Say what of a chart does not fit the columns of its answer; None when all does."""
    missing = lacking(spec, columns)
    if missing:
        return missing
    if spec.chart_type is ChartType.TABLE:
        return None
    if not spec.series:
        return "no series says which column is drawn"
    if spec.chart_type is not ChartType.NUMBER and spec.x is None:
        return f"a {spec.chart_type} chart needs x"
    return None
