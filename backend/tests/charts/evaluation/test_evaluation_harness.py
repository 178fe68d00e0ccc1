"""The harness itself: right answers score, wrong ones are told apart, costs are counted."""

import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.canned import CannedModel, Rule
from bridge24.charts.evaluation.cases import BadCases, Case, built_in, load
from bridge24.charts.evaluation.compare import alike, same
from bridge24.charts.evaluation.report import as_json, figures
from bridge24.charts.evaluation.run import BadAnswerKey, Verdict, evaluate
from bridge24.charts.guard import Dialect, validate_sql_query
from bridge24.charts.pool import close_charts
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.llm.provider import OpenAIModel
from bridge24.core.settings import Settings, get_settings
from bridge24.core.tables import migrate

sys.path.insert(0, str(Path(__file__).parent))
from asked_model import model_at

TODAY = date(2026, 8, 1)
GOLD = "SELECT stage_id AS stage, COUNT(*) AS deals FROM crm_deals GROUP BY stage_id"
CASES = """
[[case]]
name = "by_stage"
en = "exact"
types = ["bar"]
sql = "{gold}"
"""
CHART = {
    "title": "Deals",
    "sql": GOLD,
    "chart_type": "bar",
    "x": "stage",
    "series": [{"column": "deals", "label": "Deals"}],
}


def case(question: str, *, ordered: bool = False, sql: str = GOLD) -> Case:
    spelled = {"postgresql": sql, "mysql": sql}
    return Case("by_stage", "en", question, spelled, ["bar"], ordered, "first")  # type: ignore[arg-type]


def says(sql: str = GOLD, **more: object) -> dict[str, object]:
    return {"chart": {**CHART, "sql": sql, **more}}


RULES = (
    Rule("^exact", says()),
    Rule("^renamed", says(GOLD.replace("AS deals", "AS deals, 1 AS more"))),
    Rule("^swapped", says("SELECT COUNT(*) AS deals, stage_id AS stage FROM crm_deals GROUP BY 2")),
    Rule("^wrong", says(f"{GOLD} LIMIT 1")),
    Rule("^pie", says(chart_type="pie")),
    Rule("^backwards", says(f"{GOLD} ORDER BY stage DESC")),
    Rule("^back", {"clarification": {"question": "Which?", "choices": ["a", "b"]}}),
    Rule("", says("DELETE FROM crm_deals")),
)


@pytest.fixture
async def model(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIModel]:
    """A canned model over three deals; the first words of the question are its rule."""
    monkeypatch.setenv("DATABASE_URL", database)
    get_settings.cache_clear()
    await init_db(Settings(database_url=SecretStr(database)))
    await migrate()
    async with connection() as conn:
        await conn.execute(text("CREATE TABLE crm_deals (id BIGINT, stage_id VARCHAR(9))"))
        await conn.execute(text("INSERT INTO crm_deals VALUES (1, 'A'), (2, 'A'), (3, 'B')"))
    async with CannedModel(RULES) as server:
        yield (asked := model_at(server.base_url))
        await asked.close()
    await close_charts()
    await close_db()
    get_settings.cache_clear()


async def test_right_wrong_refused_and_asked_back_are_told_apart(model: OpenAIModel) -> None:
    cases = [case(q) for q in ("exact", "renamed", "swapped", "wrong", "pie", "back", "delete")]
    cases.append(case("backwards", ordered=True, sql=f"{GOLD} ORDER BY stage"))
    outcomes = await evaluate(model, cases, today=TODAY)
    verdicts = [outcome.verdict for outcome in outcomes]
    assert verdicts == [
        Verdict.EXACT,
        Verdict.ALIKE,
        Verdict.ALIKE,
        Verdict.WRONG,
        Verdict.EXACT,
        Verdict.ASKED,
        Verdict.FAILED,
        Verdict.WRONG,
    ]
    assert [o.type_agrees for o in outcomes[:6]] == [True, True, True, True, False, False]
    assert "DELETE" not in str(outcomes[6].sql) and "no chart" in str(outcomes[6].error)
    (all_, *_) = figures(outcomes)
    assert (all_.exact, all_.right, all_.asked_back, all_.failed) == (25.0, 50.0, 12.5, 12.5)
    assert all_.type_agrees == 83.3
    assert outcomes[6].prompt_tokens > outcomes[0].prompt_tokens > 100
    spent = sum(o.prompt_tokens + 2 * o.answer_tokens for o in outcomes)
    assert all_.dollars == pytest.approx(spent / 1e6, abs=1e-4)
    told = as_json(outcomes, model="canned", dialect="postgresql")
    assert told["outcomes"][0]["question"] == "exact"  # type: ignore[index]


async def test_a_right_query_that_does_not_run_stops_the_evaluation(model: OpenAIModel) -> None:
    with pytest.raises(BadAnswerKey, match="by_stage"):
        await evaluate(model, [case("exact", sql="SELECT nothing FROM crm_deals")], today=TODAY)


ONE: Sequence[Sequence[object]] = [["A", 2], ["B", 1.25]]


@pytest.mark.parametrize(
    ("given", "is_same", "is_alike"),
    [
        ([["B", 1.25], ["A", 2]], True, True),
        ([["A", "2.00"], ["B", "1.250"]], True, True),
        ([["A", 2], ["B", 1.3]], False, True),
        ([["A", 2], ["B", 1.5]], False, False),
        ([["A", 1.25], ["B", 2]], False, False),
        ([[2, "x", "A"], [1.25, "y", "B"]], False, True),
        ([["A", 2]], False, False),
        ([["A", 2], ["B", 1.25], ["B", 1.25]], False, False),
        ([["A", 2], ["B", None]], False, False),
    ],
)
def test_answers_are_compared_strictly_and_leniently(
    given: list[list[object]], is_same: bool, is_alike: bool
) -> None:
    assert same(ONE, given, ordered=False) is is_same  # type: ignore[arg-type]
    assert alike(ONE, given, ordered=False) is is_alike  # type: ignore[arg-type]


def test_a_month_may_be_told_as_its_first_day_or_its_name() -> None:
    assert alike([["2026-03-01"]], [["2026-03"]], ordered=True)
    assert alike([["2026-03-01"]], [["2026-03-01T00:00:00"]], ordered=True)
    assert not alike([["2026-03-01"]], [["2026-03-02"]], ordered=True)


def test_a_file_of_cases_is_read_and_a_broken_one_says_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CASES.replace("{gold}", GOLD))
    (only,) = load([file])
    assert (only.question, only.half, only.gold("mysql", {})) == ("exact", "own", GOLD)
    file.write_text("[[case]]\nname = 'x'\n")
    with pytest.raises(BadCases, match="lacks 'sql'"):
        load([file])
    with pytest.raises(BadCases, match="No such file"):
        load([tmp_path / "none.toml"])


def test_the_cases_of_the_program_are_many_in_both_languages() -> None:
    cases = load(built_in())
    assert len(cases) >= 120
    assert len({(each.name, each.language) for each in cases}) == len(cases)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_the_right_queries_are_spelled_for_either_database(dialect: Dialect) -> None:
    titles = defaultdict(lambda: "crm_dynamic_1030")
    queries = [each.gold(dialect, titles) for each in load(built_in())]
    assert len(queries) >= 120
    for query in queries:
        assert query.lstrip().upper().startswith(("SELECT", "WITH"))
        validate_sql_query(query, dialect=dialect)
