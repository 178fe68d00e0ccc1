"""Fixtures that every test may use: real databases, empty or with the system tables."""

import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy.engine import URL

sys.path.insert(0, str(Path(__file__).parent))
import administrators
import services
from templates import Template, template

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


class _Crier:
    """Names each test that fails at once: a run that is cut off shows no summary."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._terminal.write_line(f"\nFAILED {report.nodeid} ({report.when})")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Crier(terminal))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def pg_server() -> Iterator[URL]:
    """A PostgreSQL server for the whole run."""
    with services.postgresql(in_memory=True) as url:
        yield url


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[URL]:
    """A MariaDB or MySQL server for the whole run."""
    with services.mysql(in_memory=True) as url:
        yield url


@pytest.fixture
def pg_url(pg_server: URL) -> Iterator[str]:
    """The ``DATABASE_URL`` of a new, empty PostgreSQL database."""
    with services.fresh_database(pg_server, run=administrators.run) as url:
        yield _text(url)


@pytest.fixture
def mysql_url(mysql_server: URL) -> Iterator[str]:
    """The ``DATABASE_URL`` of a new, empty MariaDB or MySQL database."""
    with services.fresh_database(mysql_server, run=administrators.run) as url:
        yield _text(url)


@pytest.fixture(scope="session")
def pg_template(pg_server: URL) -> Iterator[Template]:
    """The system tables on PostgreSQL, made once."""
    with template(pg_server) as made:
        yield made


@pytest.fixture(scope="session")
def mysql_template(mysql_server: URL) -> Iterator[Template]:
    """The system tables on MariaDB or MySQL, made once."""
    with template(mysql_server) as made:
        yield made


@pytest.fixture
def migrated_pg_url(pg_template: Template) -> Iterator[str]:
    """The ``DATABASE_URL`` of a new PostgreSQL database with the system tables."""
    with pg_template.copied() as url:
        yield _text(url)


@pytest.fixture
def migrated_mysql_url(mysql_template: Template) -> Iterator[str]:
    """The ``DATABASE_URL`` of a new MariaDB or MySQL database with the system tables."""
    with mysql_template.copied() as url:
        yield _text(url)


@pytest.fixture(
    params=[
        pytest.param("pg_url", marks=pytest.mark.postgresql, id="postgresql"),
        pytest.param("mysql_url", marks=pytest.mark.mysql, id="mysql"),
    ]
)
def database(request: pytest.FixtureRequest) -> str:
    """A new, empty database: every test that asks runs on both dialects."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(
    params=[
        pytest.param("migrated_pg_url", marks=pytest.mark.postgresql, id="postgresql"),
        pytest.param("migrated_mysql_url", marks=pytest.mark.mysql, id="mysql"),
    ]
)
def migrated(request: pytest.FixtureRequest) -> str:
    """A new database with the system tables: every test that asks runs on both dialects."""
    url: str = request.getfixturevalue(request.param)
    return url
