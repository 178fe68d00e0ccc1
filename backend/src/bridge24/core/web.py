"""What every HTTP answer has: a trace id, and errors as JSON a person can read."""

import json
import random
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import FastAPI, Path, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticSerializationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge24.core.errors import AppError

log = structlog.get_logger()

HIGHEST = 2**63 - 1
"""What a BIGINT can be: a database asked for more would refuse, as if it were broken."""
Number = Annotated[int, Path(le=HIGHEST)]

TRACE_HEADER = "X-Trace-Id"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_TRACE = TRACE_HEADER.lower().encode()


class ErrorOut(BaseModel):
    """What every failed request answers."""

    error: str
    message: str
    detail: object
    trace_id: str


class ToldOut(BaseModel):
    """What went wrong, as it is kept: the interface says it in its reader's language."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    message: str
    """In English."""
    facts: dict[str, str | list[str]]
    """What the message names."""


def install(app: FastAPI) -> None:
    """Give an application trace ids, security headers and JSON errors."""
    app.add_middleware(Traced)
    app.add_exception_handler(AppError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(UnicodeEncodeError, _half_a_letter)
    app.add_exception_handler(PydanticSerializationError, _half_a_letter)
    app.add_exception_handler(HTTPException, _http_error)


class Traced:
    """Gives every answer a trace id and the security headers.

    It speaks ASGI itself: as a function of FastAPI's it would cost a task group, a stream
    and two tasks a request, a third of all that a short answer takes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what is no request is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace_id = f"{random.getrandbits(128):032x}"
        scope.setdefault("state", {})["trace_id"] = trace_id
        headers = [*_SECURITY, (_TRACE, trace_id.encode())]
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        try:
            await self._app(scope, receive, sent)
        except Exception:
            # Starlette's own handler for this would answer without these headers.
            log.exception("request.failed", path=scope["path"])
            if begun:
                raise
            message = "Something went wrong on our side. The trace id finds it in the log."
            code = HTTPStatus.INTERNAL_SERVER_ERROR
            answer = _answer(Request(scope), code, "InternalError", message)
            await answer(scope, receive, sent)
        finally:
            structlog.contextvars.unbind_contextvars("trace_id")


async def _known_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    facts = {name: _fact(value) for name, value in error.facts.items()}
    answer = _answer(request, error.status, error.code, str(error), facts)
    if isinstance(error.facts.get("retry_after"), int):
        answer.headers["Retry-After"] = str(error.facts["retry_after"])
    return answer


def _fact(value: object) -> object:
    """Lists and objects stay what they are; all else is told in words."""
    return jsonable_encoder(value) if isinstance(value, BaseModel | list | dict) else str(value)


async def _invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
        for item in error.errors()
    ]
    message = "Some fields of the request are wrong."
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", message, fields)


async def _half_a_letter(request: Request, error: Exception) -> Response:
    """JSON can spell halves of letters (``\\ud800``) that no database and no answer can hold."""
    if not isinstance(error, UnicodeEncodeError) and "surrogates not allowed" not in str(error):
        raise error
    message = "A text of the request holds half a letter: send whole Unicode characters."
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", message)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    return _answer(request, error.status_code, phrase.replace(" ", ""), f"{phrase}.", error.detail)


def _answer(
    request: Request, status: int, error: str, message: str, detail: object = None
) -> Response:
    trace_id = getattr(request.state, "trace_id", "")
    body = ErrorOut(error=error, message=message, detail=detail, trace_id=trace_id)
    text = json.dumps(body.model_dump(), ensure_ascii=False, default=str)
    # A message may repeat half a letter of the request: it goes back as it came, ``\ud800``.
    raw = text.encode(errors="backslashreplace")
    return Response(raw, status_code=status, media_type="application/json")
