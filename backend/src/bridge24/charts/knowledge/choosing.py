"""Chooses which tables and columns matter for a question; pure.

A wide table has hundreds of columns, most of them empty, and a model that is shown all of
them chooses worse. Columns are documents of a few words (name, label, values), ranked by
BM25; the columns that nearly every question needs are in whatever it says.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bridge24.charts.knowledge.facts import Column, Table
from bridge24.charts.knowledge.words import initials_of, stems_of, widened

_K, _B = 1.2, 0.5
_EMPTY_PENALTY = 0.25
_TABLE_SHARE = 0.35
"""How much the table's own words count beside the column's."""
_NAMED = 3.0
"""How much more a table counts that the question names than one of its columns."""
_VALUE_SHARE = 0.5
_SIDE_PENALTY = 0.6
_SIDE = re.compile(r"_(funnels|stage_history|product_rows|multifields|history)$")

_USUAL = {"crm_deals": 3.0, "crm_leads": 1.0, "crm_companies": 0.8, "crm_contacts": 0.5}

CORE = (
    "id",
    "title",
    "name",
    "opportunity",
    "currency_id",
    "stage_id",
    "stage_semantic_id",
    "status_id",
    "status_semantic_id",
    "category_id",
    "assigned_by_id",
    "responsible_id",
    "source_id",
    "date_create",
    "created_time",
    "created",
    "created_date",
    "call_start_date",
    "closedate",
    "closed",
    "completed",
    "status",
    "company_id",
    "contact_id",
    "owner_id",
    "owner_type_id",
    "entity_id",
    "product_name",
    "quantity",
    "price",
    "portal_user_id",
    "_deleted_at",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A column with the one that has its words, if there is one: they are shown together."""

    table: Table
    column: Column
    words: Column | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A unit with how well it fits the question."""

    unit: Unit
    score: float


def units_of(table: Table) -> list[Unit]:
    """Pair the columns of a table with their words."""
    words = {column.words_of: column for column in table.columns if column.words_of}
    return [
        Unit(table, column, words.get(column.name))
        for column in table.columns
        if not column.words_of
    ]


def choose(question: str, tables: Sequence[Table]) -> list[Chosen]:
    """Rank every column of the tables for a question, the best first."""
    units = [unit for table in tables for unit in units_of(table)]
    bags = [_bag_of(unit) for unit in units]
    wanted = widened(stems_of(question))
    frequency = Counter(stem for bag in bags for stem in bag)
    length = sum(sum(bag.values()) for bag in bags) / max(1, len(bags))
    own = _table_scores(tables, wanted)
    ranked = [
        Chosen(
            unit,
            _score(bag, wanted, frequency, count=len(bags), length=length)
            * (_EMPTY_PENALTY if unit.column.empty else 1.0)
            + _TABLE_SHARE * own[unit.table.name] * (2.0 if unit.column.name in CORE else 1.0),
        )
        for unit, bag in zip(units, bags, strict=True)
    ]
    return sorted(ranked, key=lambda chosen: -chosen.score)


def best_tables(question: str, tables: Iterable[Table]) -> list[tuple[Table, float]]:
    """Rank tables by their own words and by the best of their columns."""
    listed = list(tables)
    own = _table_scores(listed, widened(stems_of(question)))
    best: dict[str, list[float]] = {table.name: [] for table in listed}
    for chosen in choose(question, listed):
        name = chosen.unit.table.name
        best[name].append(chosen.score - _TABLE_SHARE * own[name])
    return sorted(
        ((table, _total(table, own[table.name], best[table.name])) for table in listed),
        key=lambda pair: -pair[1],
    )


def _total(table: Table, own: float, best: Sequence[float]) -> float:
    columns = sum(score * 0.5**place for place, score in enumerate(best[:3]))
    total = _NAMED * own + columns + _USUAL.get(table.name.removeprefix("v_"), 0.0)
    if is_side(table):
        total *= _SIDE_PENALTY
    return total - 1.0 if table.rows == 0 else total


def is_side(table: Table) -> bool:
    """Say whether a table only serves another one: its stages' history, its rows …"""
    return _SIDE.search(table.name) is not None


def _table_scores(tables: Sequence[Table], wanted: Mapping[str, float]) -> dict[str, float]:
    """How well the words of each table's name and label fit, the rare ones counting more."""
    words = {table.name: _words_of_table(table.name, table.label) for table in tables}
    frequency = Counter(word for each in words.values() for word in each)
    return {
        name: sum(
            wanted[word] * _rarity(len(words), frequency[word]) for word in each & wanted.keys()
        )
        for name, each in words.items()
    }


@lru_cache(maxsize=10_000)
def _words_of_table(name: str, label: str) -> frozenset[str]:
    plain = re.sub(r"^(v_)?crm_(dynamic_)?", "", name)
    return frozenset(stems_of(plain)) | frozenset(stems_of(label))


def _bag_of(unit: Unit) -> Mapping[str, float]:
    column, words = unit.column, unit.words
    personal = column.personal or (words is not None and words.personal)
    values = () if personal else tuple((words or column).values)
    names = f"{column.name} {words.name if words else ''}"
    return _bag(names, column.label, values)


@lru_cache(maxsize=20_000)
def _bag(names: str, label: str, values: tuple[str, ...]) -> Mapping[str, float]:
    bag: defaultdict[str, float] = defaultdict(float)
    for stem in (*stems_of(label), *stems_of(names), initials_of(label)):
        bag[stem] += 1.0
    for stem in {stem for value in values for stem in stems_of(value)}:
        bag[stem] += _VALUE_SHARE
    bag.pop("", None)
    return dict(bag)


def _rarity(count: int, frequency: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _score(
    bag: Mapping[str, float],
    wanted: Mapping[str, float],
    frequency: Mapping[str, int],
    *,
    count: int,
    length: float,
) -> float:
    size = sum(bag.values())
    total = 0.0
    for stem in bag.keys() & wanted.keys():
        times = bag[stem]
        fading = times + _K * (1 - _B + _B * size / length)
        total += wanted[stem] * _rarity(count, frequency[stem]) * times * (_K + 1) / fading
    return total
