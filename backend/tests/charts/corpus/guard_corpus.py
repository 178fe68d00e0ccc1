"""The statements written for the guard, and a small CRM in a real database to try them on."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
from sqlalchemy.engine import make_url

from bridge24.charts.guard import Dialect
from bridge24.core.db import MYSQL_SESSION

HERE = Path(__file__).parent
# Signs for what cannot stand in a line: a new line, a NUL, a space that does not break.
SIGNS = str.maketrans({"⏎": "\n", "␀": "\0", "⍽": "\u00a0"})
SCHEMA = (HERE / "schema.sql").read_text().splitlines()
TABLES = frozenset(re.findall(r"CREATE TABLE (crm_\w+)", "\n".join(SCHEMA)))
OWN_SCHEMA = {"postgresql": "public", "mysql": None}
DIALECTS: tuple[Dialect, ...] = ("postgresql", "mysql")


@dataclass(frozen=True)
class Statement:
    """One statement of the corpus."""

    sql: str
    why: str


def statements(kind: str, dialect: Dialect) -> list[Statement]:
    """The ``hostile`` or ``legitimate`` statements of a dialect, with their reasons."""
    found: list[Statement] = []
    for name in ("both", dialect):
        why = ""
        for line in (HERE / f"{kind}_{name}.sql").read_text().splitlines():
            if line.startswith("## "):
                why = line[3:]
            else:
                found.append(Statement(line.translate(SIGNS), why))
    return found


def connect(url: str, *, user: str | None = None, password: str | None = None) -> Any:
    """Connect the plain driver, as anybody would; every statement commits by itself."""
    parsed = make_url(url)
    user, password = user or parsed.username, password or parsed.password
    if parsed.get_backend_name() == "postgresql":
        return psycopg.connect(
            host=parsed.host,
            port=parsed.port,
            user=user,
            password=password,
            dbname=parsed.database,
            autocommit=True,
            options="-c timezone=UTC",
        )
    return pymysql.connect(
        host=parsed.host or "127.0.0.1",
        port=parsed.port or 3306,
        user=user,
        password=password or "",
        database=parsed.database,
        autocommit=True,
        charset="utf8mb4",
        init_command=MYSQL_SESSION,
        read_timeout=20,
    )


def fill(url: str) -> None:
    """Make the small CRM."""
    with connect(url) as connection:
        for statement in SCHEMA:
            run(connection, statement)


def run(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    """Execute one text and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the database: the tables there are, and their rows."""
    listing = "SELECT table_name FROM information_schema.tables WHERE table_schema = " + (
        "'public'" if url.startswith("postgresql") else "DATABASE()"
    )
    with connect(url) as connection:
        names = sorted(name for (name,) in run(connection, listing))
        return {name: sorted(run(connection, f"SELECT * FROM {name}"), key=repr) for name in names}
