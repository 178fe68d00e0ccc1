"""A small portal, a database, the service between them, and a look into the views."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Limits, Webhook
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings, get_settings
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync.service import SyncService

SALT = "a salt of the tests, long enough"
UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)

Rows = list[dict[str, object]]
Query = Callable[[str], Awaitable[Rows]]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a very small company, without limits."""
    spec = PortalSpec(
        name="acme", deals=40, contacts=20, leads=15, companies=10, quotes=8, items=8, activities=30
    )
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
def portal(emulator: Emulator) -> Portal:
    """The company's portal, to be looked into and changed from behind."""
    return emulator.portal("acme")


@pytest.fixture
async def mirrored(migrated: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The application connected to a database with its system tables; yields the URL."""
    monkeypatch.setenv("PERSONAL_DATA_SALT", SALT)
    monkeypatch.setenv("LABELS_LANGUAGE", "ru")
    get_settings.cache_clear()
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield migrated
    await close_db()
    get_settings.cache_clear()


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[BitrixClient]:
    """A client of the portal that does not hold back."""
    async with BitrixClient(Webhook(emulator.webhook_url("acme")), limits=UNHURRIED) as open_client:
        yield open_client


@pytest.fixture
def service(client: BitrixClient, mirrored: str) -> SyncService:
    """The sync service between the two."""
    return SyncService(client, host="acme")


@pytest.fixture
def query(mirrored: str) -> Query:
    """Run a statement, and return its rows if it has any."""

    async def run(statement: str) -> Rows:
        async with connection() as conn:
            found = await conn.execute(text(statement))
            return [dict(row) for row in found.mappings()] if found.returns_rows else []

    return run
