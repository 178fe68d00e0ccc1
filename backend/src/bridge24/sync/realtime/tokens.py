"""Whose events are accepted: the application tokens we know."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import select

from bridge24.bitrix.events import Event
from bridge24.core.clock import utc_naive
from bridge24.core.crypto import unseal
from bridge24.core.db import transaction
from bridge24.core.errors import AppError
from bridge24.core.settings import Settings
from bridge24.sync.realtime.models import Source, SyncApplication

FRESH_SECONDS = 5.0
SHORTEST_LIFE_SECONDS = 0.5
OVERLAP = timedelta(minutes=10)
"""How long events with the token before the last change are still accepted."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class KnownTokens:
    """The tokens of the settings and of the installed application, read anew now and then."""

    _of_application: tuple[str, ...] = ()
    _read_at: float = field(default=float("-inf"))
    _reading: asyncio.Task[None] | None = None

    async def sender(self, event: Event, settings: Settings) -> Source | None:
        """Say which of our subscriptions an event proves to come from; None for neither."""
        found = _match(event, settings, await self._application(settings, FRESH_SECONDS))
        # The application may have been installed a moment ago, through another process.
        return found or _match(
            event, settings, await self._application(settings, SHORTEST_LIFE_SECONDS)
        )

    async def any(self, settings: Settings) -> bool:
        """Say whether any event could be accepted at all."""
        return bool(configured(settings) or await self._application(settings, FRESH_SECONDS))

    def forget(self) -> None:
        """Read the application's tokens anew with the next event."""
        self._read_at = float("-inf")

    async def _application(self, settings: Settings, seconds: float) -> tuple[str, ...]:
        if time.monotonic() - self._read_at > seconds:
            # One look for all that are waiting: together they would take every connection.
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(settings))
            await asyncio.shield(self._reading)
        return self._of_application

    async def _read(self, settings: Settings) -> None:
        try:
            began = time.monotonic()
            self._of_application = await _stored(settings)
            self._read_at = began
        finally:
            self._reading = None


def configured(settings: Settings) -> tuple[str, ...]:
    """List the tokens of outgoing webhooks in the settings."""
    told = settings.bitrix_application_token
    parts = told.get_secret_value().split(",") if told else []
    return tuple(part.strip() for part in parts if part.strip())


def _match(event: Event, settings: Settings, application: tuple[str, ...]) -> Source | None:
    # Every token is compared, whichever fits: the time taken tells nothing.
    by_application = [event.is_from(token) for token in application]
    by_webhook = [event.is_from(token) for token in configured(settings)]
    if any(by_application):
        return Source.APPLICATION
    return Source.WEBHOOK if any(by_webhook) else None


async def _stored(settings: Settings) -> tuple[str, ...]:
    async with transaction() as session:
        rows = (await session.scalars(select(SyncApplication))).all()
    tokens = [row.application_token for row in rows]
    recent = utc_naive() - OVERLAP
    tokens += [
        row.former_token for row in rows if row.token_changed_at and row.token_changed_at > recent
    ]
    try:
        return tuple(unseal(token, settings) for token in tokens if token)
    except AppError as error:
        # Nobody's events can be told from forged ones: all are refused until the key is back.
        log.warning("tokens.sealed", reason=str(error))
        return ()
