"""Which tables and columns a right query reads, and whether a model was told of them; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from bridge24.charts.guard import Dialect
from bridge24.charts.knowledge.context import Context
from bridge24.charts.knowledge.facts import Table

_PARSED: Mapping[Dialect, str] = {"postgresql": "postgres", "mysql": "mysql"}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a query reads."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    """(table, column)."""

    def missing(self, context: Context) -> list[str]:
        """Name what a context does not tell."""
        told = {table for table, _ in context.columns}
        absent = [table for table in self.tables if table not in told]
        lost = [
            f"{table}.{column}"
            for table, column in self.columns
            if table in told and (table, column) not in context.columns
        ]
        return sorted(absent) + sorted(lost)


def needs_of(sql: str, *, dialect: Dialect, tables: Sequence[Table]) -> Needs:
    """Find the tables and columns behind every name of a query."""
    schema: dict[str, object] = {
        table.name: {column.name: column.type for column in table.columns} for table in tables
    }
    tree = qualify(
        parse_one(sql, dialect=_PARSED[dialect]),
        schema=schema,
        dialect=_PARSED[dialect],
        quote_identifiers=False,
    )
    read: set[str] = set()
    columns: set[tuple[str, str]] = set()
    for scope in traverse_scope(tree):
        sources = {
            name: source.name
            for name, source in scope.sources.items()
            if isinstance(source, exp.Table)
        }
        read |= set(sources.values())
        columns |= {
            (sources[column.table], column.name)
            for column in scope.columns
            if column.table in sources
        }
    return Needs(frozenset(read), frozenset(columns))
