"""Pure: refuses joins in which every row of one large source meets every row of another."""

import math
from collections.abc import Iterator

from sqlglot import exp

from bridge24.charts.errors import JoinWithoutCondition
from bridge24.charts.guard.scopes import Scopes
from bridge24.charts.guard.sizes import Sizes, joins_of, sources_of, sources_within

SMALL = 1_000
MOST_PAIRS = 100_000
"""Rows that sources without a condition may make together."""

_EQUAL = (exp.EQ, exp.NullSafeEQ, exp.Is)
_RANGES = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Like, exp.ILike, exp.In)
# With these a comparison of columns may hold whatever the columns are: a.id * 0 = b.id * 0.
_BLURRING = (
    *(exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor),
    *(exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Predicate),
)
Edge = tuple[int, int]
ANY = -1
"""A column that does not say which source it is of; an edge to one is below zero."""


def check_joins(tree: exp.Expr, scopes: Scopes, sizes: Sizes) -> None:
    """Look at every SELECT of a tree.

    Raises:
        JoinWithoutCondition: Large sources are not tied to each other.
    """
    for select in tree.find_all(exp.Select):
        sources = sources_of(select)
        if len(sources) > 1:
            _Sources(select, sources, scopes, sizes).check()


class _Sources:
    def __init__(
        self, select: exp.Select, sources: list[exp.Expr], scopes: Scopes, sizes: Sizes
    ) -> None:
        self._select = select
        self._sources = sources
        self._scopes = scopes
        self._sizes = [sizes.of(source) for source in sources]
        self._names = {self._called(source): at for at, source in enumerate(sources)}

    def check(self) -> None:
        """Tie the sources by the conditions and see which are left apart."""
        edges = {*self._conditions(), *self._using(), *self._laterals()}
        groups = self._groups([edge for edge in edges if min(edge) > ANY])
        vague = sum(min(edge) <= ANY for edge in edges)
        most = [max(self._sizes[at] for at in group) for group in groups]
        large = sorted((size for size in most if size > SMALL), reverse=True)
        if len(large) - vague > 1:
            apart = [group for group, size in zip(groups, most, strict=True) if size > SMALL]
            raise JoinWithoutCondition(tables=self._listed(apart))
        small = math.prod(max(1, size) for size in most if size <= SMALL)
        if small > MOST_PAIRS:
            raise JoinWithoutCondition(tables=self._listed(groups))

    def _listed(self, groups: list[set[int]]) -> str:
        called = [self._called(self._sources[min(group)]) or "subqueries" for group in groups]
        return " and ".join(f'"{name}"' for name in called[:2])

    def _called(self, source: exp.Expr) -> str:
        alias = source.args.get("alias")
        if isinstance(alias, exp.TableAlias) and alias.this is not None:
            return self._scopes.name_of(alias.this)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            return self._scopes.name_of(source.this)
        return ""

    def _groups(self, edges: list[Edge]) -> list[set[int]]:
        groups = [{at} for at in range(len(self._sources))]
        for one, other in edges:
            touched = [group for group in groups if one in group or other in group]
            groups = [group for group in groups if group not in touched]
            groups.append(set().union(*touched))
        return groups

    def _conditions(self) -> Iterator[Edge]:
        where = self._select.args.get("where")
        if where is not None:
            yield from self._ties(where.this)
        for join in joins_of(self._select):
            if join.args.get("on") is not None:
                yield from self._ties(join.args["on"])

    def _using(self) -> Iterator[Edge]:
        for join in joins_of(self._select):
            if join.args.get("using"):
                inside = sources_within(join.this)[0]
                at = next(i for i, source in enumerate(self._sources) if source is inside)
                yield (max(0, at - 1), at)

    def _laterals(self) -> Iterator[Edge]:
        """A LATERAL source that speaks of an earlier one is tied to it."""
        for at, source in enumerate(self._sources):
            lateral = isinstance(source, exp.Lateral) or not isinstance(source.this, exp.Identifier)
            if lateral and not isinstance(source, exp.Subquery):
                spoken = {self._source_of(column) for column in source.find_all(exp.Column)}
                yield from ((at, other) for other in spoken if other not in {at, ANY, None})

    def _ties(self, condition: exp.Expr) -> set[Edge]:
        """The pairs of sources that a condition ties whichever of its branches holds."""
        if isinstance(condition, exp.Paren):
            return self._ties(condition.this)
        if isinstance(condition, exp.And):
            return self._ties(condition.this) | self._ties(condition.expression)
        if isinstance(condition, exp.Or):
            return self._ties(condition.this) & self._ties(condition.expression)
        if isinstance(condition, _EQUAL + _RANGES):
            edge = self._edge(condition)
            strong = isinstance(condition, _EQUAL) or (edge and self._is_derived(edge))
            return {edge} if edge and strong else set()
        return set()

    def _edge(self, comparison: exp.Expr) -> Edge | None:
        """The two sources whose columns a comparison sets side by side."""
        if any(_blurs(node) for part in comparison.iter_expressions() for node in part.walk()):
            return None
        left = list(_columns(comparison.this))
        parts = comparison.iter_expressions()
        right = [c for part in parts if part is not comparison.this for c in _columns(part)]
        for one, other in ((one, other) for one in left for other in right):
            mine, theirs = self._source_of(one), self._source_of(other)
            if mine is None or theirs is None or _same(one, other):
                continue
            if ANY in {mine, theirs}:
                return (-1 - id(comparison), max(mine, theirs))
            if mine != theirs:
                return (min(mine, theirs), max(mine, theirs))
        return None

    def _source_of(self, column: exp.Column) -> int | None:
        """The source a column is of; None for one of an outer query."""
        table = column.args.get("table")
        if table is None:
            return ANY
        return self._names.get(self._scopes.name_of(table))

    def _is_derived(self, edge: Edge) -> bool:
        """Whether a range may tie two sources: two whole tables need an equality."""
        return any(at <= ANY or id(self._sources[at]) not in self._scopes.tables for at in edge)


def _blurs(node: exp.Expr) -> bool:
    """Whether a comparison with this inside says little of its columns: ``a.x - a.x`` is 0."""
    if isinstance(node, _BLURRING):
        return True
    if not isinstance(node, exp.Sub | exp.Add):
        return False
    return bool(list(_columns(node.this))) and bool(list(_columns(node.expression)))


def _same(one: exp.Column, other: exp.Column) -> bool:
    return one.name.lower() == other.name.lower() and one.table == other.table


def _columns(part: exp.Expr) -> Iterator[exp.Column]:
    """Columns of an expression, without those of a query inside it."""
    if isinstance(part, exp.Query):
        return
    if isinstance(part, exp.Column):
        yield part
        return
    for child in part.iter_expressions():
        yield from _columns(child)
