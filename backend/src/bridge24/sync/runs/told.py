"""Pure: an error as it is kept with a run: class, origin, sentence, remedy, facts."""

import inspect
import re
from dataclasses import dataclass
from typing import Literal

from bridge24.bitrix import BitrixError
from bridge24.core.errors import (
    AppError,
    BadConfiguration,
    BadRequest,
    Conflict,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseReadOnly,
    DatabaseRightMissing,
    DataFolderUnusable,
    NoSuchDatabase,
    NotFound,
    told_facts,
)
from bridge24.sync.errors import PortalError, explain_portal_error

Origin = Literal["portal", "database", "settings", "state", "program"]

_ORIGINS: tuple[tuple[type[AppError] | tuple[type[AppError], ...], Origin], ...] = (
    (PortalError, "portal"),
    (DatabaseError, "database"),
    ((BadConfiguration, DataFolderUnusable), "settings"),
    ((Conflict, NotFound, BadRequest), "state"),
)
# Only a person can mend these; waiting does not.
_LASTING = (
    DatabaseLoginRefused,
    DatabaseReadOnly,
    DatabaseRightMissing,
    DatabaseFull,
    NoSuchDatabase,
)
_HALVES = re.compile(r"(?<!\{):\s|\.\s")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an error."""

    code: str
    origin: Origin
    message: str
    remedy: str | None
    """What a person can do; None when the sentence names nothing."""
    facts: dict[str, str | list[str]]
    """What the sentence names; it is told with them in other languages."""


def told_of(error: AppError) -> Told:
    """Say of an error what it is, where it comes from and what helps."""
    found = (name for kind, name in _ORIGINS if isinstance(error, kind))
    origin: Origin = next(found, "program")
    return Told(error.code, origin, str(error), _remedy(error), told_facts(error))


def explained(error: Exception, *, host: str, scope: str) -> AppError:
    """Put any error into the user's words."""
    if isinstance(error, BitrixError):
        return explain_portal_error(error, host=host, scope=scope)
    return error if isinstance(error, AppError) else AppError(reason=repr(error))


def passes(error: Exception) -> bool:
    """Say whether the same run may succeed later without anybody doing anything."""
    if isinstance(error, DatabaseError):
        return not isinstance(error, _LASTING)
    cause = error.__cause__ if isinstance(error, PortalError) else error
    return isinstance(cause, BitrixError) and cause.retryable


def _remedy(error: AppError) -> str | None:
    """The second half of the class's sentence: they are all made "what: what helps"."""
    template = " ".join(inspect.cleandoc(type(error).__doc__ or "").split())
    halves = _HALVES.split(template, maxsplit=1)
    if len(halves) < 2 or halves[1].strip(" .") in {"{reason}", "{problem}"}:
        return None
    remedy = halves[1].format(**error.facts).strip()
    return remedy[:1].upper() + remedy[1:]
