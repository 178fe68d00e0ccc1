"""The doors for those who watch: a stream for people, figures for Prometheus."""

import hmac
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.security.utils import get_authorization_scheme_param
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.auth import open_to_all
from bridge24.core.auth.tokens import LIFETIME
from bridge24.core.db import get_session
from bridge24.core.settings import get_settings
from bridge24.operators.guard import caller_of
from bridge24.sync.runs import metrics
from bridge24.sync.runs.feed import Feed, stream

router = APIRouter()

LONGEST_ID = 18


@router.get("/api/v1/sync/stream", tags=["sync"], response_class=EventSourceResponse)
async def stream_sync(
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Tell what happens as server-sent events.

    ``status``: the whole; ``run``: one that changed; ``line`` of a timeline; ``received``: the
    portal sent events, the latest of which has this id (see ``/api/v1/sync/events``).
    Lines carry ids: a stream that breaks goes on after ``Last-Event-ID``. It ends after a
    quarter of an hour, when an access token does; browsers come again by themselves.
    """
    told = last_event_id or ""
    after = int(told) if told.isdecimal() and len(told) <= LONGEST_ID else None
    async for message in stream(_feed_of(request), after=after, seconds=LIFETIME.total_seconds()):
        yield message


@router.get("/metrics", tags=["system"], openapi_extra=open_to_all())
async def read_metrics(
    request: Request, session: Annotated[AsyncSession, Depends(get_session)]
) -> Response:
    """Figures for Prometheus; with signing in on, for whoever brings METRICS_TOKEN."""
    if not _brings_token(request):
        await caller_of(request)
    return Response(await metrics.text(session), media_type=metrics.CONTENT_TYPE)


def _feed_of(request: Request) -> Feed:
    """The one feed of this application."""
    state = request.app.state
    if not hasattr(state, "feed"):
        state.feed = Feed()
    feed: Feed = state.feed
    return feed


def _brings_token(request: Request) -> bool:
    wanted = get_settings().metrics_token
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if wanted is None or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(token.encode(), wanted.get_secret_value().encode())
