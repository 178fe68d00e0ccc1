"""Pure: the three questions of ``ChartService``, answered by the guard."""

from collections.abc import Collection

from bridge24.charts.guard.gate import check
from bridge24.charts.guard.lexer import Dialect

OWN_SCHEMA: dict[Dialect, str | None] = {"postgresql": "public", "mysql": None}


def validate_sql_query(
    sql: str,
    *,
    dialect: Dialect = "postgresql",
    allowed_tables: Collection[str] | None = None,
    parameters: Collection[str] | None = None,
) -> None:
    """Accept one reading SELECT made of allowed parts; see ``check`` for the arguments.

    Raises:
        QueryRefused: Why not, in one sentence.
    """
    check(
        sql,
        dialect=dialect,
        allowed_tables=allowed_tables,
        parameters=parameters,
        schema=OWN_SCHEMA[dialect],
    )


def validate_table_names(
    sql: str, allowed: Collection[str], *, dialect: Dialect = "postgresql"
) -> None:
    """Accept a query that reads these tables only, through any aliases, quotes and WITH.

    Raises:
        QueryRefused: It names another table, or would be refused anyway.
    """
    validate_sql_query(sql, dialect=dialect, allowed_tables=frozenset(allowed))


def ensure_limit(sql: str, max_rows: int, *, dialect: Dialect = "postgresql") -> str:
    """Return the query with a limit of at most ``max_rows``; a smaller one of its own stays.

    The text is written anew from its tree: without comments, every name quoted.

    Raises:
        QueryRefused: The query may not be executed at all.
    """
    checked = check(sql, dialect=dialect, allowed_tables=None, schema=OWN_SCHEMA[dialect])
    return checked.limited(max_rows).sql()
