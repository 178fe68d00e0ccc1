"""A small portal over real HTTP, and a way to call it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bridge24.emulator import Emulator, Portal, PortalSpec


@dataclass
class Reply:
    """What a portal answered."""

    status: int
    body: dict[str, Any]

    @property
    def result(self) -> Any:
        return self.body["result"]

    @property
    def error(self) -> tuple[int, Any]:
        return self.status, self.body["error"]


@dataclass
class Api:
    """Calls the administrator's webhook of one portal."""

    emulator: Emulator
    session: aiohttp.ClientSession
    name: str = "acme"

    @property
    def portal(self) -> Portal:
        return self.emulator.portal(self.name)

    @property
    def url(self) -> str:
        return self.emulator.webhook_url(self.name)

    async def call(self, method: str, **params: Any) -> Reply:
        async with self.session.post(self.url + method, json=params) as answer:
            return Reply(answer.status, await answer.json())


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A portal with 200 deals and everything else in proportion."""
    async with Emulator([PortalSpec()]) as emulator, aiohttp.ClientSession() as session:
        yield Api(emulator, session)
