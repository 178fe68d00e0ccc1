"""Pure: looks at every node of a tree; whatever is not allowed by name refuses the query."""

from collections.abc import Collection, Iterator
from enum import Enum

from sqlglot import exp

from bridge24.charts.errors import (
    ForbiddenColumn,
    ForbiddenConstruct,
    ForbiddenFunction,
    ForbiddenType,
    NotAQuery,
    QueryTooLarge,
    UnboundedSize,
    UnknownParameter,
)
from bridge24.charts.guard.functions import FUNCTIONS, GROWING, LENGTH_AT, SETS
from bridge24.charts.guard.lexer import Dialect
from bridge24.charts.guard.nodes import (
    CHARSETS,
    NAMES_OF_NODES,
    PARTS,
    PLAIN,
    TYPES,
    UNITS,
    WORDS,
)

MOST_NODES = 4_000
MOST_LENGTH = 255
MOST_GROWING = 3
"""Calls that replace a text by a longer one: each may multiply a value's length."""
QUERIES = (exp.Select, exp.Union, exp.Intersect, exp.Except)
# https://www.postgresql.org/docs/current/ddl-system-columns.html
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "xmax", "cmin", "cmax", "ctid", "oid"})
# Without quotes, servers take some of these for functions where sqlglot sees a column.
NAMES_OF_FUNCTIONS = frozenset(
    {
        *("current_user", "current_role", "current_schema", "current_catalog", "session_user"),
        *("system_user", "user", "authorization", "dual"),
    }
)


def check_nodes(tree: exp.Expr, dialect: Dialect, *, parameters: Collection[str] | None) -> None:
    """Refuse whatever is not on the lists.

    Args:
        tree: As ``parse`` made it.
        dialect: Chooses the lists of functions and types.
        parameters: The names that have values; None allows every name.

    Raises:
        QueryRefused: With the first thing that is not allowed.
    """
    if not isinstance(tree.unnest() if isinstance(tree, exp.Subquery) else tree, QUERIES):
        raise NotAQuery(kind=tree.key.upper())
    checker = _Checker(dialect, parameters)
    for count, node in enumerate(tree.walk()):
        if count > MOST_NODES:
            raise QueryTooLarge(what="the number of parts", most=f"{MOST_NODES:,}")
        checker.look(node)


class _Checker:
    def __init__(self, dialect: Dialect, parameters: Collection[str] | None) -> None:
        self._dialect = dialect
        self._parameters = parameters
        self._growing = 0

    def look(self, node: exp.Expr) -> None:
        """Look at one node, without its children."""
        kind = type(node)
        parts = PARTS.get(kind)
        if parts is None and kind not in PLAIN:
            raise ForbiddenConstruct(construct=_called(kind.__name__))
        for part, value in node.args.items():
            if value is None or value is False or value == []:
                continue
            if parts is not None and part not in parts:
                raise ForbiddenConstruct(construct=_part_called(node, part, value))
            for word in _words(value):
                _check_word(kind, part, word)
        special = getattr(self, f"_{kind.__name__.lower()}", None)
        if special is not None:
            special(node)

    def _anonymous(self, node: exp.Anonymous) -> None:
        if not isinstance(node.this, str):
            raise ForbiddenFunction(function=f'"{node.name}", written in quotes,')
        name = node.this.lower()
        if name not in FUNCTIONS[self._dialect] or not node.this.isascii():
            raise ForbiddenFunction(function=node.this.upper())
        if name in SETS and not _gives_rows(node):
            raise ForbiddenConstruct(construct=f"{node.this.upper()} outside FROM")
        if name in LENGTH_AT:
            _check_length(node, at=LENGTH_AT[name])
        if name in GROWING and _grows(node):
            self._growing += 1
            if self._growing > MOST_GROWING:
                raise UnboundedSize(what=f"{node.this.upper()} on top of {node.this.upper()}")

    def _datatype(self, node: exp.DataType) -> None:
        name = node.this.name if isinstance(node.this, Enum) else str(node.this)
        if name not in TYPES[self._dialect]:
            raise ForbiddenType(type=node.sql(dialect="postgres").upper())

    def _datatypeparam(self, node: exp.DataTypeParam) -> None:
        # CAST('a' AS CHAR(1000000000)) pads a value to that length.
        if not isinstance(node.this, exp.Literal) or not _small(node.this, most=10_000):
            raise UnboundedSize(what="the length of a type")

    def _placeholder(self, node: exp.Placeholder) -> None:
        name = node.args.get("this")
        if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
            raise ForbiddenConstruct(construct='parameters other than ":name"')
        if self._parameters is not None and name not in self._parameters:
            raise UnknownParameter(name=name)

    def _var(self, node: exp.Var) -> None:
        parent = node.parent
        if isinstance(parent, exp.Collate):
            known = node.name.replace("_", "").isalnum()
        elif isinstance(parent, exp.CharacterSet | exp.DataType):
            known = node.name.lower() in CHARSETS
        elif isinstance(parent, exp.Limit):
            known = node.name.upper() == "ALL"
        else:
            spoken = isinstance(parent, exp.Interval | exp.Extract | exp.Anonymous)
            known = spoken and node.name.upper() in UNITS
        if not known:
            raise ForbiddenConstruct(construct=f'the word "{node.name}" here')

    def _column(self, node: exp.Column) -> None:
        name = node.name.lower()
        quoted = node.this.args.get("quoted") or node.args.get("table")
        if name in NAMES_OF_FUNCTIONS and not quoted:
            raise ForbiddenFunction(function=node.name.upper())
        # t.f means f(t) where a table of PostgreSQL's has no column f.
        system = name in SYSTEM_COLUMNS or name.startswith("pg_")
        if system and self._dialect == "postgresql":
            raise ForbiddenColumn(column=node.name)

    def _star(self, node: exp.Star) -> None:
        parent = node.parent.parent if isinstance(node.parent, exp.Column) else node.parent
        counted = isinstance(parent, exp.Anonymous) and parent.name.lower() == "count"
        if not counted and not isinstance(parent, exp.Select):
            raise ForbiddenConstruct(construct='"*" here')

    def _select(self, node: exp.Select) -> None:
        if not node.expressions:
            raise ForbiddenConstruct(construct="a SELECT of nothing")

    def _union(self, node: exp.SetOperation) -> None:
        if not all(isinstance(part, exp.Query) for part in (node.this, node.expression)):
            raise ForbiddenConstruct(construct=f"{node.key.upper()} of anything but queries")

    _intersect = _except = _union

    def _cte(self, node: exp.CTE) -> None:
        if not isinstance(node.this, exp.Query | exp.Values):
            raise ForbiddenConstruct(construct="WITH of anything but a query")

    def _collate(self, node: exp.Collate) -> None:
        rule = node.expression
        if not isinstance(rule, exp.Var | exp.Identifier | exp.Column) or rule.args.get("table"):
            raise ForbiddenConstruct(construct="a collation of another schema")

    def _values(self, node: exp.Values) -> None:
        if not isinstance(node.parent, exp.From | exp.Join | exp.Subquery | exp.CTE):
            raise ForbiddenConstruct(construct="VALUES outside FROM")

    def _lateral(self, node: exp.Lateral) -> None:
        if not isinstance(node.this, exp.Subquery | exp.Anonymous):
            raise ForbiddenConstruct(construct="LATERAL before anything but a query")

    def _table(self, node: exp.Table) -> None:
        if isinstance(node.this, exp.Identifier):
            return
        if not isinstance(node.this, exp.Anonymous) or node.this.name.lower() not in SETS:
            name = node.this.name or node.this.key
            raise ForbiddenFunction(function=f"{str(name).upper()} as a table")

    def _distinct(self, node: exp.Distinct) -> None:
        if node.args.get("on") and self._dialect == "mysql":
            raise ForbiddenConstruct(construct="DISTINCT ON, which MySQL does not have")


def _words(value: object) -> Iterator[object]:
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, exp.Expr) and item is not True and item is not None:
            yield item


def _check_word(kind: type[exp.Expr], part: str, word: object) -> None:
    if word is False or (kind is exp.DataType and isinstance(word, Enum)):
        return
    allowed = WORDS.get((kind, part), frozenset())
    if allowed is None:
        return
    if str(word).upper() not in allowed:
        raise ForbiddenConstruct(construct=f"{kind.__name__.upper()} with {word}")


def _gives_rows(node: exp.Anonymous) -> bool:
    """Whether a function that gives rows stands where it multiplies no other rows."""
    if isinstance(node.parent, exp.Table | exp.Lateral):
        return True
    select = node.find_ancestor(exp.Select)
    alone = select is not None and select.args.get("from_") is None
    return alone and node.name.lower() == "generate_series"


def _check_length(node: exp.Anonymous, *, at: int) -> None:
    name = node.this.upper()
    arguments = node.expressions
    if len(arguments) <= at or not _small(arguments[at], most=MOST_LENGTH):
        raise UnboundedSize(what=name)
    nested = (inner for inner in node.find_all(exp.Anonymous) if inner is not node)
    if any(inner.name.lower() in LENGTH_AT for inner in nested):
        raise UnboundedSize(what=f"{name} of another such function")


def _grows(node: exp.Anonymous) -> bool:
    """Whether a replacement may be longer than what it replaces."""
    if len(node.expressions) < 3:
        return False
    old, new = node.expressions[1:3]
    written = all(isinstance(part, exp.Literal) and part.is_string for part in (old, new))
    longest = 1 if node.name.lower() == "regexp_replace" else len(old.name)
    return not written or len(new.name) > longest


def _small(node: exp.Expr, *, most: int) -> bool:
    """Whether a node is a whole number written out, up to ``most``."""
    if not isinstance(node, exp.Literal) or node.is_string or not node.name.isascii():
        return False
    return node.name.isdigit() and len(node.name) < 10 and int(node.name) <= most


def _called(kind: str) -> str:
    return NAMES_OF_NODES.get(kind, kind.upper())


def _part_called(node: exp.Expr, part: str, value: object) -> str:
    first = value[0] if isinstance(value, list) else value
    if isinstance(first, exp.Expr) and type(first).__name__ in NAMES_OF_NODES:
        return NAMES_OF_NODES[type(first).__name__]
    return f"{node.key.upper()} with {part.rstrip('_').upper()}"
