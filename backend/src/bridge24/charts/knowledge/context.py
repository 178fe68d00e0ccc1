"""The text about the tables that a language model is given with a question; pure.

Names, labels and values come from the CRM and are nobody's orders: they are quoted, cut
short and stripped of line breaks, so that they cannot pass for a part of the instructions.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge24.charts.knowledge.choosing import CORE, Unit, best_tables, choose, is_side, units_of
from bridge24.charts.knowledge.facts import Column, Kind, Table
from bridge24.charts.knowledge.tokens import tokens_in

BUDGET = 6_000
"""Tokens."""
TABLES_IN_FULL = 8
LEAST_SHARE = 0.2
"""Of the best table's score: others are only named."""
BEST_FIRST = 30
MOST_COLUMNS = 100
LONGEST_LABEL = 80
VALUES_SHOWN = 12
# What every join to a dictionary needs, though no question names it.
_DICTIONARIES = {
    "crm_users": ("id", "name", "last_name"),
    "crm_statuses": ("entity_id", "status_id", "name", "semantics"),
    "crm_deal_funnels": ("id", "name"),
    "crm_currencies": ("currency", "full_name"),
}


@dataclass(slots=True)
class Context:
    """The text, and what of the tables it shows."""

    text: str
    tokens: int
    columns: set[tuple[str, str]] = field(default_factory=set)
    """(table, column) of everything shown."""


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
    shown = _worth_showing(question, readable)
    known = {table.name for table in readable}
    head = [f"Database: {dialect}.", *notes, "Tables (name: label; rows):"]
    lines = head + _listed(_in_order(readable, shown))
    room = budget - _cost(lines) - _cost(["Joins:"])
    chosen = _chosen(question, shown, readable, room=room, known=known)
    joins: dict[str, None] = {}
    for table in readable:
        units = [unit for unit in chosen if unit.table is table]
        if units:
            lines += [f"{table.name} columns:", *map(_told, units)]
            joins |= dict.fromkeys(line for unit in units if (line := _join(unit, known)))
    lines += ["Joins:", *joins] if joins else []
    columns = {(u.table.name, c.name) for u in chosen for c in (u.column, u.words) if c}
    text = "\n".join(lines)
    return Context(text, tokens_in(text), columns)


def _cost(lines: Sequence[str]) -> int:
    return sum(tokens_in(line) + 1 for line in lines)


def _without_twins(tables: Sequence[Table]) -> list[Table]:
    """Leave out a table whose view shows the same with names in words."""
    views = {table.name for table in tables if table.is_view}
    return [table for table in tables if f"v_{table.name}" not in views]


def _worth_showing(question: str, readable: Sequence[Table]) -> list[Table]:
    ranked = best_tables(question, readable)[:TABLES_IN_FULL]
    least = LEAST_SHARE * ranked[0][1] if ranked else 0.0
    return [table for table, score in ranked if score >= least]


def _in_order(tables: Sequence[Table], first: Sequence[Table]) -> list[Table]:
    return [*first, *(table for table in tables if table not in first)]


def _listed(tables: Sequence[Table]) -> list[str]:
    """One line a table; those that only serve another one are told with it."""
    names = {table.name for table in tables}
    beside: dict[str, list[str]] = {}
    alone = []
    for table in tables:
        owner = _owner(table, names)
        if owner is None:
            alone.append(table)
        else:
            beside.setdefault(owner, []).append(table.name.removeprefix(owner))
    return [_line(table, beside.get(table.name, ())) for table in alone]


def _owner(table: Table, names: set[str]) -> str | None:
    if not is_side(table):
        return None
    owners = (name for name in names if table.name.startswith(f"{name}_"))
    return max(owners, key=len, default=None)


def _line(table: Table, beside: Sequence[str]) -> str:
    rows = "?" if table.rows is None else f"{'' if table.rows_exact else '~'}{table.rows}"
    more = f"; also {table.name} + {', '.join(beside)}" if beside else ""
    return f"- {table.name}: {quoted(table.label)}; {rows}{more}"


def _chosen(
    question: str, shown: Sequence[Table], readable: Sequence[Table], *, room: int, known: set[str]
) -> list[Unit]:
    """Take columns while there is room: those that fit best, then the core of each table."""
    ranked = [each.unit for each in choose(question, shown) if each.score > 0]
    units = {table.name: {u.column.name: u for u in units_of(table)} for table in readable}
    core = [
        unit
        for table in shown
        for name in CORE
        if (unit := units[table.name].get(name)) is not None and not unit.column.empty
    ]
    taken: dict[tuple[str, str], Unit] = {}
    wanted = [*ranked[:BEST_FIRST], *core, *_dictionaries(core, units), *ranked[BEST_FIRST:]]
    for unit in wanted:
        key = (unit.table.name, unit.column.name)
        cost = _cost([_told(unit), *filter(None, [_join(unit, known)])])
        if all(table != key[0] for table, _ in taken):
            cost += _cost([f"{key[0]} columns:"])
        if key in taken or cost > room or len(taken) >= MOST_COLUMNS:
            continue
        taken[key] = unit
        room -= cost
    return _in_their_order(taken, units)


def _in_their_order(
    taken: dict[tuple[str, str], Unit], units: dict[str, dict[str, Unit]]
) -> list[Unit]:
    return [
        unit
        for table, columns in units.items()
        for name, unit in columns.items()
        if (table, name) in taken
    ]


def _dictionaries(core: Sequence[Unit], units: dict[str, dict[str, Unit]]) -> list[Unit]:
    """What joins to the dictionaries of these columns need, where no words say it already."""
    referred = {
        unit.column.reference.table
        for unit in core
        if unit.column.reference is not None and unit.words is None
    }
    return [
        unit
        for base, names in _DICTIONARIES.items()
        if base in referred
        for table in (f"v_{base}", base)
        for name in names
        if (unit := units.get(table, {}).get(name)) is not None
    ]


def _told(unit: Unit) -> str:
    column, words = unit.column, unit.words
    told = f"  {column.name}"
    if column.kind is not Kind.TEXT:
        told += f" {column.kind}"
    if column.label:
        told += f" {quoted(column.label)}"
    if words is None or column.kind is not Kind.BOOLEAN:
        told += _values(column, most=VALUES_SHOWN if words is None else 8)
    if column.empty:
        told += " EMPTY"
    if words is not None:
        boolean = column.kind is Kind.BOOLEAN
        told += f"; in words: {words.name}{'' if boolean else _values(words, most=VALUES_SHOWN)}"
    return told


def _values(column: Column, *, most: int) -> str:
    if column.personal:
        return ""
    if column.values:
        more = ", …" if len(column.values) > most else ""
        return f" in ({', '.join(map(quoted, column.values[:most]))}{more})"
    if column.least is not None:
        return f" {column.least[:10]}..{(column.greatest or '')[:10]}"
    return ""


def _join(unit: Unit, known: set[str]) -> str | None:
    """Say how a column joins, where its words are not at hand already."""
    reference = unit.column.reference
    if reference is None:
        return None
    view = f"v_{reference.table}"
    other = view if view in known else reference.table
    if unit.words is not None and reference.table in _DICTIONARIES:
        return None
    also = f" AND {reference.condition.format(other)}" if reference.condition else ""
    return f"  {unit.table.name}.{unit.column.name} = {other}.{reference.column}{also}"


def quoted(text: str) -> str:
    """Quote a word of the CRM so that it stays a word.

    >>> quoted('Sum\\n"; drop')
    '"Sum \\'; drop"'
    """
    visible = "".join(letter if _is_plain(letter) else " " for letter in text[: 4 * LONGEST_LABEL])
    plain = re.sub(r"\s+", " ", visible).translate(_QUOTES).strip()
    return f'"{plain[:LONGEST_LABEL]}"'


_QUOTES = str.maketrans(dict.fromkeys('"“”„«»\\`', "'"))


def _is_plain(letter: str) -> bool:
    """Whether a letter is what it looks like: controls and reversed writing are not."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Zl", "Zp", "Co", "Cs"}
