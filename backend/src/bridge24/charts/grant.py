"""Makes the login that may only read the CRM's tables: the second net under the guard."""

import secrets
import string
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.charts.errors import CannotGrant
from bridge24.charts.reading import readable
from bridge24.core.db import connection, dialect_of, get_engine

_LETTERS = string.ascii_letters + string.digits
PASSWORD_LETTERS = 32
MOST_NAME = 32
"""Letters of a user's name on MySQL; PostgreSQL takes 63."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What was made."""

    url: URL
    """For CHARTS_DATABASE_URL; holds the new password."""
    tables: tuple[str, ...]


async def grant_readonly(user: str) -> Granted:
    """Make (or renew) a login with SELECT on the CRM's tables and views, and nothing else.

    Every call gives it a new password, takes all its rights away and grants those on the
    tables there are now; call it again when new tables have appeared.

    Raises:
        CannotGrant: The name is odd or taken by the sync's own login, or the login of
            DATABASE_URL may not make users.
    """
    if not user.isascii() or not user.isidentifier() or len(user) > MOST_NAME:
        raise CannotGrant(reason=f'"{user}" is not a plain name of up to {MOST_NAME} letters')
    engine = get_engine()
    if user == engine.url.username:
        raise CannotGrant(reason=f'"{user}" is the user of DATABASE_URL itself')
    password = "".join(secrets.choice(_LETTERS) for _ in range(PASSWORD_LETTERS))
    listed = await readable(engine, fresh=True)
    tables = tuple(sorted(listed.columns))
    postgresql = dialect_of(engine) == "postgresql"
    try:
        async with connection() as conn:
            make = _on_postgresql if postgresql else _on_mysql
            for statement in await make(conn, user, password, tables, listed.schema or ""):
                await conn.execute(text(statement))
    except DBAPIError as error:
        # The statement holds the password: only what the server says of it may be shown.
        raise CannotGrant(reason=_said(error)) from None
    return Granted(engine.url.set(username=user, password=password), tables)


def _said(error: DBAPIError) -> str:
    cause = error.orig
    if cause is not None and len(cause.args) > 1:
        return str(cause.args[1]).rstrip(".")
    return str(cause).splitlines()[0].rstrip(".")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _on_postgresql(
    conn: AsyncConnection, user: str, password: str, tables: tuple[str, ...], schema: str
) -> list[str]:
    known = await conn.scalar(
        text("SELECT count(*) FROM pg_roles WHERE rolname = :user"), {"user": user}
    )
    database = await conn.scalar(text("SELECT current_database()"))
    role, space, base = _quoted(user), _quoted(schema), _quoted(str(database))
    return [
        f"{'ALTER' if known else 'CREATE'} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
        f"NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10 PASSWORD '{password}'",
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
        f"ALTER ROLE {role} SET search_path = {space}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {space} FROM {role}",
        f"GRANT CONNECT ON DATABASE {base} TO {role}",
        f"GRANT USAGE ON SCHEMA {space} TO {role}",
        *(f"GRANT SELECT ON {space}.{_quoted(table)} TO {role}" for table in tables),
    ]


async def _on_mysql(
    _conn: AsyncConnection, user: str, password: str, tables: tuple[str, ...], schema: str
) -> list[str]:
    name = f"'{user}'@'%'"
    base = f"`{schema.replace('`', '``')}`"
    # Dropped and made anew: no right granted before survives.
    return [
        f"DROP USER IF EXISTS {name}",
        f"CREATE USER {name} IDENTIFIED BY '{password}' WITH MAX_USER_CONNECTIONS 10",
        # Without the second right MySQL does not tell the cost of a query over a view.
        *(
            f"GRANT SELECT{', SHOW VIEW' if table.startswith('v_') else ''} "
            f"ON {base}.`{table}` TO {name}"
            for table in tables
        ),
    ]
