"""Questions whose charts are known to be right: they need no model, and teach it."""

import json
from collections.abc import Sequence

from bridge24.charts.knowledge.words import stems_of, widened
from bridge24.charts.models import ChartExample
from bridge24.charts.spec import ChartSpec

SHOWN = 3
LEAST_LIKENESS = 0.2


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
    return [
        f"- question {json.dumps(example.question, ensure_ascii=False)}: "
        f"{ChartSpec.model_validate_json(example.spec).sql}"
        for example in ranked[:SHOWN]
        if _likeness(weights, example) >= LEAST_LIKENESS
    ]


def _likeness(weights: dict[str, float], example: ChartExample) -> float:
    stems = set(stems_of(example.question))
    if not stems or not weights:
        return 0.0
    return sum(weights.get(stem, 0.0) for stem in stems) / max(len(stems), 1)
