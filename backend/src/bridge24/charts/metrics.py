"""What the business words mean in Bitrix24: defined once, editable, told to every model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bridge24.charts.knowledge.tokens import tokens_in
from bridge24.charts.knowledge.words import stems_of

MOST_TOKENS = 1_500
"""Of all terms together: the rest of the context is for the tables."""

# Semantics of stages: https://apidocs.bitrix24.com/api-reference/crm/status/index.html


@dataclass(frozen=True, slots=True)
class Metric:
    """One term with what it means."""

    term: str
    """In both languages, with a slash in between."""
    meaning: str
    """In words and SQL, as a model or an analyst needs it."""


DEFAULTS: tuple[Metric, ...] = (
    Metric(
        "выигранная сделка / won deal",
        "stage_semantic_id = 'S'; lost: 'F'; in progress: 'P'. closed also holds lost ones. "
        "Every funnel has stages of its own; stage_semantic_id is the same for all of them",
    ),
    Metric(
        "выручка / revenue",
        "SUM(opportunity) of won deals by closedate, one row for each currency_id: different "
        "currencies are never added up",
    ),
    Metric(
        "конверсия / conversion",
        "won deals ÷ all deals created in the period, as a percentage: "
        "100.0 * SUM(CASE WHEN stage_semantic_id = 'S' THEN 1 ELSE 0 END) / COUNT(*)",
    ),
    Metric(
        "конверсия лидов / lead conversion",
        "leads with status_semantic_id = 'S' ÷ all leads created in the period, as a percentage",
    ),
    Metric("средний чек / average cheque", "AVG(opportunity) of won deals with opportunity > 0"),
    Metric(
        "воронка / pipeline, funnel",
        "deals by funnel (the name; in v_ views) or category_id (0 is the general one). Current "
        "work: stage_semantic_id = 'P'",
    ),
    Metric(
        "менеджер / manager",
        "the person in assigned_by_id; the name is responsible in v_ views, else crm_users "
        "(name, last_name)",
    ),
    Metric("стадия / stage", "stage (the name; in v_ views), else stage_id; leads: status"),
    Metric("новые сделки / new deals", "by date_create, not begindate, which is a planned date"),
    Metric(
        "длительность сделки / deal cycle",
        "days from date_create to closedate of won deals",
    ),
    Metric(
        "повторная сделка / repeat deal",
        "is_return_customer or is_repeated_approach is true",
    ),
    Metric("срок просрочен / overdue", "closedate before today while stage_semantic_id = 'P'"),
)


def merged(own: Sequence[Metric]) -> list[Metric]:
    """Put this installation's terms in place of the built-in ones of their names."""
    terms = {metric.term: metric for metric in [*DEFAULTS, *own]}
    return [metric for metric in terms.values() if metric.meaning.strip()]


def told(metrics: Sequence[Metric], *, question: str = "") -> list[str]:
    """Word the terms for a model, one line each, as many as there is room for.

    Args:
        metrics: In their order, which stays.
        question: Terms with a word of it come first when not all have room.
    """
    asked = set(stems_of(question))
    ranked = sorted(metrics, key=lambda metric: asked.isdisjoint(stems_of(metric.term)))
    room, chosen = MOST_TOKENS, set()
    for metric in ranked:
        cost = tokens_in(_line(metric)) + 1
        if cost <= room:
            room -= cost
            chosen.add(metric.term)
    return [_line(metric) for metric in metrics if metric.term in chosen]


def _line(metric: Metric) -> str:
    return f"- {' '.join(metric.term.split())}: {' '.join(metric.meaning.split())}"


def periods(today: date, *, zone: str) -> list[str]:
    """Say what this and the last month, quarter and year are, so that nobody has to reckon."""
    quarter = (today.month - 1) // 3 * 3 + 1
    this = {
        "month": today.replace(day=1),
        "quarter": today.replace(month=quarter, day=1),
        "year": today.replace(month=1, day=1),
    }
    steps = {"month": 1, "quarter": 3, "year": 12}
    lines = [
        f"Today is {today:%Y-%m-%d, %A}, in the company's time zone, {zone}. Columns of dates are "
        "days there; columns of moments are UTC."
    ]
    for name, start in this.items():
        before, after = _moved(start, -steps[name]), _moved(start, steps[name])
        lines.append(
            f"This {name}: from {start} to before {after}; last {name}: from {before} "
            f"to before {start}."
        )
    return lines


def _moved(start: date, months: int) -> date:
    count = start.year * 12 + start.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
