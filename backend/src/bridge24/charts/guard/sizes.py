"""Pure: how many rows a source of a query gives at most, where the query itself says so."""

import math
from collections.abc import Mapping

from sqlglot import exp

from bridge24.charts.errors import UnboundedSize
from bridge24.charts.guard.functions import AGGREGATES
from bridge24.charts.guard.scopes import Scopes

MOST_IN_SERIES = 10_000
MANY_DAYS = 4_000
_LONG_STEPS = ("day", "week", "month", "year", "decade", "quarter")


class Sizes:
    """Knows the tables' sizes, if anybody told, and reads the rest from the query."""

    def __init__(self, scopes: Scopes, rows: Mapping[str, int] | None = None) -> None:
        self._scopes = scopes
        self._rows = rows or {}
        self._known: dict[int, float] = {}

    def of(self, source: exp.Expr) -> float:
        """Say the most rows of a source; infinity when nothing tells."""
        if id(source) not in self._known:
            self._known[id(source)] = math.inf  # what refers to itself has no known size
            self._known[id(source)] = self._of(source)
        return self._known[id(source)]

    def _of(self, source: exp.Expr) -> float:
        if isinstance(source, exp.Table):
            return self._table(source)
        if isinstance(source, exp.Subquery | exp.Lateral | exp.Paren):
            return min(self.of(source.this), _limit(source))
        if isinstance(source, exp.Values):
            return len(source.expressions)
        if isinstance(source, exp.SetOperation):
            return min(self.of(source.this) + self.of(source.expression), _limit(source))
        if isinstance(source, exp.Select):
            return min(self._select(source), _limit(source))
        return MOST_IN_SERIES if isinstance(source, exp.Anonymous | exp.Unnest) else math.inf

    def _table(self, table: exp.Table) -> float:
        if not isinstance(table.this, exp.Identifier):
            return series_rows(table.this)
        cte = self._scopes.ctes.get(id(table))
        if cte is not None:
            return self.of(cte.this)
        return self._rows.get(self._scopes.tables.get(id(table), ""), math.inf)

    def _select(self, select: exp.Select) -> float:
        sources = sources_of(select)
        if not sources:
            series = (c for c in select.find_all(exp.Anonymous) if _is_series(c))
            return max((series_rows(call) for call in series), default=1)
        if not select.args.get("group") and _aggregates(select):
            return 1
        return math.prod(self.of(source) for source in sources)


def sources_of(select: exp.Select) -> list[exp.Expr]:
    """List what a SELECT reads: tables, subqueries and functions, in order."""
    first = select.args.get("from_")
    found = sources_within(first.this) if first is not None else []
    for join in select.args.get("joins") or []:
        found += sources_within(join.this)
    return found + list(select.args.get("laterals") or [])


def joins_of(select: exp.Select) -> list[exp.Join]:
    """List the joins of a SELECT, also those written inside parentheses."""
    first = select.args.get("from_")
    joins = _joins_within(first.this) if first is not None else []
    for join in select.args.get("joins") or []:
        joins += [*_joins_within(join.this), join]
    return joins


def _opened(source: exp.Expr) -> exp.Expr:
    """Take the parentheses off ``(a JOIN b)``; a query in parentheses keeps them."""
    inner = source
    while isinstance(inner, exp.Subquery | exp.Paren):
        inner = inner.this
    return inner if isinstance(inner, exp.Table) else source


def sources_within(source: exp.Expr) -> list[exp.Expr]:
    """List what one item of FROM reads: parentheses may hold a join."""
    source = _opened(source)
    found = [source]
    for join in source.args.get("joins") or []:
        found += sources_within(join.this)
    return found


def _joins_within(source: exp.Expr) -> list[exp.Join]:
    found: list[exp.Join] = []
    for join in _opened(source).args.get("joins") or []:
        found += [*_joins_within(join.this), join]
    return found


def check_series(tree: exp.Expr) -> None:
    """Refuse series that may be of any length.

    Raises:
        UnboundedSize: The bounds are not small numbers, nor dates with a step of a day or more.
    """
    for call in filter(_is_series, tree.find_all(exp.Anonymous)):
        nested = any(inner is not call and _is_series(inner) for inner in call.walk())
        if nested or math.isinf(series_rows(call)):
            raise UnboundedSize(what="GENERATE_SERIES")


def _is_series(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == "generate_series"


def series_rows(call: exp.Expr) -> float:
    """Count the rows of a function in FROM; infinity when it may be any number."""
    if not _is_series(call):
        return MOST_IN_SERIES
    arguments = call.expressions
    numbers = [_number(argument) for argument in arguments]
    if len(arguments) in {2, 3} and None not in numbers:
        low, high, step = [*(n for n in numbers if n is not None), 1][:3]
        rows = (high - low) / step + 1 if step else math.inf
        return rows if rows <= MOST_IN_SERIES else math.inf
    return MANY_DAYS if len(arguments) == 3 and is_long_step(arguments[2]) else math.inf


def _number(node: exp.Expr) -> float | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.name)
    return None


def is_long_step(node: exp.Expr) -> bool:
    """Whether a step is a written interval of at least a day."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    text = node.name if isinstance(node, exp.Literal) else ""
    if isinstance(node, exp.Interval):
        unit = node.args.get("unit")
        text = f"{node.this.name} {unit.name if unit is not None else ''}"
    amount, _, unit_name = text.strip().lower().partition(" ")
    amount = amount.removeprefix("-")
    if not amount.isascii() or not amount.isdigit() or int(amount) == 0:
        return False
    return unit_name.strip().rstrip("s") in _LONG_STEPS


def _limit(query: exp.Expr) -> float:
    limit = query.args.get("limit")
    value = limit.args.get("expression") or limit.args.get("count") if limit else None
    number = _number(value) if value is not None else None
    return math.inf if number is None else number


def _aggregates(select: exp.Select) -> bool:
    """Whether the whole SELECT is one row: every column is made by an aggregate or constant."""
    return all(_is_aggregated(column) for column in select.expressions) and any(
        _is_aggregate(node) for column in select.expressions for node in column.walk()
    )


def _is_aggregated(node: exp.Expr) -> bool:
    if _is_aggregate(node):
        return True
    if isinstance(node, exp.Column | exp.Star | exp.Window):
        return False
    if isinstance(node, exp.Query):
        return True
    return all(_is_aggregated(child) for child in node.iter_expressions())


def _is_aggregate(node: exp.Expr) -> bool:
    if isinstance(node, exp.Filter | exp.WithinGroup):
        return _is_aggregate(node.this)
    named = isinstance(node, exp.Anonymous) and node.name.lower() in AGGREGATES
    windowed = isinstance(node.parent, exp.Window) and node.parent.this is node
    return (named or isinstance(node, exp.GroupConcat)) and not windowed
