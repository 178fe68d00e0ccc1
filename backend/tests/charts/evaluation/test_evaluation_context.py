"""The wide made-up company: its questions find their columns, and nobody's data is told."""

import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.canned import CannedModel, Rule
from bridge24.charts.describe import tables_of_crm
from bridge24.charts.evaluation.cases import HALVES, Case, built_in, load
from bridge24.charts.evaluation.run import (
    Outcome,
    Verdict,
    covered,
    evaluate,
    processes_by_title,
    usual_notes,
)
from bridge24.charts.execute import execute_chart_query
from bridge24.charts.knowledge.context import context_for
from bridge24.charts.knowledge.facts import Table
from bridge24.charts.pool import close_charts
from bridge24.cli.rehearsal import mirror
from bridge24.cli.rehearsal.measuring import TODAY
from bridge24.core.db import close_db, connection, get_dialect, init_db
from bridge24.core.settings import Settings, get_settings

sys.path.insert(0, str(Path(__file__).parent))
from asked_model import model_at

LEAST_SHARE = 0.98
MOST_TOKENS = 6_000
NOTES = usual_notes(TODAY)
PEOPLE = (
    ("crm_users", ("last_name", "email", "personal_mobile", "work_phone")),
    ("crm_contacts", ("last_name", "second_name", "address", "comments", "birthdate")),
    ("crm_leads", ("last_name", "address", "comments", "title")),
    ("crm_contacts_multifields", ("value",)),
    ("crm_companies_multifields", ("value",)),
    ("crm_companies", ("address", "comments", "title")),
    ("crm_deals", ("comments", "title")),
    ("crm_activities", ("subject", "description")),
    ("crm_calls", ("phone_number",)),
    ("crm_requisites", ("rq_last_name", "rq_inn", "rq_email", "rq_phone")),
    ("v_crm_deals", ("responsible", "contact", "created_by")),
)
ASKED = 5
"""Every so manieth question is asked of a model that knows the answer."""
LOOKED_INTO = 5
"""Every so manieth context is searched for people; one has every table's values sooner or later."""
SHORTEST = 5
"""Letters; "ООО" or "7" is nobody's."""


@pytest.fixture
async def company(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The company's tables and views, with some hundred custom fields."""
    monkeypatch.setenv("DATABASE_URL", database)
    get_settings.cache_clear()
    await init_db(Settings(database_url=SecretStr(database)))
    await mirror()
    yield
    await close_charts()
    await close_db()
    get_settings.cache_clear()


@pytest.mark.timeout(900)
async def test_the_questions_of_a_wide_company_find_their_columns_and_no_person(
    company: None,
) -> None:
    tables = await tables_of_crm()
    _is_wide(tables)
    cases = load(built_in())
    for case in cases:
        if case.language == "ru":
            gold = case.gold(get_dialect(), processes_by_title(tables))
            assert (await execute_chart_query(gold)).rows, case.name
    _are_told_enough(cases, [covered(case, tables, notes=NOTES) for case in cases])
    _tell_of_nobody(cases[::LOOKED_INTO], tables, await _secrets())
    await _are_scored([case for case in cases if case.language == "ru"][::ASKED])


async def _are_scored(cases: Sequence[Case]) -> None:
    """Ask a model that knows the answer key but for every third question."""
    titles = processes_by_title(await tables_of_crm())
    rules = [
        Rule(re.escape(case.question), await _answer(case, titles, is_right=place % 3 > 0))
        for place, case in enumerate(cases)
    ]
    async with CannedModel(rules) as server:
        model = model_at(server.base_url)
        outcomes = await evaluate(model, cases, today=TODAY)
        await model.close()
    for place, outcome in enumerate(outcomes):
        right = Verdict.EXACT if place % 3 else Verdict.WRONG
        assert outcome.verdict is right, (outcome.case.name, outcome.sql, outcome.error)
        assert outcome.type_agrees == bool(place % 3)
        assert outcome.prompt_tokens > 1_000


async def _answer(case: Case, titles: Mapping[str, str], *, is_right: bool) -> dict[str, object]:
    sql = case.gold(get_dialect(), titles) if is_right else "SELECT -1 AS wrong"
    first, *others = (await execute_chart_query(sql)).columns
    chart = {
        "title": case.name,
        "sql": sql,
        "chart_type": case.types[0] if is_right else "scatter",
        "x": first,
        "series": [{"column": name, "label": name} for name in others or [first]],
    }
    return {"chart": chart}


def _is_wide(tables: Sequence[Table]) -> None:
    own = [table for table in tables if not table.is_view]
    assert len(own) >= 40
    assert max(len(table.columns) for table in own) >= 300


def _are_told_enough(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> None:
    assert len(cases) >= 120
    assert {case.language for case in cases} == {"ru", "en"}
    assert max(outcome.context_tokens for outcome in outcomes) <= MOST_TOKENS
    for half in HALVES:
        asked = [outcome for outcome in outcomes if outcome.case.half == half]
        lost = [(o.case.question, o.missing) for o in asked if o.missing]
        assert len(lost) <= (1 - LEAST_SHARE) * len(asked), lost


async def _secrets() -> set[str]:
    """Everything that belongs to the company's people and customers."""
    found: set[str] = set()
    async with connection() as conn:
        for table, columns in PEOPLE:
            for column in columns:
                rows = await conn.execute(text(f"SELECT DISTINCT {column} FROM {table}"))
                found |= {str(value).strip() for (value,) in rows if value is not None}
    secrets = {value for value in found if len(value) >= SHORTEST}
    assert len(secrets) > 500
    return secrets


def _tell_of_nobody(cases: Sequence[Case], tables: Sequence[Table], secrets: set[str]) -> None:
    for case in cases:
        context = context_for(case.question, tables, dialect=get_dialect(), notes=NOTES)
        assert [secret for secret in secrets if secret in context.text] == [], case.question
