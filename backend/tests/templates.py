"""Databases that have the system tables from the start: the migrations run once a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pymysql
from alembic import command
from pymysql.constants import CLIENT
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

import administrators
import services
from bridge24.core.db import MYSQL_SESSION
from bridge24.core.tables import alembic_config


@dataclass(frozen=True)
class Template:
    """A migrated database, and the text that makes another one like it on MySQL."""

    server: URL
    name: str
    script: str = ""

    @contextmanager
    def copied(self) -> Iterator[URL]:
        """Create a database with the system tables and drop it afterwards."""
        if self.server.get_backend_name() == "postgresql":
            with services.fresh_database(
                self.server, template=self.name, run=administrators.run
            ) as url:
                yield url
            return
        with services.fresh_database(self.server, run=administrators.run) as url:
            _run(url, self.script)
            yield url


@contextmanager
def template(server: URL) -> Iterator[Template]:
    """Run the migrations in a database of the server, to be copied from."""
    with services.fresh_database(server) as url:
        name = str(url.database)
        _migrate(url)
        script = "" if server.get_backend_name() == "postgresql" else _script(url)
        yield Template(server, name, script)


def _migrate(url: URL) -> None:
    postgresql = url.get_backend_name() == "postgresql"
    driver = "postgresql+psycopg" if postgresql else "mysql+pymysql"
    session = {} if postgresql else {"init_command": MYSQL_SESSION}
    engine = create_engine(url.set(drivername=driver), connect_args=session)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    # PostgreSQL copies no database that somebody is connected to.
    engine.dispose()


def _script(url: URL) -> str:
    """Write down the tables; copying files is not to be had on MySQL."""
    with services._mysql(url, database=url.database) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        tables = [name for (name,) in cursor.fetchall()]
        statements = ["SET foreign_key_checks = 0"]
        for table in tables:
            cursor.execute(f"SHOW CREATE TABLE `{table}`")
            statements.append(cursor.fetchall()[0][1])
        # What migrations put into tables, above all the revision they reached.
        statements += [f"INSERT INTO `{t}` SELECT * FROM `{url.database}`.`{t}`" for t in tables]
    return ";\n".join(statements)


def _run(url: URL, script: str) -> None:
    more = {"database": url.database, "client_flag": CLIENT.MULTI_STATEMENTS}
    with services._mysql(url, **more) as connection:
        _finish(connection, script)


def _finish(connection: "pymysql.Connection[pymysql.cursors.Cursor]", script: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(script)
        while cursor.nextset():
            pass
