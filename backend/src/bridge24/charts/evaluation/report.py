"""What came of an evaluation: figures by half and language, and everything as JSON; pure."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import mean

from bridge24.charts.evaluation.run import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some questions; shares are percentages."""

    of: str
    questions: int
    exact: float
    """Right rows and columns."""
    right: float
    """Right, give or take columns, their order and rounding."""
    type_agrees: float
    """Of the charts drawn."""
    asked_back: float
    failed: float
    told_enough: float
    """Questions whose context had every table and column the answer needs."""
    corrections: float
    """On average."""
    seconds_mean: float
    seconds_p95: float
    tokens_mean: float
    dollars: float


def figures(outcomes: Sequence[Outcome]) -> list[Figures]:
    """Sum up everything, each half and each language."""
    halves = dict.fromkeys(outcome.case.half for outcome in outcomes)
    languages = dict.fromkeys(outcome.case.language for outcome in outcomes)
    parts = [("all", list(outcomes))]
    parts += [(half, [o for o in outcomes if o.case.half == half]) for half in halves]
    parts += [(name, [o for o in outcomes if o.case.language == name]) for name in languages]
    return [_figures(name, part) for name, part in parts if part]


def _figures(name: str, outcomes: Sequence[Outcome]) -> Figures:
    def share(fits: Callable[[Outcome], bool], among: Sequence[Outcome] = outcomes) -> float:
        return round(100 * sum(map(fits, among)) / len(among), 1) if among else 0.0

    drawn = [outcome for outcome in outcomes if outcome.chart_type is not None]
    seconds = sorted(outcome.seconds for outcome in outcomes)
    return Figures(
        of=name,
        questions=len(outcomes),
        exact=share(lambda o: o.verdict is Verdict.EXACT),
        right=share(lambda o: o.verdict in {Verdict.EXACT, Verdict.ALIKE}),
        type_agrees=share(lambda o: o.type_agrees, drawn),
        asked_back=share(lambda o: o.verdict is Verdict.ASKED),
        failed=share(lambda o: o.verdict is Verdict.FAILED),
        told_enough=share(lambda o: not o.missing),
        corrections=round(mean(outcome.corrections for outcome in outcomes), 2),
        seconds_mean=round(mean(seconds), 2),
        seconds_p95=round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 2),
        tokens_mean=round(mean(o.prompt_tokens + o.answer_tokens for o in outcomes)),
        dollars=round(sum(outcome.cost_micros for outcome in outcomes) / 1e6, 4),
    )


def as_json(outcomes: Sequence[Outcome], *, model: str, dialect: str) -> dict[str, object]:
    """Tell everything, for a file."""
    return {
        "model": model,
        "dialect": dialect,
        "figures": [asdict(each) for each in figures(outcomes)],
        "outcomes": [_outcome(outcome) for outcome in outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, object]:
    told = asdict(outcome)
    case = told.pop("case")
    named = {name: case[name] for name in ("name", "language", "half", "question")}
    return {**named, **told, "type_agrees": outcome.type_agrees}
