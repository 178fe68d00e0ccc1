"""Reads the body of a call that says it is an event; nothing of it is believed yet."""

from fastapi import Request

from bridge24.bitrix.events import MAX_BYTES, BadEvent, Event, event_of
from bridge24.sync.realtime.errors import EventTooLarge, MalformedEvent, WrongContentType

FORM = "application/x-www-form-urlencoded"


async def event_in(request: Request) -> Event:
    """Read an event.

    Raises:
        WrongContentType: It is no form.
        EventTooLarge: It is longer than any event; it is not read to its end.
        MalformedEvent: It is no event.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise WrongContentType
    body = await _body(request)
    try:
        return event_of(body)
    except BadEvent as problem:
        raise MalformedEvent(reason=str(problem)) from None


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdecimal() and int(told[:12]) > MAX_BYTES:
        raise EventTooLarge(limit=MAX_BYTES)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            raise EventTooLarge(limit=MAX_BYTES)
        parts.append(part)
    return b"".join(parts)
