"""The demonstration's canned model answers the interface's examples, on a real mirror."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from bridge24 import api
from bridge24.canned import CannedModel
from bridge24.canned.demo import RULES
from bridge24.canned.topics import CANNED
from bridge24.charts.pool import close_charts
from bridge24.cli.rehearsal import mirror
from bridge24.core.db import close_db, init_db
from bridge24.core.llm import close_model
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import PortalSpec

LOCALES = Path(__file__).parents[3] / "frontend/src/lib/locales"
LANGUAGES = ("ru", "en")
SPEC = PortalSpec(
    name="demo", deals=60, contacts=20, leads=30, companies=20, quotes=4, items=4, activities=10
)
BEST = {"ru": "Кто лучший менеджер?", "en": "Who is the best manager?"}
MONTHLY = {"ru": "теперь по месяцам", "en": "now by month"}
ROUND = {"ru": "сделай круговой", "en": "as a pie"}
WON = {"ru": "только выигранные", "en": "only won deals"}
STRANGE = {"ru": "Какая завтра погода?", "en": "What is the weather tomorrow?"}
FUNNY = {"ru": "в стихах", "en": "in verse"}


@pytest.fixture
async def demo(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    """The API over a mirrored portal, with the demonstration's model."""
    async with CannedModel(RULES) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
        monkeypatch.setenv("DATABASE_URL", database)
        get_settings.cache_clear()
        await init_db(Settings(database_url=SecretStr(database)))
        await mirror(SPEC, wide=False)
        transport = httpx2.ASGITransport(app=api.build(FastAPI()))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
        await close_model()
        await close_charts()
        await close_db()
        get_settings.cache_clear()


async def test_every_example_of_the_interface_becomes_a_chart(demo: httpx2.AsyncClient) -> None:
    for language in LANGUAGES:
        questions = _examples(language)
        assert len(questions) >= 7
        for question in questions:
            told = await _asked(demo, question, language)
            _is_drawn(told, language)
        await _follows_up(demo, language)
        await _asks_back(demo, language)
        await _says_what_it_is(demo, language)
        await _describes(demo, language)


def _examples(language: str) -> list[str]:
    texts = json.loads((LOCALES / language / "charts.json").read_text())
    return [*texts["examples"].values()]


async def _asked(
    demo: httpx2.AsyncClient, question: str, language: str, previous: object = None
) -> dict[str, Any]:
    body = {"prompt": question, "language": language, "previous": previous}
    response = await demo.post("/api/v1/charts/generate", json=body, timeout=60)
    assert response.status_code == 200, (question, response.text)
    told: dict[str, Any] = response.json()
    return told


def _is_drawn(told: dict[str, Any], language: str) -> None:
    chart = told["chart"]
    assert told["data"]["rows"], chart
    assert CANNED[language] in chart["assumptions"]  # type: ignore[index]
    assert _is_russian(chart["title"]) == (language == "ru")


def _is_russian(text: str) -> bool:
    return any("а" <= letter <= "я" for letter in text.lower())


async def _follows_up(demo: httpx2.AsyncClient, language: str) -> None:
    first = (await _asked(demo, _examples(language)[1], language))["chart"]
    monthly = await _asked(demo, MONTHLY[language], language, first)
    assert (monthly["chart"]["grain"], monthly["chart"]["chart_type"]) == ("month", "line")
    assert len(monthly["data"]["rows"]) > 3
    pie = (await _asked(demo, ROUND[language], language, first))["chart"]
    assert (pie["chart_type"], pie["sql"]) == ("pie", first["sql"])
    won = await _asked(demo, WON[language], language, first)
    counted = sum(row["deals"] for row in won["data"]["rows"])
    again = await _asked(demo, _examples(language)[1], language)
    assert 0 < counted < sum(row["deals"] for row in again["data"]["rows"])
    kept = (await _asked(demo, FUNNY[language], language, first))["chart"]
    assert (kept["sql"], len(kept["assumptions"])) == (first["sql"], 2)


async def _asks_back(demo: httpx2.AsyncClient, language: str) -> None:
    told = await _asked(demo, BEST[language], language)
    choices = told["clarification"]["choices"]
    assert told["chart"] is None and len(choices) == 3
    for choice in choices:
        chosen = await _asked(demo, f"{BEST[language]} — {choice}", language)
        assert chosen["chart"]["x"] == "responsible"
        _is_drawn(chosen, language)


async def _says_what_it_is(demo: httpx2.AsyncClient, language: str) -> None:
    told = await _asked(demo, STRANGE[language], language)
    _is_drawn(told, language)
    named = {"ru": "Заготовленный ответ", "en": "Canned answer"}[language]
    assert told["chart"]["title"].startswith(named)


async def _describes(demo: httpx2.AsyncClient, language: str) -> None:
    told = (await demo.get(f"/api/v1/schema/describe?language={language}", timeout=60)).json()
    assert CANNED[language] in told["markdown"]  # type: ignore[index]
    assert "`v_crm_deals`" in told["markdown"]
    assert told["written_by"] != ""
