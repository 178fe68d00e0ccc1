"""What a language model does for charts: draws them, and describes the tables."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bridge24.charts import descriptions, queries, saved
from bridge24.charts.describe import context_of
from bridge24.charts.examples import match, nearest
from bridge24.charts.execute import Answer
from bridge24.charts.generate import Drawn, Stage, draw
from bridge24.charts.metrics import Metric, merged, periods, told
from bridge24.charts.models import ChartExample
from bridge24.charts.prompt import DIALECT_NOTES
from bridge24.charts.spec import ChartSpec
from bridge24.core.clock import today_in
from bridge24.core.db import get_dialect, transaction
from bridge24.core.llm import LanguageModel, language_model
from bridge24.core.settings import get_settings

LANGUAGE_NAMES = {"ru": "Russian", "en": "English"}


@dataclass(frozen=True, slots=True)
class _Known:
    metrics: Sequence[Metric]
    examples: Sequence[ChartExample]


class AIService:
    """Draws charts from questions and describes the tables, with the model of the settings.

    Args:
        model: Whom to ask; None: the one the settings name, when it is first needed.
    """

    def __init__(self, model: LanguageModel | None = None) -> None:
        self._given = model

    @property
    def _model(self) -> LanguageModel:
        return self._given or language_model()

    async def generate_chart_spec(self, prompt: str, schema_context: str) -> dict[str, object]:
        """Draw a chart; the result is a ``ChartSpec`` or a ``clarification`` as plain JSON.

        Args:
            prompt: The question, in any language.
            schema_context: What ``ChartService.get_schema_context`` gave.

        Raises:
            ModelNotConfigured: There is no model to ask.
            NoChart: Nothing that runs came of it.
        """
        drawn = await draw(
            self._model, prompt, context=schema_context, language="English", run=saved.run
        )
        if drawn.clarification is not None:
            return {"clarification": drawn.clarification.model_dump(mode="json")}
        return drawn.spec.model_dump(mode="json") if drawn.spec else {}

    async def ask(
        self,
        question: str,
        *,
        language: str,
        previous: ChartSpec | None = None,
        tables: Sequence[str] | None = None,
        tell: Callable[[Stage], None] = lambda _stage: None,
        today: date | None = None,
    ) -> Drawn:
        """Draw a chart for a question with everything that is known here.

        A question that an operator has verified is answered by its own chart, without a model.

        Args:
            question: In any language.
            language: ``ru`` or ``en``, when the question does not tell.
            previous: The chart it refines.
            tables: Only these tables; None: all.
            tell: Told about each stage as it begins.
            today: What "this quarter" is reckoned from; None: the day it is for the company.
        """
        tell(Stage.UNDERSTANDING)
        known = await _known()
        certain = match(question, known.examples) if previous is None else None
        if certain is not None:
            tell(Stage.RUNNING)
            return Drawn(certain, await _run(certain), verified=True)
        notes = _notes(question, known, today=today or today_in(get_settings().charts_timezone))
        words = question if previous is None else f"{question} {previous.title} {previous.sql}"
        context = await context_of(words, table_filter=tables, notes=notes)
        return await draw(
            self._model,
            question,
            context=f"{DIALECT_NOTES[get_dialect()]}\n\n{context.text}",
            language=LANGUAGE_NAMES.get(language, "English"),
            run=_run,
            previous=previous,
            tell=tell,
        )

    async def generate_schema_description(self, schema_context: str, language: str = "ru") -> str:
        """Describe the tables as Markdown; the text is kept until the schema changes."""
        pieces = self.describe(language, schema_context=schema_context)
        return "".join([piece async for piece in pieces])

    def describe(self, language: str, *, schema_context: str | None = None) -> AsyncIterator[str]:
        """Describe the tables, handing the words out while they are written."""
        return descriptions.written(
            self._model,
            language=language,
            model_name=get_settings().openai_model,
            context=schema_context,
        )


async def _run(spec: ChartSpec) -> Answer:
    return await saved.run(spec)


async def _known() -> _Known:
    async with transaction() as session:
        own = [Metric(row.term, row.meaning) for row in await queries.metrics(session)]
        return _Known(merged(own), await queries.examples(session))


def _notes(question: str, known: _Known, *, today: date) -> list[str]:
    """Lines every context has: the calendar, the terms, the examples most like the question."""
    examples = nearest(question, known.examples)
    return [
        *periods(today, zone=get_settings().charts_timezone),
        "Terms:",
        *told(known.metrics, question=question),
        *(["Verified examples:", *examples] if examples else []),
    ]
