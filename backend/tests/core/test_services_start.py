"""The test services themselves."""

import psycopg
import pymysql
from sqlalchemy.engine import make_url


def test_a_fresh_postgresql_database_is_empty(pg_url: str) -> None:
    dsn = make_url(pg_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select count(*) from information_schema.tables where table_schema = 'public'"
        ).fetchone()
    assert row == (0,)


def test_a_fresh_mysql_database_is_empty(mysql_url: str) -> None:
    url = make_url(mysql_url)
    connection = pymysql.connect(
        host=url.host or "",
        port=url.port or 0,
        user=url.username,
        password=url.password or "",
        database=url.database,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("show tables")
        assert cursor.fetchall() == ()
