"""Pure: what a database driver's error means to a person."""

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bridge24.core.errors import (
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseReadOnly,
    DatabaseRightMissing,
    DatabaseUnreachable,
    NoSuchDatabase,
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL_STATES: dict[str, type[DatabaseError]] = {
    "28P01": DatabaseLoginRefused,
    "28000": DatabaseLoginRefused,
    "3D000": NoSuchDatabase,
    "42501": DatabaseRightMissing,
    "25006": DatabaseReadOnly,
    "53100": DatabaseFull,
    "57P01": DatabaseConnectionLost,
    "57P02": DatabaseConnectionLost,
    "57P03": DatabaseUnreachable,
    "53300": DatabaseUnreachable,
}
# libpq gives no SQLSTATE for a refused connection, only the server's English or local text.
POSTGRESQL_TEXTS: dict[str, type[DatabaseError]] = {
    "password authentication failed": DatabaseLoginRefused,
    "no password supplied": DatabaseLoginRefused,
    "role ": DatabaseLoginRefused,
    "database ": NoSuchDatabase,
    "no pg_hba.conf entry": DatabaseLoginRefused,
}
# https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html
MYSQL_NUMBERS: dict[int, type[DatabaseError]] = {
    1045: DatabaseLoginRefused,
    1698: DatabaseLoginRefused,
    1049: NoSuchDatabase,
    1044: DatabaseRightMissing,
    1142: DatabaseRightMissing,
    1227: DatabaseRightMissing,
    1290: DatabaseReadOnly,
    1836: DatabaseReadOnly,
    1021: DatabaseFull,
    1114: DatabaseFull,
    2002: DatabaseUnreachable,
    2003: DatabaseUnreachable,
    2005: DatabaseUnreachable,
    2006: DatabaseConnectionLost,
    2013: DatabaseConnectionLost,
}


def explain_database_error(error: BaseException, *, url: URL) -> DatabaseError:
    """Turn a driver's error into one sentence with its remedy.

    The password never gets into it: only host, port, user and database do.
    """
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    kind = _kind(cause, lost=isinstance(error, DBAPIError) and error.connection_invalidated)
    return kind(
        address=_address(url),
        user=url.username or "",
        database=url.database or "",
        reason=_first_line(cause),
    )


def _kind(cause: BaseException, *, lost: bool) -> type[DatabaseError]:
    number = cause.args[0] if cause.args else None
    if isinstance(number, int) and number in MYSQL_NUMBERS:
        return MYSQL_NUMBERS[number]
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return POSTGRESQL_STATES.get(state, DatabaseConnectionLost if lost else DatabaseError)
    if type(cause).__module__.startswith("psycopg"):
        return _kind_by_text(str(cause), lost=lost)
    if lost:
        return DatabaseConnectionLost
    return DatabaseUnreachable if isinstance(cause, OSError | TimeoutError) else DatabaseError


def _kind_by_text(text: str, *, lost: bool) -> type[DatabaseError]:
    if lost or "server closed the connection" in text or "the connection is lost" in text:
        return DatabaseConnectionLost
    fatal = text.rpartition("FATAL:")
    if not fatal[1]:
        unreachable = any(word in text for word in ("connect", "resolve", "timeout", "translate"))
        return DatabaseUnreachable if unreachable else DatabaseError
    said = fatal[2].strip()
    return next(
        (k for start, k in POSTGRESQL_TEXTS.items() if said.startswith(start)), DatabaseUnreachable
    )


def _first_line(cause: BaseException) -> str:
    if len(cause.args) > 1 and isinstance(cause.args[1], str):
        return cause.args[1].splitlines()[0]
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(cause).__name__


def _address(url: URL) -> str:
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}:{url.port}" if url.port else str(host)
