"""The control API's manners: bodies that are checked, errors that are clear JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bridge24.emulator.calls import Json

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Body(BaseModel):
    """What a control call takes; unknown keys are refused, misspelt ones thus noticed."""

    model_config = ConfigDict(extra="forbid")


B = TypeVar("B", bound=Body)


class ControlError(Exception):
    """The control API cannot do what it was asked."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description


def told(value: Json, *, status: int = 200) -> web.Response:
    """Answer with JSON, readable by people too."""
    return web.json_response(
        value, status=status, dumps=lambda each: json.dumps(each, ensure_ascii=False, indent=1)
    )


async def body(request: web.Request, kind: type[B]) -> B:
    """Read and check the JSON body; an empty one stands for `{}`.

    Raises:
        ControlError: It is not JSON or not what the call takes.
    """
    text = await request.text()
    try:
        return kind.model_validate_json(text or "{}")
    except ValidationError as error:
        wrongs = [
            f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()
        ]
        raise ControlError(400, "WrongBody", "; ".join(wrongs)) from None


def number(text: str, what: str) -> int:
    """Read an integer of a path or query.

    Raises:
        ControlError: It is none.
    """
    if not text.isdecimal():
        raise ControlError(400, "WrongNumber", f"{what} must be a number, not {text!r}")
    return int(text)


def plainly(handler: Handle) -> Handle:
    """Turn what goes wrong in a handler into `{"error": …, "description": …}`."""

    @wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ControlError as error:
            wrong = {"error": error.code, "description": error.description}
            return told(wrong, status=error.status)

    return handle


async def no_such_path(request: web.Request) -> web.StreamResponse:
    """Answer what no control path matches.

    Raises:
        ControlError: Always.
    """
    asked = f"{request.method} {request.path}"
    raise ControlError(404, "NoSuchPath", f"there is no {asked}; GET /_control/ lists what is")
