"""From a question to a chart with its answer: understood, written, run, corrected."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bridge24.charts.errors import ChartServiceError, QueryFailed, QueryRefused, QueryTooCostly
from bridge24.charts.execute import Answer
from bridge24.charts.prompt import corrected, drawing
from bridge24.charts.spec import ChartSpec, Clarification, Draft, misfit
from bridge24.core.llm import LanguageModel, Message

CORRECTIONS = 2
PURPOSE = "chart"


class Stage(StrEnum):
    """Where the drawing of a chart is, for whoever waits."""

    UNDERSTANDING = "understanding"
    WRITING = "writing"
    RUNNING = "running"
    CORRECTING = "correcting"
    DONE = "done"


@dataclass(slots=True)
class Drawn:
    """A chart with its answer, or a question back."""

    spec: ChartSpec | None = None
    answer: Answer | None = None
    clarification: Clarification | None = None
    corrections: int = 0
    """How often the first query had to be corrected."""
    verified: bool = False
    """An operator has found the chart of this question right."""


Run = Callable[[ChartSpec], Awaitable[Answer]]
Tell = Callable[[Stage], None]


class NoChart(ChartServiceError):
    """The language model found no chart for this question, after {corrections} corrections
    ({reason}): ask in other words, or make the chart by hand."""

    status = 422


async def draw(
    model: LanguageModel,
    question: str,
    *,
    context: str,
    language: str,
    run: Run,
    previous: ChartSpec | None = None,
    tell: Tell = lambda _stage: None,
) -> Drawn:
    """Have a model draw a chart, run its query, and let it mend what does not work.

    A query that is refused, fails, gives other columns than the chart draws, or finds nothing
    is shown to the model with the reason, twice at most. An answer that stays empty is an
    answer.

    Args:
        model: Whom to ask.
        question: The reader's, in any language.
        context: What the model must know of the tables.
        language: In which to answer when the question does not tell, ``Russian`` …
        run: Checks and executes a chart's query: the one gate for all of them.
        previous: The chart that the question refines.
        tell: Told about each stage as it begins.

    Raises:
        NoChart: Nothing that runs came of it.
        ModelError: The model did not answer.
    """
    messages = drawing(question, context=context, language=language, previous=previous)
    tell(Stage.WRITING)
    draft = await model.complete(messages, answer=Draft, purpose=PURPOSE)
    return await _settled(model, messages, draft, run=run, tell=tell)


async def _settled(
    model: LanguageModel, messages: Sequence[Message], draft: Draft, *, run: Run, tell: Tell
) -> Drawn:
    empty: Drawn | None = None
    complaint: str | None = "it returned neither a chart nor a question"
    for corrections in range(CORRECTIONS + 1):
        if draft.clarification is not None and draft.chart is None:
            return Drawn(clarification=draft.clarification, corrections=corrections)
        if draft.chart is not None:
            tell(Stage.RUNNING)
            answer, complaint = await _tried(draft.chart, run)
            drawn = Drawn(draft.chart, answer, corrections=corrections)
            if answer is not None and answer.rows:
                return drawn
            empty = drawn if answer is not None else empty
        if corrections < CORRECTIONS:
            tell(Stage.CORRECTING)
            draft = await _corrected(model, messages, draft, complaint)
    if empty is not None:
        return empty
    raise NoChart(corrections=CORRECTIONS, reason=complaint)


async def _corrected(
    model: LanguageModel, messages: Sequence[Message], draft: Draft, complaint: str | None
) -> Draft:
    if draft.chart is None:
        return await model.complete(messages, answer=Draft, purpose=PURPOSE)
    return await model.complete(
        corrected(messages, draft.chart, complaint), answer=Draft, purpose=PURPOSE
    )


async def _tried(spec: ChartSpec, run: Run) -> tuple[Answer | None, str | None]:
    """Run a chart's query: its answer, or what the model should mend; (answer, None) is good."""
    try:
        answer = await run(spec)
    except (QueryRefused, QueryFailed, QueryTooCostly) as error:
        return None, str(error)
    complaint = misfit(spec, answer.columns)
    return (None, complaint) if complaint else (answer, None)
