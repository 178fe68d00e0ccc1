"""The API with a canned model, over one small table."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from bridge24 import api
from bridge24.canned import CannedModel, Rule
from bridge24.charts.pool import close_charts
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.llm import close_model
from bridge24.core.settings import Settings, get_settings

sys.path.insert(0, str(Path(__file__).parent))
from charts_api import CHART, ROWS, TABLE


@pytest.fixture
async def chart_model() -> AsyncIterator[CannedModel]:
    """A model that always draws the chart."""
    async with CannedModel([Rule("", {"chart": CHART})]) as running:
        yield running


@pytest.fixture
async def charts(
    migrated: str, chart_model: CannedModel, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    """The API over one small table of deals."""
    monkeypatch.setenv("OPENAI_BASE_URL", chart_model.base_url)
    monkeypatch.setenv("DATABASE_URL", migrated)
    monkeypatch.setenv("BITRIX_WEBHOOK_URL", "https://acme.bitrix24.ru/rest/1/secret123/")
    get_settings.cache_clear()
    await init_db(Settings(database_url=SecretStr(migrated)))
    async with connection() as conn:
        await conn.execute(text(TABLE))
        await conn.execute(text(ROWS))
    transport = httpx2.ASGITransport(app=api.build(FastAPI()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await close_model()
    await close_charts()
    await close_db()
    get_settings.cache_clear()
