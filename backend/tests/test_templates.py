"""The database that tests start from is the one the migrations make."""

from typing import Any

import pytest
from pymysql.cursors import Cursor
from sqlalchemy.engine import URL, make_url

import services
from templates import _migrate


@pytest.mark.mysql
def test_a_copied_database_of_mysql_is_what_the_migrations_make(
    mysql_server: URL, migrated_mysql_url: str
) -> None:
    with services.fresh_database(mysql_server) as url:
        _migrate(url)
        made = _described(url)
    assert _described(make_url(migrated_mysql_url)) == made
    assert made["alembic_version"][1] and len(made) > 20


def _described(url: URL) -> dict[str, tuple[str, Any]]:
    """The statement that makes each table, and the rows that migrations put into it."""
    with services._mysql(url, database=url.database) as connection, connection.cursor() as cursor:
        names = [name for (name,) in _rows(cursor, "SHOW TABLES")]
        return {
            name: (
                _rows(cursor, f"SHOW CREATE TABLE `{name}`")[0][1],
                sorted(_rows(cursor, f"SELECT * FROM `{name}`"), key=repr),
            )
            for name in names
        }


def _rows(cursor: Cursor, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())
