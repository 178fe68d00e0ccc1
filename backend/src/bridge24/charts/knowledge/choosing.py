"""Chooses which tables and columns matter for a question; pure.

A wide table has hundreds of columns, most of them empty, and a model that is shown all of
them chooses worse. Columns are documents of a few words (name, label, values), ranked by
BM25; the columns that nearly every question needs are in whatever it says.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge24.charts.knowledge.facts import Column, Table
from bridge24.charts.knowledge.words import stems_of, widened

_K, _B = 1.2, 0.5
_EMPTY_PENALTY = 0.35
_TABLE_SHARE = 0.5
"""How much the table's own words count beside the column's."""

_USUAL = {"crm_deals": 2.0, "crm_leads": 0.8, "crm_companies": 0.5, "crm_contacts": 0.5}

CORE = (
    "id",
    "title",
    "name",
    "opportunity",
    "currency_id",
    "stage_id",
    "stage",
    "stage_semantic_id",
    "status_id",
    "status",
    "status_semantic_id",
    "category_id",
    "category",
    "funnel",
    "assigned_by_id",
    "assigned_by",
    "responsible",
    "source_id",
    "source",
    "date_create",
    "created_time",
    "begindate",
    "closedate",
    "closed",
    "company_id",
    "contact_id",
    "owner_id",
    "entity_id",
    "_deleted_at",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A column with how well it fits the question."""

    table: Table
    column: Column
    score: float


def choose(question: str, tables: Sequence[Table]) -> list[Chosen]:
    """Rank every column of the tables for a question, the best first."""
    documents = [(table, column) for table in tables for column in table.columns]
    words = [_words_of(column) for _, column in documents]
    wanted = widened(stems_of(question))
    frequency = Counter(stem for bag in words for stem in bag)
    length = sum(sum(bag.values()) for bag in words) / max(1, len(words))
    own = {table.name: _table_score(table, wanted) for table in tables}
    ranked = [
        Chosen(
            table,
            column,
            _score(bag, wanted, frequency, count=len(words), length=length)
            * (_EMPTY_PENALTY if column.empty else 1.0)
            + _TABLE_SHARE * own[table.name] * (2.0 if column.name in CORE else 1.0),
        )
        for (table, column), bag in zip(documents, words, strict=True)
    ]
    return sorted(ranked, key=lambda chosen: -chosen.score)


def best_tables(question: str, tables: Iterable[Table]) -> list[tuple[Table, float]]:
    """Rank tables by their own words and by the best of their columns."""
    listed = list(tables)
    wanted = widened(stems_of(question))
    best: dict[str, list[float]] = {table.name: [] for table in listed}
    for chosen in choose(question, listed):
        best[chosen.table.name].append(chosen.score)
    return sorted(
        (
            (table, 2 * _table_score(table, wanted) + sum(best[table.name][:3]) + _weight(table))
            for table in listed
        ),
        key=lambda pair: -pair[1],
    )


def _weight(table: Table) -> float:
    """Prefer what most questions are about, when a question does not say."""
    if table.rows == 0:
        return -1.0
    return _USUAL.get(table.name.removeprefix("v_"), 0.0)


def _words_of(column: Column) -> Counter[str]:
    bag = Counter(stems_of(column.label))
    bag.update(stems_of(column.name))
    for value in column.values:
        bag.update(set(stems_of(value)))
    return bag


def _table_score(table: Table, wanted: Mapping[str, float]) -> float:
    words = set(stems_of(table.name.removeprefix("v_").removeprefix("crm_"))) | set(
        stems_of(table.label)
    )
    return max((wanted.get(word, 0.0) for word in words), default=0.0) * 2


def _score(
    bag: Counter[str],
    wanted: Mapping[str, float],
    frequency: Mapping[str, int],
    *,
    count: int,
    length: float,
) -> float:
    size = sum(bag.values())
    total = 0.0
    for stem, weight in wanted.items():
        times = bag.get(stem, 0)
        if times:
            rarity = math.log(1 + (count - frequency[stem] + 0.5) / (frequency[stem] + 0.5))
            fading = times + _K * (1 - _B + _B * size / length)
            total += weight * rarity * times * (_K + 1) / fading
    return total
