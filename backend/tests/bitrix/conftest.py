"""Fixtures of the client library: a scripted portal and a clock that needs no waiting."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from bridge24.bitrix import BitrixClient, PortalLimits, Webhook
from bridge24.bitrix.testing import ScriptedTransport

T = TypeVar("T")
CODE = "s3cr3tw3bh00kc0d"


class _Selector(selectors.DefaultSelector):  # type: ignore[valid-type,misc]
    """Instead of waiting for a timer, moves the clock to it."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready: list[Any] = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._hands = _Selector()
        super().__init__(self._hands)

    def time(self) -> float:
        return self._hands.now


@pytest.fixture
def in_virtual_time() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run a coroutine on a loop whose sleeps take no time, though its clock moves."""

    def run(work: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
            return runner.run(work)

    return run


@pytest.fixture
def portal() -> ScriptedTransport:
    """A portal that answers what the test says."""
    return ScriptedTransport()


@pytest.fixture
def client(portal: ScriptedTransport) -> BitrixClient:
    """A client of that portal, with limits of its own."""
    webhook = Webhook(f"https://acme.bitrix24.ru/rest/1/{CODE}/")
    return BitrixClient(webhook, transport=portal, limits=PortalLimits())
