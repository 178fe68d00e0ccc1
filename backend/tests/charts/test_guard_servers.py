"""The guard beside real servers: what it writes means the same, and the second net holds."""

import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import URL

from bridge24.charts.grant import grant_readonly
from bridge24.charts.guard import Dialect, check
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import TABLES, connect, dump, fill, run, statements

REFUSALS = (psycopg.Error, pymysql.Error)
# Statements that would stop, block or wait for the server the other tests use, and those that
# write where no transaction reaches: files, or the login's own password.
UNSAFE = (
    *("shutdown", "restart", "kill", "sleep", "benchmark", "lock", "flush", "handler", "backup"),
    *("pg_terminate", "pg_cancel", "pg_promote", "wait", "outfile", "dumpfile", "copy", "lo_"),
    *("generate_series", "cross join", "recursive", "repeat", "pad(", "format('%", "password"),
    *("alter user", "clone", "reset", "purge", "change master", "slave", "system", "plugin"),
    *("install", "soname", "persist", "set global", "pg_log_", "replication", "wal", "database"),
    *("crm_deals a, crm_deals b", "array_fill", "factorial", "crypt", "discard", "backup", "xa "),
    *("repair", "optimize", "cache index", "binlog", "create user", "create role", "drop user"),
    *("drop role", "grant", "revoke", "space(", "extension", "load ", "restore_point", "pg_switch"),
)


@pytest.fixture
def crm(database: str) -> str:
    """A database with the small CRM."""
    fill(database)
    return database


def _dialect(url: str) -> Dialect:
    return "postgresql" if url.startswith("postgresql") else "mysql"


def test_what_is_executed_answers_as_the_text_itself_would(crm: str) -> None:
    differing = []
    schema = "public" if _dialect(crm) == "postgresql" else None
    with connect(crm) as connection:
        for statement in statements("legitimate", _dialect(crm)):
            checked = check(
                statement.sql, dialect=_dialect(crm), allowed_tables=TABLES, schema=schema
            )
            if run(connection, statement.sql) != run(connection, checked.executable()):
                differing.append(statement.sql)
    assert differing == []


def test_executing_all_that_is_accepted_changes_nothing(crm: str) -> None:
    before = dump(crm)
    with connect(crm) as connection:
        for statement in statements("legitimate", _dialect(crm)):
            checked = check(
                statement.sql,
                dialect=_dialect(crm),
                allowed_tables=TABLES,
                schema="public" if _dialect(crm) == "postgresql" else None,
            )
            run(connection, checked.executable())
    assert dump(crm) == before


def _hostile(url: str) -> Iterator[str]:
    """What may be tried on a shared server without the guard."""
    for statement in statements("hostile", _dialect(url)):
        if not any(word in statement.sql.lower() for word in UNSAFE):
            yield statement.sql


def test_a_read_only_session_alone_lets_no_write_through(crm: str) -> None:
    before = dump(crm)
    refused = _tried(crm, _read_only_mode(crm))

    assert dump(crm) == before
    assert len(refused) > 100


def _read_only_mode(url: str) -> list[str]:
    """What a run of a chart's query begins with, and nothing else of it."""
    if url.startswith("postgresql"):
        return ["BEGIN READ ONLY"]
    return ["SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"]


async def test_a_login_made_for_charts_alone_lets_nothing_be_written_or_seen(
    crm: str, charts_login: URL
) -> None:
    before = dump(crm)
    refused = _tried(crm, [], login=charts_login)

    assert dump(crm) == before
    assert {"SELECT * FROM operators", "DELETE FROM crm_deals"} <= set(refused)


@pytest.fixture
async def charts_login(crm: str) -> AsyncIterator[URL]:
    """The login that `bridge24 db grant-readonly` makes, taken away afterwards."""
    name = f"b24_{secrets.token_hex(4)}"
    await init_db(Settings(database_url=SecretStr(crm)))
    try:
        yield (await grant_readonly(name)).url
    finally:
        await close_db()
        postgresql = crm.startswith("postgresql")
        with connect(crm) as connection:
            if postgresql:
                run(connection, f"DROP OWNED BY {name}")
            run(connection, f"DROP ROLE {name}" if postgresql else f"DROP USER {name}")


def _tried(url: str, opening: list[str], *, login: URL | None = None) -> list[str]:
    """Execute every hostile statement without the guard; return those the server refused."""
    refused = []
    connection = None
    for sql in _hostile(url):
        connection = connection or _as(url, login)
        try:
            for statement in opening:
                run(connection, statement)
            found = _one_statement(connection, sql)
            assert login is None or "argon2-hash" not in repr(found), sql
            run(connection, "ROLLBACK")
        except (*REFUSALS, UnicodeError):
            refused.append(sql)
            connection = _usable(connection)
    return refused


def _as(url: str, login: URL | None) -> Any:
    return connect(url, user=login.username, password=login.password) if login else connect(url)


def _usable(connection: Any) -> Any:
    try:
        run(connection, "ROLLBACK")
    except REFUSALS:
        return None
    return connection


def _one_statement(connection: Any, sql: str) -> list[Any]:
    """As a chart's query is sent: never several statements in a text."""
    with connection.cursor() as cursor:
        if isinstance(connection, psycopg.Connection):
            cursor.execute(sql.encode(), binary=True)  # the extended protocol
        else:
            cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
