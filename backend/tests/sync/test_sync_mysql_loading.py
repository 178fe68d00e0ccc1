"""MySQL's own ways: servers without LOCAL, servers that ask for files, lost connections."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomysql.connection
import pymysql
import pytest
from pymysql.err import OperationalError
from sqlalchemy.exc import DBAPIError

from bridge24.bitrix.fields import Field
from bridge24.core.clock import utc_naive
from bridge24.core.db import make_engine
from bridge24.sync.load import memory_file

pytestmark = pytest.mark.mysql
FIELDS = [
    Field("TITLE", "string"),
    Field("OPPORTUNITY", "double"),
    Field("DATE_CREATE", "datetime"),
    Field("OPENED", "char"),
    Field("PHONE", "crm_multifield"),
]
ODD = 'it\'s "quoted" \\ \t \n \r \0 %s ж😀 \\N'


def _row(row_id: int, title: str = ODD) -> dict[str, object]:
    return {
        "ID": row_id,
        "TITLE": title,
        "OPPORTUNITY": "12.50",
        "DATE_CREATE": "2024-08-30T14:29:00+02:00",
        "OPENED": "Y" if row_id % 2 else None,
        "PHONE": [{"ID": row_id, "VALUE": ODD, "TYPE_ID": "PHONE", "VALUE_TYPE": "WORK"}],
    }


@pytest.fixture
async def strict(mysql_url: str, database: str) -> AsyncIterator[str]:
    """A server that forbids LOAD DATA LOCAL."""
    engine = make_engine(mysql_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("SET GLOBAL local_infile = 0")
    yield mysql_url
    async with engine.begin() as connection:
        await connection.exec_driver_sql("SET GLOBAL local_infile = 1")
    await engine.dispose()


@pytest.mark.parametrize("database", ["mysql_url"], indirect=True)
async def test_a_server_without_local_files_gets_the_same_rows_slower(
    mirror: Any, strict: str
) -> None:
    await mirror.ensure(*FIELDS)
    rows = [_row(n) for n in range(1, 1001)]
    rows[9] = _row(10, "x" * 100_000)

    first = await mirror.store(*rows)
    second = await mirror.store(*rows[:-1], _row(1000, "changed"), _row(1001))

    assert (first.inserted, first.slow) == (1000, True)
    assert (second.inserted, second.updated, second.unchanged) == (1, 1, 999)
    stored = await mirror.rows()
    assert [stored[n]["title"] for n in (1, 10, 1000)] == [ODD, "x" * 100_000, "changed"]
    phones = await mirror.query("SELECT DISTINCT value FROM crm_deals_multifields")
    assert phones == [{"value": ODD}]


@pytest.mark.parametrize("database", ["mysql_url"], indirect=True)
async def test_a_refused_row_is_found_without_local_files_too(mirror: Any, strict: str) -> None:
    await mirror.ensure(*FIELDS)
    await mirror.run("ALTER TABLE crm_deals ADD CONSTRAINT no_evil CHECK (title <> 'evil')")

    loaded = await mirror.store(*(_row(n, "evil" if n == 77 else "good") for n in range(1, 201)))

    assert (loaded.inserted, [row.id for row in loaded.rejected]) == (199, ["77"])


@pytest.mark.parametrize("database", ["mysql_url"], indirect=True)
async def test_what_the_server_would_bend_with_a_warning_is_refused(mirror: Any) -> None:
    await mirror.ensure(*FIELDS)
    shaped = await mirror.shape([_row(1, "good"), _row(2, "too long for it"), _row(3, "good")])
    await mirror.run("ALTER TABLE crm_deals MODIFY title VARCHAR(5)")

    loaded = await mirror.load(shaped)

    assert (loaded.inserted, [row.id for row in loaded.rejected]) == (2, ["2"])
    assert "title" in str(loaded.rejected[0].reason)
    assert {row["title"] for row in (await mirror.rows()).values()} == {"good"}


async def test_no_file_of_this_machine_is_sent_to_a_server_that_asks_for_it(
    mysql_url: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret\n")
    engine = make_engine(mysql_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE stolen (line TEXT)")
        driver = (await connection.get_raw_connection()).driver_connection
        with pytest.raises(OperationalError, match="not offered"):
            await driver.query(f"LOAD DATA LOCAL INFILE '{secret}' INTO TABLE stolen")
        found = await connection.exec_driver_sql("SELECT * FROM stolen")
        assert found.all() == []
    await engine.dispose()


def test_the_driver_still_looks_its_file_class_up_where_we_replace_it() -> None:
    assert aiomysql.connection.LoadLocalFile is memory_file._MemoryFile


@pytest.mark.parametrize("database", ["mysql_url"], indirect=True)
async def test_a_lost_connection_is_no_fault_of_a_row(mirror: Any) -> None:
    await mirror.ensure(*FIELDS)
    shaped = await mirror.shape([_row(n) for n in range(1, 11)])

    with pytest.raises((DBAPIError, pymysql.err.MySQLError)):
        async with mirror.engine.begin() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            number = driver.thread_id()
            await mirror.run(f"KILL {number}")
            from bridge24.sync.load import load

            await load(connection, mirror.layout, shaped, read_at=utc_naive())
