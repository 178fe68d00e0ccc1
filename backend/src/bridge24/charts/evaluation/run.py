"""Asks every case of a model and compares what comes with what is right."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bridge24.charts.ai import AIService
from bridge24.charts.describe import tables_of_crm
from bridge24.charts.evaluation.cases import Case
from bridge24.charts.evaluation.compare import alike, rows_of, same
from bridge24.charts.evaluation.needs import needs_of
from bridge24.charts.execute import Answer, execute_chart_query
from bridge24.charts.generate import Drawn
from bridge24.charts.knowledge.context import context_for
from bridge24.charts.knowledge.facts import Table
from bridge24.charts.metrics import DEFAULTS, periods, told
from bridge24.core.clock import utc_naive
from bridge24.core.db import get_dialect, transaction
from bridge24.core.errors import AppError
from bridge24.core.llm import LanguageModel
from bridge24.core.llm.accounting import Spent, spent
from bridge24.core.settings import get_settings


class Verdict(StrEnum):
    """What became of a question."""

    EXACT = "exact"
    """The right rows and columns."""
    ALIKE = "alike"
    """Right, give or take further columns, their order and rounding."""
    WRONG = "wrong"
    """A chart of something else."""
    ASKED = "asked back"
    FAILED = "failed"
    """No chart at all."""


@dataclass(slots=True)
class Outcome:
    """One question, and what it cost."""

    case: Case
    verdict: Verdict = Verdict.FAILED
    chart_type: str | None = None
    sql: str | None = None
    error: str | None = None
    corrections: int = 0
    missing: list[str] = field(default_factory=list)
    """Tables and columns the answer needs that the model was not told of."""
    context_tokens: int = 0
    """Of the tables' description alone, estimated."""
    seconds: float = 0.0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    cost_micros: int = 0
    """Millionths of a US dollar; 0 while no prices are set."""

    @property
    def type_agrees(self) -> bool:
        """Whether the chart is of a type that suits the question."""
        return self.chart_type in self.case.types


class BadAnswerKey(AppError):
    """The right query of the case {case} does not run here: {reason}."""

    exit_code = 2


def processes_by_title(tables: Sequence[Table]) -> Mapping[str, str]:
    """Find the table of each smart process by its title."""
    return {table.label: table.name for table in tables if not table.is_view}


async def evaluate(
    model: LanguageModel,
    cases: Sequence[Case],
    *,
    today: date,
    tell: Callable[[Outcome], None] = lambda _outcome: None,
) -> list[Outcome]:
    """Ask the cases one after another, over the tables of the connected database.

    Args:
        model: Whom to ask.
        cases: What to ask, with the right queries.
        today: The day it is in the questions.
        tell: Told about each outcome as it comes.

    Raises:
        BadAnswerKey: A right query is refused or fails: nothing could be compared with it.
        DatabaseError: The database cannot be reached.
    """
    tables = await tables_of_crm()
    outcomes = []
    for case in cases:
        outcome = await _asked(model, case, tables=tables, today=today)
        outcomes.append(outcome)
        tell(outcome)
    return outcomes


def covered(case: Case, tables: Sequence[Table], *, notes: Sequence[str]) -> Outcome:
    """Look, without a model, whether the context of a question has what its answer needs.

    Args:
        case: The question.
        tables: All there are.
        notes: What else has to find room in the context.
    """
    dialect = get_dialect()
    gold = case.gold(dialect, processes_by_title(tables))
    needs = needs_of(gold, dialect=dialect, tables=tables)
    context = context_for(case.question, tables, dialect=dialect, notes=notes)
    return Outcome(case, missing=needs.missing(context), context_tokens=context.tokens)


async def _asked(
    model: LanguageModel, case: Case, *, tables: Sequence[Table], today: date
) -> Outcome:
    right = await _right(case, processes_by_title(tables))
    outcome = covered(case, tables, notes=usual_notes(today))
    since, began = utc_naive(), time.monotonic()
    before = await _spent(since)
    try:
        drawn = await AIService(model).ask(case.question, language=case.language, today=today)
        _judge(outcome, drawn, right)
    except AppError as error:
        outcome.error = str(error)
    outcome.seconds = time.monotonic() - began
    _charge(outcome, before, await _spent(since))
    return outcome


def usual_notes(today: date) -> list[str]:
    """The lines every context has while nobody has edited the terms or verified a question."""
    zone = get_settings().charts_timezone
    return [*periods(today, zone=zone), "Terms:", *told(DEFAULTS)]


async def _right(case: Case, processes: Mapping[str, str]) -> Answer:
    try:
        return await execute_chart_query(case.gold(get_dialect(), processes))
    except (AppError, KeyError) as error:
        raise BadAnswerKey(case=case.name, reason=error) from error


def _judge(outcome: Outcome, drawn: Drawn, right: Answer) -> None:
    outcome.corrections = drawn.corrections
    if drawn.clarification is not None:
        outcome.verdict = Verdict.ASKED
        return
    if drawn.spec is None or drawn.answer is None:
        return
    outcome.chart_type, outcome.sql = drawn.spec.chart_type.value, drawn.spec.sql
    outcome.verdict = _compared(outcome.case, right, drawn.answer)


def _compared(case: Case, right: Answer, given: Answer) -> Verdict:
    ours, theirs = rows_of(right.columns, right.rows), rows_of(given.columns, given.rows)
    if same(ours, theirs, ordered=case.ordered):
        return Verdict.EXACT
    return Verdict.ALIKE if alike(ours, theirs, ordered=case.ordered) else Verdict.WRONG


async def _spent(since: datetime) -> Spent:
    async with transaction() as session:
        return await spent(session, since=since)


def _charge(outcome: Outcome, before: Spent, after: Spent) -> None:
    outcome.prompt_tokens = after.prompt_tokens - before.prompt_tokens
    outcome.answer_tokens = after.answer_tokens - before.answer_tokens
    outcome.cost_micros = after.cost_micros - before.cost_micros
