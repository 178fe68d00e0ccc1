"""The two dialects as the guard reads and writes them: functions keep the names they have.

sqlglot knows hundreds of functions and rewrites some of them. Here a call stays a plain
name with arguments, so that the allow-list sees the very word that the server will see.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.postgres import Postgres
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.parsers.postgres import PostgresParser

from bridge24.charts.guard.lexer import Dialect

# The few functions whose arguments have a grammar of their own.
_SPECIAL = ("CAST", "EXTRACT", "POSITION", "SUBSTRING", "TRIM")

OPEN, CLOSE = "\x01", "\x02"
"""What stands around a parameter's name until it is known how the driver spells it."""


def _some(parsers: dict[str, Callable[..., Any]], *names: str) -> dict[str, Callable[..., Any]]:
    return {name: parsers[name] for name in names}


def _placeholder(_generator: Any, node: exp.Placeholder) -> str:
    return f"{OPEN}{node.name}{CLOSE}"


def _operator(word: str) -> Callable[[Any, exp.Expr], str]:
    return lambda generator, node: generator.binary(node, word)


class GuardedPostgres(Postgres):
    """PostgreSQL without sqlglot's knowledge of functions."""

    class Parser(PostgresParser):
        """Reads calls as they stand."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = _some(
            PostgresParser.FUNCTION_PARSERS, *_SPECIAL, "STRING_AGG"
        )

    class Generator(PostgresGenerator):
        """Writes calls as they stand."""

        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **PostgresGenerator.TRANSFORMS,
            exp.Placeholder: _placeholder,
        }


class GuardedMySQL(MySQL):
    """MySQL and MariaDB without sqlglot's knowledge of functions."""

    class Parser(MySQLParser):
        """Reads calls as they stand."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = _some(
            MySQLParser.FUNCTION_PARSERS, *_SPECIAL, "GROUP_CONCAT", "CONVERT"
        )

    class Generator(MySQLGenerator):
        """Writes calls as they stand; MariaDB has the operator REGEXP, not the function."""

        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **MySQLGenerator.TRANSFORMS,
            exp.Placeholder: _placeholder,
            exp.RegexpLike: _operator("REGEXP"),
        }


DIALECTS: dict[Dialect, SqlglotDialect] = {
    "postgresql": GuardedPostgres(),
    "mysql": GuardedMySQL(),
}
