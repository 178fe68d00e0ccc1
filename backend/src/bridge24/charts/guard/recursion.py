"""Pure: recursion is allowed only when a counter or a date stops it soon.

``WHERE n < 100`` with ``n + 1`` in the SELECT, or ``day < '2026-12-31'`` with
``day + INTERVAL 1 DAY``: a comparison of the recursive name's own column with a constant,
and a step in the direction of it.
"""

from sqlglot import exp

from bridge24.charts.errors import UnboundedRecursion
from bridge24.charts.guard.scopes import Scopes
from bridge24.charts.guard.sizes import is_long_step, sources_of

MOST_STEPS = 10_000
MOST_STEPS_OF_TREES = 100
_UPWARD = (exp.LT, exp.LTE)
_DOWNWARD = (exp.GT, exp.GTE)
_COMPARISONS = (*_UPWARD, *_DOWNWARD)
_DATES_FORWARD = frozenset({"date_add", "adddate", "timestampadd"})
_DATES_BACK = frozenset({"date_sub", "subdate"})


def check_recursion(scopes: Scopes) -> None:
    """Look at every common table expression that reads itself.

    Raises:
        UnboundedRecursion: Nothing is seen to stop it.
    """
    for cte in scopes.recursive:
        if not _is_bounded(cte, scopes):
            raise UnboundedRecursion(name=cte.alias)


def _is_bounded(cte: exp.CTE, scopes: Scopes) -> bool:
    union = cte.this
    if not isinstance(union, exp.Union) or not isinstance(union.expression, exp.Select):
        return False
    step = union.expression
    references = [t for t in union.find_all(exp.Table) if scopes.ctes.get(id(t)) is cte]
    sources = sources_of(step)
    if len(references) != 1 or not any(source is references[0] for source in sources):
        return False
    where = step.args.get("where")
    if where is None or not all(_is_table(s, scopes) or s is references[0] for s in sources):
        return False
    most = MOST_STEPS if len(sources) == 1 else MOST_STEPS_OF_TREES
    steps = dict(zip(_columns_of(cte), step.expressions, strict=False))
    return any(_stops(part, steps, most) for part in _conjuncts(where.this))


def _is_table(source: exp.Expr, scopes: Scopes) -> bool:
    return id(source) in scopes.tables


def _columns_of(cte: exp.CTE) -> list[str]:
    """The names of the columns, in the order in which each step gives them."""
    named = cte.args["alias"].columns
    first = cte.this.this
    names = [c.name for c in named] or [c.alias_or_name for c in first.selects]
    return [name.lower() for name in names]


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    if isinstance(condition, exp.Paren):
        return _conjuncts(condition.this)
    if isinstance(condition, exp.And):
        return _conjuncts(condition.this) + _conjuncts(condition.expression)
    return [condition]


def _stops(condition: exp.Expr, steps: dict[str, exp.Expr], most: int) -> bool:
    if not isinstance(condition, _COMPARISONS):
        return False
    left, right = condition.this, condition.expression
    upward = isinstance(condition, _UPWARD)
    if _is_constant(left) and not _is_constant(right):
        left, right, upward = right, left, not upward
    columns = list(left.find_all(exp.Column))
    if len(columns) != 1 or not _is_constant(right) or not _is_near(right, most):
        return False
    name = columns[0].name.lower()
    return name in steps and _moves(steps[name], name, upward=upward)


def _is_constant(node: exp.Expr) -> bool:
    return not any(isinstance(inner, exp.Column | exp.Query) for inner in node.walk())


def _is_near(bound: exp.Expr, most: int) -> bool:
    """A written number must be small; a date is near whatever it is."""
    while isinstance(bound, exp.Paren | exp.Neg):
        bound = bound.this
    if isinstance(bound, exp.Literal) and not bound.is_string:
        return float(bound.name) <= most
    numbers = [n for n in bound.find_all(exp.Literal) if not n.is_string]
    return all(float(number.name) <= most for number in numbers)


def _moves(column: exp.Expr, name: str, *, upward: bool) -> bool:
    """Whether a column of the step is the counter, one fixed step further."""
    column = column.unalias()
    while isinstance(column, exp.Cast | exp.Paren):
        column = column.this
    forward, back = _step_of(column, name)
    return forward if upward else back


def _step_of(node: exp.Expr, name: str) -> tuple[bool, bool]:
    if isinstance(node, exp.Anonymous):
        return _step_of_call(node, name)
    if not isinstance(node, exp.Add | exp.Sub):
        return (False, False)
    own, by = node.this, node.expression
    if isinstance(node, exp.Add) and not _is_named(own, name):
        own, by = by, own
    if not _is_named(own, name) or not _is_step(by):
        return (False, False)
    return (isinstance(node, exp.Add), isinstance(node, exp.Sub))


def _step_of_call(node: exp.Anonymous, name: str) -> tuple[bool, bool]:
    called = node.name.lower()
    named = any(_is_named(argument, name) for argument in node.expressions)
    stepped = any(_is_step(argument) for argument in node.expressions)
    if not (named and stepped):
        return (False, False)
    return (called in _DATES_FORWARD, called in _DATES_BACK)


def _is_named(node: exp.Expr, name: str) -> bool:
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return isinstance(node, exp.Column) and node.name.lower() == name


def _is_step(node: exp.Expr) -> bool:
    """A whole number from one, or an interval of at least a day."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    if isinstance(node, exp.Literal) and not node.is_string:
        return node.name.isdigit() and int(node.name) >= 1
    return isinstance(node, exp.Interval) and is_long_step(node)
