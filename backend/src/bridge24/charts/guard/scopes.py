"""Pure: what each table name of a query means, through common table expressions and quoting.

PostgreSQL folds unquoted names and MySQL on Linux does not, so a name is compared as the
server compares it. A common table expression is seen only where the server sees it: by
the later ones of its WITH, by itself when the WITH is recursive, and by the query below.
"""

import string
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlglot import exp

from bridge24.charts.errors import ForbiddenTable, OtherSchema, QueryTooLarge
from bridge24.charts.guard.lexer import Dialect

MOST_EXPANSIONS = 300
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

Visible = dict[str, exp.CTE]


@dataclass(slots=True)
class Scopes:
    """Where every table name of one tree leads."""

    dialect: Dialect
    allowed: Collection[str] | None
    """None: any table (its name is not looked at)."""
    schema: str | None
    ctes: dict[int, exp.CTE] = field(default_factory=dict)
    """By the ``id`` of an ``exp.Table``: the common table expression it names."""
    tables: dict[int, str] = field(default_factory=dict)
    """By the ``id`` of an ``exp.Table``: the real table it names."""
    expansions: dict[int, int] = field(default_factory=dict)
    recursive: list[exp.CTE] = field(default_factory=list)

    def name_of(self, identifier: exp.Expr) -> str:
        """Fold a name as the server does."""
        folds = self.dialect == "postgresql" and not identifier.args.get("quoted")
        return identifier.name.translate(_ASCII_LOWER) if folds else identifier.name


def resolve(
    tree: exp.Expr,
    dialect: Dialect,
    *,
    allowed: Collection[str] | None,
    schema: str | None,
) -> Scopes:
    """Follow every table name of a tree.

    Args:
        tree: Its nodes have been checked.
        dialect: Decides how names are compared.
        allowed: The tables that may be read, spelled as the database spells them.
        schema: The only schema that may be named; None: none may.

    Raises:
        QueryRefused: A table may not be read, or the query repeats itself beyond measure.
    """
    scopes = Scopes(dialect, allowed, schema)
    if _visit(tree, {}, scopes) > MOST_EXPANSIONS:
        raise QueryTooLarge(what="the number of tables read, repetitions counted,", most=300)
    return scopes


def _visit(node: exp.Expr, visible: Visible, scopes: Scopes) -> int:
    """Resolve the names below a node and count the tables read, repetitions included."""
    clause = node.args.get("with_")
    read = 0
    if isinstance(clause, exp.With):
        visible = _bind(clause, visible, scopes)
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        read += _table(node, visible, scopes)
    if isinstance(node, exp.Column) and node.args.get("db"):
        _check_schema(node.args["db"], scopes)
    for child in node.iter_expressions():
        if child is not clause:
            read += _visit(child, visible, scopes)
    return read


def _bind(clause: exp.With, outer: Visible, scopes: Scopes) -> Visible:
    visible = dict(outer)
    for cte in clause.expressions:
        name = scopes.name_of(cte.args["alias"].this)
        itself = {name: cte} if clause.args.get("recursive") else {}
        scopes.expansions[id(cte)] = 1
        read = _visit(cte.this, {**visible, **itself}, scopes)
        scopes.expansions[id(cte)] = max(1, read)
        if read > MOST_EXPANSIONS:
            raise QueryTooLarge(what="the number of tables read, repetitions counted,", most=300)
        visible[name] = cte
    return visible


def _table(node: exp.Table, visible: Visible, scopes: Scopes) -> int:
    name = scopes.name_of(node.this)
    schema = node.args.get("db")
    if schema is None and name in visible:
        cte = visible[name]
        scopes.ctes[id(node)] = cte
        if _is_inside(node, cte) and not any(known is cte for known in scopes.recursive):
            scopes.recursive.append(cte)
        return scopes.expansions[id(cte)]
    if schema is not None:
        _check_schema(schema, scopes)
    if scopes.allowed is not None and name not in scopes.allowed:
        raise ForbiddenTable(table=node.this.name)
    scopes.tables[id(node)] = name
    return 1


def _check_schema(schema: exp.Expr, scopes: Scopes) -> None:
    if scopes.schema is None or scopes.name_of(schema) != scopes.schema:
        raise OtherSchema(schema=schema.name)


def _is_inside(node: exp.Expr, cte: exp.CTE) -> bool:
    above = node.parent
    while above is not None:
        if above is cte:
            return True
        above = above.parent
    return False
