"""`bridge24 eval charts` from its options to its report, against a canned model."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from bridge24.canned import CannedModel, Rule
from bridge24.cli.app import cli
from bridge24.cli.rehearsal import measuring
from bridge24.core.db import connection
from bridge24.core.errors import AppError
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate

GOLD = "SELECT stage_id AS stage, COUNT(*) AS deals FROM crm_deals GROUP BY stage_id"
CASES = f"""
[[case]]
name = "by_stage"
ru = "Сделки по стадиям"
en = "Deals by stage"
types = ["bar"]
sql = "{GOLD}"

[[case]]
name = "of_nothing"
en = "Anything else"
types = ["number"]
sql = "SELECT COUNT(*) AS deals FROM crm_deals"
"""
CHART = {
    "title": "Deals",
    "sql": GOLD,
    "chart_type": "bar",
    "x": "stage",
    "series": [{"column": "deals", "label": "Deals"}],
}
KEY = "only-for-this-test"


async def _small_company() -> None:
    """In place of the wide one, whose copying takes a minute."""
    await migrate()
    async with connection() as conn:
        await conn.execute(text("CREATE TABLE crm_deals (id BIGINT, stage_id VARCHAR(9))"))
        await conn.execute(text("INSERT INTO crm_deals VALUES (1, 'A'), (2, 'A'), (3, 'B')"))


@pytest.fixture
async def model(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CannedModel]:
    """A server that wants a key and always draws deals by stage."""
    monkeypatch.setattr(measuring, "mirror", _small_company)
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("OPENAI_PROMPT_PRICE", "1000")
    monkeypatch.setenv("OPENAI_ANSWER_PRICE", "1000")
    monkeypatch.setenv("THE_KEY", KEY)
    get_settings.cache_clear()
    async with CannedModel([Rule("", {"chart": CHART})], key=KEY) as server:
        yield server
    get_settings.cache_clear()


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Three questions: two that the model answers right, one that it does not."""
    file = tmp_path / "own.toml"
    file.write_text(CASES)
    return file


async def _run(model: CannedModel, cases: Path, *more: str) -> Result:
    arguments = ["eval", "charts", "--cases", str(cases), "--base-url", model.base_url]
    asked = [*arguments, "--model", "canned", "--key-env", "THE_KEY", *more]
    return await asyncio.to_thread(CliRunner().invoke, cli, asked)


async def test_the_command_scores_a_model_and_writes_its_report(
    model: CannedModel, cases: Path, tmp_path: Path, database: str
) -> None:
    report = tmp_path / "report.json"
    done = await _run(model, cases, "--report", str(report))
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text())
    assert told["dialect"] == ("postgresql" if database.startswith("postgresql") else "mysql")
    figures = {each["of"]: each for each in told["figures"]}
    assert [figures[of]["exact"] for of in ("all", "ru", "en")] == [66.7, 100.0, 50.0]
    assert [figures[of]["type_agrees"] for of in ("all", "ru", "en")] == [66.7, 100.0, 50.0]
    assert [each["verdict"] for each in told["outcomes"]] == ["exact", "exact", "wrong"]
    _is_charged(figures["all"], told["outcomes"])
    assert "canned on" in done.output and "66.7" in done.output
    assert KEY not in done.output + report.read_text()


def _is_charged(figures: dict[str, Any], outcomes: list[dict[str, Any]]) -> None:
    tokens = sum(each["prompt_tokens"] + each["answer_tokens"] for each in outcomes)
    assert tokens > 300
    assert figures["dollars"] == pytest.approx(tokens * 1000 / 1e6, abs=1e-4)
    assert figures["seconds_p95"] >= figures["seconds_mean"] > 0


async def test_only_the_first_questions_are_asked_when_so_many_are_wanted(
    model: CannedModel, cases: Path
) -> None:
    assert (await _run(model, cases, "--limit", "1")).exit_code == 0
    assert len(model.requests) == 1


async def test_a_file_of_cases_that_is_not_there_is_named(
    model: CannedModel, tmp_path: Path
) -> None:
    done = await _run(model, tmp_path / "none.toml")
    assert isinstance(done.exception, AppError)
    assert "none.toml" in str(done.exception)
    assert model.requests == []
