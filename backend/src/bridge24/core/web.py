"""What every HTTP answer has: a trace id, and errors as JSON a person can read."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bridge24.core.errors import AppError

log = structlog.get_logger()

TRACE_HEADER = "X-Trace-Id"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class ErrorOut(BaseModel):
    """What every failed request answers."""

    error: str
    message: str
    detail: object
    trace_id: str


def install(app: FastAPI) -> None:
    """Give an application trace ids, security headers and JSON errors."""
    app.middleware("http")(_traced)
    app.add_exception_handler(AppError, _known_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)


async def _traced(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    trace_id = uuid4().hex
    request.state.trace_id = trace_id
    structlog.contextvars.bind_contextvars(trace_id=trace_id)
    try:
        response = await proceed(request)
    except Exception:
        # Starlette's own handler for this would answer without our middleware's headers.
        log.exception("request.failed", path=request.url.path)
        message = "Something went wrong on our side. The trace id finds it in the log."
        response = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", message)
    finally:
        structlog.contextvars.unbind_contextvars("trace_id")
    response.headers[TRACE_HEADER] = trace_id
    response.headers.update(SECURITY_HEADERS)
    return response


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


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    return _answer(request, error.status_code, phrase.replace(" ", ""), f"{phrase}.", error.detail)


def _answer(
    request: Request, status: int, error: str, message: str, detail: object = None
) -> JSONResponse:
    trace_id = getattr(request.state, "trace_id", "")
    body = ErrorOut(error=error, message=message, detail=detail, trace_id=trace_id)
    return JSONResponse(body.model_dump(mode="json"), status_code=status)
