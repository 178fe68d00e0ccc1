"""The text about the tables that a language model is given with a question; pure.

Names, labels and values come from the CRM and are nobody's orders: they are quoted, cut
short and stripped of line breaks, so that they cannot pass for a part of the instructions.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge24.charts.knowledge.choosing import CORE, best_tables, choose
from bridge24.charts.knowledge.facts import Column, Table

BUDGET = 6_000
"""Tokens."""
TABLES_IN_FULL = 6
BEST_FIRST = 25
MOST_COLUMNS = 80
LONGEST_LABEL = 80
VALUES_SHOWN = 12
_RESERVE = 150


@dataclass(slots=True)
class Context:
    """The text, and what of the tables it shows."""

    text: str
    tokens: int
    columns: set[tuple[str, str]] = field(default_factory=set)
    """(table, column) of everything shown."""


def tokens_in(text: str) -> int:
    """Estimate tokens, rather too many: Cyrillic costs about twice as much as Latin."""
    cyrillic = sum(1 for letter in text if "\u0400" <= letter <= "\u04ff")
    return math.ceil((len(text) - cyrillic) / 3.3 + cyrillic / 2.2)


def context_for(
    question: str,
    tables: Sequence[Table],
    *,
    dialect: str,
    notes: Sequence[str] = (),
    budget: int = BUDGET,
) -> Context:
    """Describe what matters for a question, within a budget of tokens.

    Every table has a line of its own; those that fit best show their columns: first what
    nearly every question needs, then by how well a column fits the question.

    Args:
        question: In Russian or English.
        tables: All that may be read.
        dialect: ``postgresql`` or ``mysql``.
        notes: Lines that must be in it: metrics, examples, dates.
        budget: The most tokens of the whole text.
    """
    readable = _without_twins(tables)
    head = [f"Database: {dialect}.", *notes, "Tables (name: label; rows):"]
    shown = [table for table, _ in best_tables(question, readable)[:TABLES_IN_FULL]]
    lines = head + [_line(table) for table in _in_order(readable, shown)]
    chosen = _columns(question, shown, room=budget - tokens_in("\n".join(lines)) - _RESERVE)
    for table in shown:
        columns = [column for owner, column in chosen if owner is table]
        if columns:
            lines += [f"{table.name} columns:", *(_told(column) for column in columns)]
    joins = _joins(chosen, {table.name for table in readable})
    lines += ["Joins:", *joins] if joins else []
    text = "\n".join(lines)
    return Context(text, tokens_in(text), {(t.name, c.name) for t, c in chosen})


def _without_twins(tables: Sequence[Table]) -> list[Table]:
    """Leave out a table whose view shows the same with names in words."""
    views = {table.name for table in tables if table.is_view}
    return [table for table in tables if f"v_{table.name}" not in views]


def _in_order(tables: Sequence[Table], first: Sequence[Table]) -> list[Table]:
    return [*first, *(table for table in tables if table not in first)]


def _line(table: Table) -> str:
    rows = "?" if table.rows is None else f"{'' if table.rows_exact else '~'}{table.rows}"
    return f"- {table.name}: {quoted(table.label)}; {rows}"


def _columns(question: str, shown: Sequence[Table], *, room: int) -> list[tuple[Table, Column]]:
    """Take columns while there is room: those that fit best, then the core of each table."""
    ranked = [(each.table, each.column) for each in choose(question, shown) if each.score > 0]
    core = [
        (table, column)
        for table in shown
        for name in CORE
        if (column := table.column(name)) is not None and not column.empty
    ]
    taken: dict[tuple[str, str], tuple[Table, Column]] = {}
    for table, column in [*ranked[:BEST_FIRST], *core, *ranked[BEST_FIRST:MOST_COLUMNS]]:
        cost = tokens_in(_told(column)) + 1 + (12 if column.reference else 0)
        key = (table.name, column.name)
        if key in taken or cost > room:
            continue
        taken[key] = (table, column)
        room -= cost
    order = {(t.name, c.name): place for t in shown for place, c in enumerate(t.columns)}
    return sorted(taken.values(), key=lambda pair: order[pair[0].name, pair[1].name])


def _told(column: Column) -> str:
    told = f"  {column.name} {column.kind}"
    if column.label:
        told += f" {quoted(column.label)}"
    if column.values and not column.personal:
        values = column.values[:VALUES_SHOWN]
        more = ", …" if len(column.values) > len(values) else ""
        told += f" in ({', '.join(map(quoted, values))}{more})"
    elif column.least is not None:
        told += f" {column.least[:10]}..{(column.greatest or '')[:10]}"
    if column.empty:
        told += " EMPTY"
    return told


def _joins(chosen: Sequence[tuple[Table, Column]], known: set[str]) -> list[str]:
    lines = []
    for table, column in chosen:
        if column.reference is None:
            continue
        view = f"v_{column.reference.table}"
        other = view if view in known else column.reference.table
        also = column.reference.condition
        condition = f" AND {also.format(other)}" if also else ""
        lines.append(f"  {table.name}.{column.name} = {other}.{column.reference.column}{condition}")
    return lines


def quoted(text: str) -> str:
    """Quote a word of the CRM so that it stays a word.

    >>> quoted('Sum\\n"; drop')
    '"Sum \\'; drop"'
    """
    plain = re.sub(r"\s+", " ", text).replace('"', "'").strip()
    return f'"{plain[:LONGEST_LABEL]}"'
