"""A database that cannot be used is explained in one sentence with its remedy."""

import psycopg
import pymysql
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from bridge24.core.db import close_db, connection, init_db
from bridge24.core.errors import (
    AppError,
    DatabaseConnectionLost,
    DatabaseLoginRefused,
    DatabaseRightMissing,
    DatabaseUnreachable,
    DataFolderUnusable,
    NoSuchDatabase,
)
from bridge24.core.settings import Settings
from services import PASSWORD


def _settings(url: URL) -> Settings:
    return Settings(database_url=SecretStr(url.render_as_string(hide_password=False)))


async def _refusal(url: URL) -> AppError:
    with pytest.raises(AppError) as caught:
        await init_db(_settings(url))
    await close_db()
    assert PASSWORD not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    return caught.value


async def test_a_wrong_password_is_named(database: str) -> None:
    refusal = await _refusal(make_url(database).set(password="hunter2"))
    assert isinstance(refusal, DatabaseLoginRefused)
    assert "correct the user name or the password" in str(refusal)


async def test_a_missing_database_is_named(database: str) -> None:
    refusal = await _refusal(make_url(database).set(database="nowhere"))
    assert isinstance(refusal, NoSuchDatabase)
    assert '"nowhere"' in str(refusal)


async def test_a_server_that_is_not_there_is_named(database: str) -> None:
    refusal = await _refusal(make_url(database).set(port=9))
    assert isinstance(refusal, DatabaseUnreachable)
    assert "127.0.0.1:9" in str(refusal)


async def test_a_host_that_does_not_exist_is_named(database: str) -> None:
    refusal = await _refusal(make_url(database).set(host="no-such-host.invalid"))
    assert isinstance(refusal, DatabaseUnreachable)


async def test_a_user_who_may_not_create_tables_is_told_so(
    database: str, request: pytest.FixtureRequest
) -> None:
    url = make_url(database)
    _create_reader(url, request)
    await init_db(_settings(url.set(username="reader", password="readerpass")))
    with pytest.raises(DatabaseRightMissing, match="grant it CREATE"):
        async with connection() as conn:
            await conn.execute(text("CREATE TABLE x (id INTEGER)"))
    await close_db()


async def test_a_connection_cut_in_the_middle_is_told_and_mends_itself(database: str) -> None:
    await init_db(_settings(make_url(database)))
    with pytest.raises(DatabaseConnectionLost, match="start again"):
        async with connection() as conn:
            _kill(make_url(database), await conn.scalar(text(_own_id(database))))
            await conn.execute(text("SELECT 1"))
    async with connection() as conn:
        assert await conn.scalar(text("SELECT 1")) == 1
    await close_db()


async def test_a_data_folder_that_cannot_be_used_is_named(tmp_path_factory: object) -> None:
    with pytest.raises(DataFolderUnusable, match="set DATABASE_URL"):
        await init_db(Settings(database_url=None, data_folder="/proc/bridge24"))


def _own_id(database: str) -> str:
    is_postgresql = database.startswith("postgresql")
    return "SELECT pg_backend_pid()" if is_postgresql else "SELECT connection_id()"


def _kill(url: URL, process: int) -> None:
    _execute(
        url,
        [f"SELECT pg_terminate_backend({process})"]
        if url.get_backend_name() == "postgresql"
        else [f"KILL {process}"],
    )


def _create_reader(url: URL, request: pytest.FixtureRequest) -> None:
    if url.get_backend_name() == "postgresql":
        _execute(
            url,
            [
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "DROP ROLE IF EXISTS reader",
                "CREATE ROLE reader LOGIN PASSWORD 'readerpass'",
            ],
        )
        request.addfinalizer(lambda: _execute(url, ["DROP ROLE reader"]))
        return
    _execute(
        url,
        [
            "CREATE USER reader@'%' IDENTIFIED BY 'readerpass'",
            f"GRANT SELECT ON `{url.database}`.* TO reader@'%'",
        ],
    )
    request.addfinalizer(lambda: _execute(url, ["DROP USER reader@'%'"]))


def _execute(url: URL, statements: list[str]) -> None:
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        return
    connected = pymysql.connect(
        host=url.host, port=url.port or 0, user=url.username, password=url.password or ""
    )
    with connected, connected.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
