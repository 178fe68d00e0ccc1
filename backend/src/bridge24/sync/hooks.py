"""The address the portal posts its events to."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from bridge24.bitrix.events import Event
from bridge24.core.auth import open_to_all
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.settings import Settings
from bridge24.core.web import ErrorOut
from bridge24.sync.realtime import application, tasks
from bridge24.sync.realtime.address import PATH
from bridge24.sync.realtime.door import Door, door_of
from bridge24.sync.realtime.errors import NoTokenConfigured, TokenMissing, TokenUnknown
from bridge24.sync.realtime.forms import FORM, event_in
from bridge24.sync.realtime.models import Source

__all__ = ["router", "tasks"]  # what is queued here must have been declared


class Direct(APIRoute):
    """A path whose function takes the request itself and depends on nothing.

    Looking for dependencies takes a quarter of all that an event takes. The guard is one of
    them: it lets everybody through to a path that is open to all.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Hand requests to the function as they are."""
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


router = APIRouter(route_class=Direct)

REFUSALS: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorOut} for status in (400, 401, 403, 413, 415, 503)
}


class KeptOut(BaseModel):
    """The event is kept."""

    status: Literal["ok"]


KEPT = KeptOut(status="ok").model_dump_json()


@router.post(
    PATH,
    tags=["webhooks"],
    response_model=KeptOut,
    responses=REFUSALS,
    openapi_extra={
        **open_to_all(),  # the portal proves itself by its token
        "requestBody": {"content": {FORM: {"schema": {"type": "object"}}}},
    },
)
async def receive_event(request: Request) -> Response:
    """Keep an event of the portal durably; the work on it comes after the answer.

    An event is delivered once and never again, so the answer is 200 only after the commit.
    https://apidocs.bitrix24.com/api-reference/events/index.html
    """
    door = door_of(request.app)
    try:
        event = await event_in(request)
        source = await _sender(event, door, door.settings)
    except DatabaseError:
        raise
    except AppError as refusal:
        door.refusals.note(refusal.code)
        raise
    await door.intake.keep(event, source)
    return Response(KEPT, media_type="application/json")


async def _sender(event: Event, door: Door, settings: Settings) -> Source:
    """Find out who sends the event; nothing is changed for a stranger.

    Raises:
        NoTokenConfigured: Nobody could prove anything.
        TokenMissing, TokenUnknown, InstallationUnproven: The sender is not the portal.
    """
    if application.announces(event) and settings.bitrix_client_id:
        await application.install(event, settings)
        door.tokens.forget()
        return Source.APPLICATION
    if not await door.tokens.any(settings):
        raise NoTokenConfigured(setting="BITRIX_APPLICATION_TOKEN", reason="it is not set")
    if not event.auth.get("application_token"):
        raise TokenMissing
    source = await door.tokens.sender(event, settings)
    if source is None:
        raise TokenUnknown
    if source is Source.APPLICATION and event.name == application.UNINSTALLED:
        await application.forget()
        door.tokens.forget()
    return source
