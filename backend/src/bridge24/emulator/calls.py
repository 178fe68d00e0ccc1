"""One REST call: what comes in, what goes out, what can go wrong, and who answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal

Json: TypeAlias = Any
"""A value as JSON knows it."""

Params: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls: an inbound webhook, or an application acting for a user.

    Attributes:
        key: What the `operating` budget is counted against, the same for every call
            of one webhook or application.
        application: The client id of the application, `None` for a webhook.
    """

    user_id: int
    scopes: frozenset[str]
    key: str
    application: str | None = None

    @property
    def is_webhook(self) -> bool:
        return self.application is None


@dataclass(slots=True)
class Call:
    """A method with its parameters, on one portal, by somebody."""

    portal: Portal
    method: str
    params: Params
    identity: Identity

    def param(self, name: str, default: Json = None) -> Json:
        """Read a top-level parameter: exact name first, then in any case."""
        if name in self.params:
            return self.params[name]
        folded = name.lower()
        for key, value in self.params.items():
            if isinstance(key, str) and key.lower() == folded:
                return value
        return default

    def whole(self, name: str, default: int | None = None) -> int:
        """Read an integer parameter; forms send it as text.

        Raises:
            RestError: `100` when it is missing and there is no default.
        """
        value = self.param(name)
        number = as_int(value)
        if number is not None:
            return number
        if default is None:
            raise missing(name)
        return default

    def mapping(self, name: str) -> Mapping[str, Json]:
        """Read a map parameter; PHP sends an empty one as a list or not at all."""
        return as_map(self.param(name))


@dataclass(frozen=True, slots=True)
class Work:
    """What answering took, for the cost model.

    Attributes:
        kind: Which price applies.
        rows: Rows on the page.
        columns: Fields of a row.
        offset: Rows skipped before the page.
        counted: Rows of the table when `total` was counted, `None` when it was not.
    """

    kind: Literal["page", "record", "write", "dictionary"] = "dictionary"
    rows: int = 0
    columns: int = 0
    offset: int = 0
    counted: int | None = None


DICTIONARY = Work()
WRITE = Work("write")


@dataclass(slots=True)
class Answer:
    """The `result` of a call, and what a list says besides."""

    result: Json
    total: int | None = None
    next: int | None = None
    work: Work = DICTIONARY


class RestError(Exception):
    """An answer with the key `error`; every method-level error is HTTP 400."""

    def __init__(self, status: int, code: str | int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description


def missing(name: str) -> RestError:
    """A controller method did not get a required argument."""
    return RestError(400, "100", f"Could not find value for parameter {{{name}}}")


def refused(description: str) -> RestError:
    """A classic business error: HTTP 400 with an empty code."""
    return RestError(400, "", description)


def method_not_found() -> RestError:
    """Nobody answers to this method name."""
    return RestError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")


def no_scope() -> RestError:
    """The webhook or application lacks the scope of the method."""
    text = "The request requires higher privileges than provided by the webhook token"
    return RestError(401, "insufficient_scope", text)


def no_application() -> RestError:
    """A webhook called a method that only applications may call."""
    return RestError(403, "WRONG_AUTH_TYPE", "Application context required")


Handler: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Method:
    """A method a portal answers to.

    Attributes:
        scope: The permission it needs; empty for methods everybody may call.
        application_only: Whether webhooks are refused.
        batchable: Whether it may stand inside `batch`.
    """

    name: str
    handler: Handler
    scope: str = ""
    application_only: bool = False
    batchable: bool = True


METHODS: dict[str, Method] = {}
"""Every method by its lower-case name."""


def register(
    name: str,
    handler: Handler,
    *,
    scope: str = "",
    application_only: bool = False,
    batchable: bool = True,
) -> None:
    """Make a portal answer to a method name, in whatever case it is called."""
    METHODS[name.lower()] = Method(name, handler, scope, application_only, batchable)


@dataclass(frozen=True, slots=True)
class method:  # noqa: N801 - reads as a decorator
    """Decorate a handler with the method it answers: `@method("user.current", scope="user")`."""

    name: str
    scope: str = ""
    application_only: bool = field(default=False, kw_only=True)
    batchable: bool = field(default=True, kw_only=True)

    def __call__(self, handler: Handler) -> Handler:
        register(
            self.name,
            handler,
            scope=self.scope,
            application_only=self.application_only,
            batchable=self.batchable,
        )
        return handler


def find(name: str) -> Method:
    """Find a method by name in any case.

    Raises:
        RestError: 404 `ERROR_METHOD_NOT_FOUND`.
    """
    found = METHODS.get(name.lower())
    if found is None:
        raise method_not_found()
    return found


def dispatch(call: Call) -> Answer:
    """Answer one call: scope, then the method. Costs and limits are the caller's business.

    Raises:
        RestError: Whatever the portal answers instead of a result.
    """
    found = find(call.method)
    if found.application_only and call.identity.is_webhook:
        raise no_application()
    if found.scope and found.scope not in call.identity.scopes:
        raise no_scope()
    return found.handler(call)


def words(text: str) -> tuple[str, ...]:
    """Split a list of words written as one text."""
    return tuple(text.split())


def as_int(value: Json) -> int | None:
    """Read an integer that may have come as text; `None` for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value)
    text = str(value).strip() if value is not None else ""
    return int(text) if text.removeprefix("-").isdecimal() else None


def as_map(value: Json) -> Mapping[str, Json]:
    """Read a PHP array as a map: a list becomes `{"0": …, "1": …}`."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return {}


def as_list(value: Json) -> list[Json]:
    """Read a PHP array as a list; a single value is a list of one, nothing an empty one."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]
