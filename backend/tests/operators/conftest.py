"""The API with signing in switched on, and three people."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from bridge24 import api
from bridge24.core.auth import Role, passwords
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import Settings, get_settings
from bridge24.operators import service

SECRET = "only-for-tests-0123456789-abcdefghij"
PASSWORD = "correct horse"


@pytest.fixture
async def settings(migrated: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Settings]:
    """A process in which operators sign in, and whose passwords are hashed in no time."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    monkeypatch.setenv("DATABASE_URL", migrated)
    monkeypatch.setenv("AUTH_ENABLED", "true")
    monkeypatch.setenv("AUTH_SECRET", SECRET)
    monkeypatch.setenv("METRICS_TOKEN", "for-prometheus-only")
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
async def people(settings: Settings) -> AsyncIterator[dict[Role, str]]:
    """One operator of each role, by role; each has the same password."""
    await init_db(settings)
    for role in Role:
        await service.add(f"the {role}".replace(" ", "-"), PASSWORD, role=role)
    yield {role: f"the-{role}" for role in Role}
    await close_db()


Browser = Callable[[], AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
def browser(people: dict[Role, str]) -> Browser:
    """Opens a browser, so to speak: it keeps cookies."""
    app = api.build(FastAPI())

    @asynccontextmanager
    async def opened() -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield http

    return opened


@pytest.fixture
async def http(browser: Browser) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which nobody is signed in."""
    async with browser() as opened:
        yield opened
