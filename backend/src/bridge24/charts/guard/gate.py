"""Pure: the guard itself, from a text to a query that may be executed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlglot import exp

from bridge24.charts.errors import QueryTooLarge, SuspiciousText
from bridge24.charts.guard.check import check_nodes
from bridge24.charts.guard.joins import check_joins
from bridge24.charts.guard.lexer import Dialect, read
from bridge24.charts.guard.limit import own_limit, set_limit
from bridge24.charts.guard.recursion import check_recursion
from bridge24.charts.guard.scopes import Scopes, resolve
from bridge24.charts.guard.sizes import Sizes, check_series
from bridge24.charts.guard.tree import executable, parse, readable, render


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that passed; only what is written from its tree ever reaches a database."""

    tree: exp.Expr
    scopes: Scopes
    dialect: Dialect

    @property
    def tables(self) -> frozenset[str]:
        """The real tables it reads."""
        return frozenset(self.scopes.tables.values())

    @property
    def limit(self) -> int | None:
        """The number of rows it limits itself to."""
        return own_limit(self.tree)

    @property
    def parameters(self) -> frozenset[str]:
        """The names it wants values for."""
        return frozenset(node.name for node in self.tree.find_all(exp.Placeholder))

    def limited(self, most: int) -> "Checked":
        """Return the same query with at most so many rows."""
        tree = self.tree.copy()
        set_limit(tree, most)
        return Checked(tree, self.scopes, self.dialect)

    def sql(self) -> str:
        """Write it for people, parameters as ``:name``."""
        return readable(self._rendered())

    def executable(self) -> str:
        """Write it for the driver, once more read by the server's rules.

        Raises:
            SuspiciousText: The text written is not the text meant.
        """
        rendered = self._rendered()
        written = read(readable(rendered), self.dialect)
        meant = [node.name for node in self.tree.find_all(exp.Literal) if node.is_string]
        named = {name.name for name in self.tree.find_all(exp.Identifier)}
        if not set(written.strings) <= {*meant, *_amounts(self.tree)}:
            raise SuspiciousText(what="a string that cannot be written safely")
        if {name.lower() for name in written.names} != {name.lower() for name in named}:
            raise SuspiciousText(what="a name that cannot be written safely")
        return executable(rendered, bound=bool(self.parameters))

    def _rendered(self) -> str:
        return render(self.tree.copy(), self.dialect)


def check(
    sql: str,
    *,
    dialect: Dialect,
    allowed_tables: Collection[str] | None,
    parameters: Collection[str] | None = None,
    schema: str | None = None,
    rows: Mapping[str, int] | None = None,
) -> Checked:
    """Decide whether a query may be executed.

    Args:
        sql: One SELECT, at most 20,000 characters, perhaps with ``:parameters``.
        dialect: Whose grammar it is written in.
        allowed_tables: The tables and views it may read; None: every one, for a check of
            the text alone.
        parameters: The names that have values; None: any name.
        schema: The schema it may name; none if unset.
        rows: How many rows the tables have, so that small ones may be joined freely.

    Raises:
        QueryRefused: Why not, in one sentence.
    """
    try:
        tree = parse(sql, dialect)
        check_nodes(tree, dialect, parameters=parameters)
        check_series(tree)
        scopes = resolve(tree, dialect, allowed=allowed_tables, schema=schema)
        check_recursion(scopes)
        check_joins(tree, scopes, Sizes(scopes, rows))
    except RecursionError:
        raise QueryTooLarge(what="the depth of the query", most="a few dozen levels") from None
    return Checked(tree, scopes, dialect)


def _amounts(tree: exp.Expr) -> set[str]:
    """What is written into strings: PostgreSQL's units of intervals, GROUP_CONCAT's comma."""
    amounts = {
        f"{node.this.name} {node.args['unit'].name}"
        for node in tree.find_all(exp.Interval)
        if node.args.get("unit") is not None
    }
    return amounts | ({","} if tree.find(exp.GroupConcat) else set())
