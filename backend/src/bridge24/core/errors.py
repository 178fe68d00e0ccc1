"""What can go wrong, in the user's words: the docstring of each class is the sentence."""

import inspect
from dataclasses import dataclass


class AppError(Exception):
    """Something went wrong that nobody has described yet: {reason}."""

    status = 500
    """The HTTP status the API answers with."""
    exit_code = 1
    """What the command line leaves with."""

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    @property
    def code(self) -> str:
        """Name the error for machines, e.g. ``DatabaseUnreachable``."""
        return type(self).__name__

    def __str__(self) -> str:
        sentence = " ".join(inspect.cleandoc(type(self).__doc__ or "").split())
        return sentence.format(**self.facts)


def told_facts(error: AppError) -> dict[str, str | list[str]]:
    """Give an error's facts as they are told and kept: words, and lists of words."""
    return {
        name: [str(each) for each in fact] if isinstance(fact, list | tuple) else str(fact)
        for name, fact in error.facts.items()
    }


@dataclass(frozen=True, slots=True)
class Told:
    """What went wrong, as it is kept and told: other languages say it from code and facts."""

    code: str
    message: str
    """In English."""
    facts: dict[str, str | list[str]]
    """What the message names."""


def told(error: AppError) -> Told:
    """Say of an error what is told of it."""
    return Told(error.code, str(error), told_facts(error))


class BadRequest(AppError):
    """The request cannot be understood: {reason}."""

    status = 400
    exit_code = 2


class NotFound(AppError):
    """There is no {what}."""

    status = 404
    exit_code = 2


class Conflict(AppError):
    """The request does not fit the present state: {reason}."""

    status = 409
    exit_code = 5


class BadConfiguration(AppError):
    """The setting {setting} is wrong: {reason}."""

    status = 500
    exit_code = 2


class DatabaseError(AppError):
    """The database refused: {reason}."""

    status = 503
    exit_code = 4


class DatabaseUnreachable(DatabaseError):
    """No database answers at {address}: start it, or correct DATABASE_URL ({reason})."""


class DatabaseLoginRefused(DatabaseError):
    """The database at {address} refused the user "{user}": correct the user name or the
    password in DATABASE_URL."""


class NoSuchDatabase(DatabaseError):
    """The server at {address} has no database "{database}": create it, or correct the name
    in DATABASE_URL."""


class DatabaseRightMissing(DatabaseError):
    """The database user may not do this ({reason}): grant it CREATE, SELECT, INSERT, UPDATE
    and DELETE on the database."""


class DatabaseReadOnly(DatabaseError):
    """The database accepts no writes ({reason}): connect to the primary server, or end its
    read-only mode."""


class DatabaseFull(DatabaseError):
    """The database has no room left ({reason}): free disk space and start again; what is
    stored already stays."""


class DatabaseConnectionLost(DatabaseError):
    """The connection to the database broke ({reason}): start again, the work continues where
    it was."""


class DataFolderUnusable(AppError):
    """The folder {folder} cannot be used for the embedded database ({reason}): make it
    writable, or set DATABASE_URL."""

    exit_code = 4
