"""Questions whose charts are known to be right: they need no model, and teach it."""

import json
from collections.abc import Sequence

from bridge24.charts.knowledge.tokens import tokens_in
from bridge24.charts.knowledge.words import stems_of, widened
from bridge24.charts.models import ChartExample
from bridge24.charts.spec import ChartSpec

SHOWN = 3
LEAST_LIKENESS = 0.2
MOST_TOKENS = 1_200
"""Of all that are shown: the rest of the context is for the tables."""


def match(question: str, examples: Sequence[ChartExample]) -> ChartSpec | None:
    """Find the chart of the same question, whatever the forms and the order of its words."""
    asked = sorted(stems_of(question))
    for example in examples:
        if asked and sorted(stems_of(example.question)) == asked:
            return ChartSpec.model_validate_json(example.spec)
    return None


def nearest(question: str, examples: Sequence[ChartExample]) -> list[str]:
    """Word the examples most like a question, for the model, one line each."""
    weights = widened(stems_of(question))
    ranked = sorted(examples, key=lambda example: -_likeness(weights, example))
    lines: list[str] = []
    room = MOST_TOKENS
    for example in ranked[:SHOWN]:
        line = _line(example)
        room -= tokens_in(line) + 1
        if room < 0 or _likeness(weights, example) < LEAST_LIKENESS:
            break
        lines.append(line)
    return lines


def _line(example: ChartExample) -> str:
    sql = ChartSpec.model_validate_json(example.spec).sql
    asked, answered = (json.dumps(text, ensure_ascii=False) for text in (example.question, sql))
    return f"- question {asked}: {answered}"


def _likeness(weights: dict[str, float], example: ChartExample) -> float:
    stems = set(stems_of(example.question))
    if not stems or not weights:
        return 0.0
    return sum(weights.get(stem, 0.0) for stem in stems) / max(len(stems), 1)
