"""Charts made by hand: a table, a measure, a dimension and filters become a query; pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from sqlglot import exp

from bridge24.charts.errors import ChartServiceError
from bridge24.charts.knowledge.facts import Column, Kind, Table
from bridge24.charts.spec import ChartSpec, ChartType, Format, Grain, Series, Short, Strict

Dialect = Literal["postgresql", "mysql"]
Aggregation = Literal["count", "count_distinct", "sum", "avg", "min", "max"]
Comparison = Literal["=", "!=", ">", ">=", "<", "<=", "in", "contains", "empty", "not_empty"]
MOST_ROWS = 1000
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,20})?")
_NEEDS_NUMBER = ("sum", "avg")
_DATES = (Kind.DATE, Kind.DATETIME)
_NUMBERS = (Kind.INTEGER, Kind.NUMBER)


class CannotBuild(ChartServiceError):
    """The chart cannot be made of these choices: {reason}."""

    status = 422


class Filter(Strict):
    """A condition that rows must meet."""

    column: str
    comparison: Comparison
    values: list[str] = Field(default_factory=list, max_length=100)


class Choices(Strict):
    """What somebody chose in the builder."""

    title: Short
    table: str
    dimension: str | None = None
    """The column rows are grouped by; None: one figure."""
    grain: Grain = Grain.NONE
    split_by: str | None = None
    """A second column; its values become the colours."""
    measure: str | None = None
    """The column that is aggregated; counting needs none."""
    aggregation: Aggregation = "count"
    filters: list[Filter] = Field(default_factory=list, max_length=20)
    chart_type: ChartType = ChartType.BAR
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


def build(choices: Choices, tables: Mapping[str, Table], *, dialect: Dialect) -> ChartSpec:
    """Make a chart of what was chosen, without any language model.

    Deleted rows are left out. Sums of money are split by currency when the table has one.

    Raises:
        CannotBuild: A table or column is not there, or does not suit its part.
    """
    table = tables.get(choices.table)
    if table is None:
        raise CannotBuild(reason=f'there is no table "{choices.table}"')
    query = exp.select().from_(exp.to_identifier(table.name, quoted=True))
    keys = _keys(choices, table, dialect)
    for alias, key in keys.items():
        query = query.select(exp.alias_(key.copy(), alias)).group_by(key.copy())
    query = query.select(exp.alias_(_measured(choices, table), "value"))
    for condition in _conditions(choices, table):
        query = query.where(condition)
    by_time = choices.grain is not Grain.NONE
    if keys:
        order = exp.column("x").asc() if by_time else exp.column("value").desc()
        query = query.order_by(order).limit(choices.limit)
    return _spec(choices, table, keys, sql=query.sql(dialect=_sqlglot(dialect), pretty=True))


def _sqlglot(dialect: Dialect) -> str:
    return "postgres" if dialect == "postgresql" else "mysql"


def _column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise CannotBuild(reason=f'the table "{table.name}" has no column "{name}"')
    return column


def _named(column: Column) -> exp.Column:
    return exp.column(column.name, quoted=True)


def _keys(choices: Choices, table: Table, dialect: Dialect) -> dict[str, exp.Expression]:
    keys: dict[str, exp.Expression] = {}
    if choices.dimension is not None:
        column = _column(table, choices.dimension)
        keys["x"] = _grained(column, choices.grain, dialect)
    if choices.split_by is not None:
        if choices.dimension is None:
            raise CannotBuild(reason="a split needs a dimension to begin with")
        keys["part"] = _named(_column(table, choices.split_by))
    elif _is_money(choices, table) and choices.chart_type is not ChartType.PIE:
        keys["part"] = _named(_column(table, "currency_id"))
    return keys


def _is_money(choices: Choices, table: Table) -> bool:
    summed = choices.measure == "opportunity" and choices.aggregation in ("sum", "avg")
    return summed and table.column("currency_id") is not None


def _grained(column: Column, grain: Grain, dialect: Dialect) -> exp.Expression:
    if grain is Grain.NONE:
        return _named(column)
    if column.kind not in _DATES:
        raise CannotBuild(reason=f'"{column.name}" is not a date, so it has no {grain}')
    if dialect == "postgresql":
        truncated = exp.Anonymous(
            this="DATE_TRUNC", expressions=[exp.Literal.string(grain), _named(column)]
        )
        return exp.cast(truncated, "date")
    return _MYSQL_GRAINS[grain](_named(column))


def _text_date(column: exp.Expression, pattern: str) -> exp.Expression:
    written = exp.Anonymous(this="DATE_FORMAT", expressions=[column, exp.Literal.string(pattern)])
    return exp.cast(written, "date")


def _week(column: exp.Expression) -> exp.Expression:
    day = exp.Anonymous(this="WEEKDAY", expressions=[column.copy()])
    monday = exp.Sub(this=column, expression=exp.Interval(this=day, unit=exp.var("DAY")))
    return exp.cast(monday, "date")


def _quarter(column: exp.Expression) -> exp.Expression:
    year = exp.Anonymous(this="YEAR", expressions=[column.copy()])
    first = exp.Anonymous(this="MAKEDATE", expressions=[year, exp.Literal.number(1)])
    number = exp.Anonymous(this="QUARTER", expressions=[column])
    later = exp.Interval(
        this=exp.paren(exp.Sub(this=number, expression=exp.Literal.number(1))),
        unit=exp.var("QUARTER"),
    )
    return exp.Add(this=first, expression=later)


_MYSQL_GRAINS: Mapping[Grain, Callable[[exp.Expression], exp.Expression]] = {
    Grain.DAY: lambda column: exp.cast(column, "date"),
    Grain.WEEK: _week,
    Grain.MONTH: lambda column: _text_date(column, "%Y-%m-01"),
    Grain.QUARTER: _quarter,
    Grain.YEAR: lambda column: _text_date(column, "%Y-01-01"),
}


def _measured(choices: Choices, table: Table) -> exp.Expression:
    if choices.aggregation == "count" and choices.measure is None:
        return exp.Count(this=exp.Star())
    if choices.measure is None:
        raise CannotBuild(reason=f"{choices.aggregation} needs a column to work on")
    column = _column(table, choices.measure)
    if choices.aggregation in _NEEDS_NUMBER and column.kind not in _NUMBERS:
        raise CannotBuild(reason=f'"{column.name}" holds no numbers, so it has no sum or average')
    named: exp.Expression = _named(column)
    if choices.aggregation == "count_distinct":
        return exp.Count(this=exp.Distinct(expressions=[named]))
    return _AGGREGATES[choices.aggregation](this=named)


_AGGREGATES: Mapping[str, type[exp.Expression]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
}


def _conditions(choices: Choices, table: Table) -> list[exp.Expression]:
    conditions = [_condition(_column(table, each.column), each) for each in choices.filters]
    if table.column("_deleted_at") is not None and not table.is_view:
        conditions.append(exp.column("_deleted_at", quoted=True).is_(exp.null()))
    return conditions


def _condition(column: Column, wanted: Filter) -> exp.Expression:
    named = _named(column)
    if wanted.comparison in ("empty", "not_empty"):
        empty = named.is_(exp.null())
        return empty if wanted.comparison == "empty" else exp.not_(empty)
    if not wanted.values:
        raise CannotBuild(reason=f'the filter on "{column.name}" has no value')
    values = [_literal(column, value) for value in wanted.values]
    if wanted.comparison == "in":
        return named.isin(*values)
    if wanted.comparison == "contains":
        if column.kind is not Kind.TEXT:
            raise CannotBuild(reason=f'"{column.name}" is no text to look into')
        return exp.Like(this=named, expression=exp.Literal.string(_pattern(wanted.values[0])))
    return _COMPARISONS[wanted.comparison](this=named, expression=values[0])


_COMPARISONS: Mapping[str, type[exp.Expression]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}


def _pattern(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


def _literal(column: Column, value: str) -> exp.Expression:
    """Write a value as the column's kind asks; what does not suit it is refused."""
    try:
        if column.kind in _NUMBERS:
            return exp.Literal.number(_NUMBER.fullmatch(value.strip())[0])  # type: ignore[index]
        if column.kind is Kind.BOOLEAN:
            return exp.Boolean(this={"true": True, "1": True, "false": False, "0": False}[value])
        if column.kind in _DATES:
            date.fromisoformat(value[:10])
    except (ValueError, KeyError, TypeError):
        reason = f'"{value}" is no {column.kind} as "{column.name}" holds'
        raise CannotBuild(reason=reason) from None
    return exp.Literal.string(value)


def _spec(
    choices: Choices, table: Table, keys: Mapping[str, exp.Expression], *, sql: str
) -> ChartSpec:
    measure = table.column(choices.measure) if choices.measure else None
    label = (measure.label or measure.name) if measure else choices.title
    money = choices.measure == "opportunity" and choices.aggregation != "count"
    counts = choices.aggregation in ("count", "count_distinct")
    format_ = Format.INTEGER if counts else Format.MONEY if money else Format.NUMBER
    chart_type = choices.chart_type if "x" in keys or not keys else ChartType.TABLE
    return ChartSpec(
        title=choices.title,
        sql=sql,
        chart_type=chart_type if keys else ChartType.NUMBER,
        x="x" if "x" in keys else None,
        x_format=Format.DATE if choices.grain is not Grain.NONE else Format.TEXT,
        grain=choices.grain,
        series=[Series(column="value", label=label, format=format_)],
        split_by="part" if "part" in keys else None,
    )
