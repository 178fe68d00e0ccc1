"""What an operator asks about events: subscribe, how are they doing, which came."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixError
from bridge24.core.auth import Role, needs
from bridge24.core.db import get_session
from bridge24.core.settings import Settings, get_settings
from bridge24.core.web import HIGHEST, ErrorOut
from bridge24.sync.errors import explain_portal_error
from bridge24.sync.portal import webhook_of
from bridge24.sync.realtime import application, binding, figures, instructions
from bridge24.sync.realtime.address import handler_url
from bridge24.sync.realtime.door import door_of
from bridge24.sync.realtime.schemas import (
    EventOut,
    EventsPageOut,
    ReceivedOut,
    RefusalOut,
    RegisteredOut,
    StatusOut,
    StepOut,
)
from bridge24.sync.realtime.subjects import webhook_events

router = APIRouter(prefix="/api/v1", tags=["webhooks"])

SessionDep = Annotated[AsyncSession, Depends(get_session)]
SettingsDep = Annotated[Settings, Depends(get_settings)]


@router.post(
    "/webhooks/register",
    responses={409: {"model": ErrorOut}, 502: {"model": ErrorOut}},
    openapi_extra=needs(Role.ADMIN),
)
async def register_webhooks(settings: SettingsDep) -> RegisteredOut:
    """Subscribe to the portal's events, or say how a person does.

    With an application every event is bound, also after an update or a new address. An
    inbound webhook may not subscribe to anything, so the answer are steps for the portal's
    own form. https://apidocs.bitrix24.com/api-reference/events/event-bind.html
    """
    url = handler_url(settings)
    if not await application.is_connected(settings):
        return _by_hand(url, settings)
    try:
        bound = await binding.bind_missing(settings)
    except BitrixError as error:
        raise explain_portal_error(error, host="of the application") from error
    return RegisteredOut(
        way="application",
        handler_url=url,
        events=list(bound.events),
        offline_events=list(bound.offline),
        refused=dict(bound.refused),
        steps=[],
    )


def _by_hand(url: str, settings: Settings) -> RegisteredOut:
    portal = webhook_of(settings).host
    told = {each: instructions.steps(each, url=url, portal=portal) for each in ("ru", "en")}
    both = zip(told["ru"], told["en"], strict=True)
    return RegisteredOut(
        way="outgoing_webhook",
        handler_url=url,
        events=webhook_events(),
        offline_events=[],
        refused={},
        steps=[StepOut(ru=russian, en=english) for russian, english in both],
    )


@router.get("/webhooks/status")
async def webhook_status(request: Request, session: SessionDep, settings: SettingsDep) -> StatusOut:
    """Say how the events are doing, and whether any has ever arrived."""
    door = door_of(request.app)
    await door.refusals.store()
    told = await figures.figures(session)
    return StatusOut(
        token_configured=await door.tokens.any(settings),
        application_connected=await application.is_connected(settings),
        has_ever_arrived=told.last is not None,
        last_event=EventOut.model_validate(told.last) if told.last else None,
        received=[ReceivedOut.model_validate(each) for each in told.received],
        waiting=told.waiting,
        oldest_waiting_at=told.oldest_waiting_at,
        refusals=[RefusalOut.model_validate(each) for each in told.refusals],
    )


@router.get("/sync/events")
async def list_events(
    session: SessionDep,
    entity: str | None = None,
    outcome: str | None = None,
    before: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> EventsPageOut:
    """List the events of the last seven days, newest first.

    ``outcome`` is ``waiting``, ``stored``, ``deleted``, ``hidden``, ``schema``,
    ``not_copied``, ``ignored`` or ``failed``.
    """
    rows = await figures.page_of_events(
        session, entity=entity, outcome=outcome, before=before, limit=limit
    )
    more = rows[-1].id if len(rows) == limit else None
    return EventsPageOut(events=[EventOut.model_validate(row) for row in rows], before=more)
