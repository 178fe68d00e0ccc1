"""A portal, a database and the service between them."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bridge24.bitrix import BitrixClient, Limits, Webhook
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import Settings
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync.service import SyncService

UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=700, contacts=120, leads=60, companies=40)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
def portal(emulator: Emulator) -> Portal:
    """The company's portal, to be looked into and changed from behind."""
    return emulator.portal("acme")


@pytest.fixture
async def mirror(migrated: str) -> AsyncIterator[str]:
    """The application connected to a database with its system tables; yields the URL."""
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield migrated
    await close_db()


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[BitrixClient]:
    """A client of the portal that does not hold back."""
    async with BitrixClient(Webhook(emulator.webhook_url("acme")), limits=UNHURRIED) as open_client:
        yield open_client


@pytest.fixture
def service(client: BitrixClient, mirror: str) -> SyncService:
    """The sync service between the two."""
    return SyncService(client, host="acme")
