"""A database server that can be restarted, starved and cut off, and the cable to it."""

import asyncio
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pymysql
from sqlalchemy.engine import URL
from tests import services

FILLER = "filler"
DISK_MEGABYTES = 4_000
START_SECONDS = 300
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Server:
    """One server of our own; commits survive its kill, as they do in earnest."""

    def __init__(self, command: list[str], home: Path, url: URL) -> None:
        self._disk = os.path.ismount(home)
        self._command = command
        self._home = home
        self.url = url
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    @property
    def is_postgresql(self) -> bool:
        return self.url.get_backend_name() == "postgresql"

    def start(self) -> None:
        """Start unless it runs, and wait until it answers; one that ends is started again.

        Raises:
            TimeoutError: It does not come back.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._spawn()
            with suppress(psycopg.Error, pymysql.Error):
                self._greet()
                return
            time.sleep(0.1)
        raise TimeoutError((self._home / "log").read_text(errors="replace")[-2000:])

    def _spawn(self) -> None:
        # Two faults at once may both want it back.
        with self._turn:
            if self._process is not None and self._process.poll() is None:
                return
            with (self._home / "log").open("ab") as log:
                self._process = subprocess.Popen(  # type: ignore[call-overload]
                    [*services.DYING_WITH_US, *self._command],
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    **services._unprivileged(),
                )

    def _greet(self) -> None:
        if self.is_postgresql:
            psycopg.connect(services._dsn(self.url)).close()
        else:
            services._mysql(self.url).close()

    def kill(self) -> None:
        """Let it end without writing anything more, as a crash does."""
        assert self._process is not None
        # PostgreSQL's own word for it: its children end as well.
        self._process.send_signal(signal.SIGQUIT if self.is_postgresql else signal.SIGKILL)
        self._process.wait()

    def fill(self) -> str:
        """Leave no room on the disk, or let no file grow; says which of the two.

        Only root may give a server a disk of its own.
        """
        if self._disk:
            with suppress(OSError), (self._home / FILLER).open("ab") as filler:
                for size in (1 << 20, 1 << 12):
                    with suppress(OSError):
                        while True:
                            filler.write(b"\0" * size)
                            filler.flush()
            return "disk full"
        sizes = [each.stat().st_size for each in (self._home / "data").rglob("*") if each.is_file()]
        self._limit((max(sizes), resource.RLIM_INFINITY))
        return "no file may grow"

    def empty(self) -> None:
        """Make room again; a server that ended for want of it is started."""
        if self._disk:
            (self._home / FILLER).unlink(missing_ok=True)
        else:
            self._limit(UNLIMITED)
        self.start()

    def _limit(self, limit: tuple[int, int]) -> None:
        assert self._process is not None
        family = [self._process.pid, *_children(self._process.pid)]
        for pid in family:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)

    def run(self, *statements: str, database: str | None = None) -> None:
        """Execute statements as the administrator, each by itself."""
        url = self.url if database is None else self.url.set(database=database)
        for statement in statements:
            if self.is_postgresql:
                services.run_once(url, statement)
            else:
                _run_mysql(url, statement)


def _run_mysql(url: URL, statement: str) -> None:
    connection = services._mysql(url)
    with connection, connection.cursor() as cursor:
        if url.database:
            cursor.execute(f"USE `{url.database}`")
        cursor.execute(statement)


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in told.split()]


@contextmanager
def server(name: str) -> Iterator[Server]:
    """Start a server of a name: ``postgresql`` or ``mysql``."""
    make = _postgresql if name == "postgresql" else _mysql
    with services._home("chaos") as home, _own_disk(home):
        made = make(home)
        made.start()
        try:
            if not made.is_postgresql:
                services._set_mysql_password(made.url)
                made.url = made.url.set(password=services.PASSWORD)
            yield made
        finally:
            with suppress(OSError, AssertionError):
                made.kill()


@contextmanager
def _own_disk(home: Path) -> Iterator[None]:
    """Give a server a disk that can be full without harm to anybody else, where we may."""
    if os.geteuid() != 0:
        yield
        return
    owner = home.stat()
    options = f"size={DISK_MEGABYTES}m,uid={owner.st_uid},gid={owner.st_gid},mode=755"
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(home)], check=False
    ).returncode
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(home)], check=False)


def _postgresql(home: Path) -> Server:
    folder, port = services._postgresql_binaries(), services._free_port()
    secret = home / "password"
    secret.write_text(services.PASSWORD)
    secret.chmod(0o644)
    services._execute(
        [
            *(str(folder / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-E", "UTF8"),
            *("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--wal-segsize=1"),
            "--locale=C.UTF-8",
        ]
    )
    options = {
        **{"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": home},
        **{"max_connections": 200, "fsync": "off", "full_page_writes": "off"},
        **{"max_wal_size": "256MB", "min_wal_size": "32MB", "shared_buffers": "128MB"},
    }
    flags = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    url = URL.create("postgresql", "postgres", services.PASSWORD, "127.0.0.1", port, "postgres")
    command = [str(folder / "postgres"), "-D", str(home / "data"), *flags]
    return Server(command, home, url)


def _mysql(home: Path) -> Server:
    port = services._free_port()
    command = [
        *services._initialised_mysql(home, port),
        # What is committed survives the end of the process.
        *("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=256M"),
        "--max-connections=300",
    ]
    return Server(command, home, URL.create("mysql", "root", "", "127.0.0.1", port, "mysql"))


class Cable:
    """A TCP cable to the server: it can be pulled, or swallow everything for a while."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._lit = asyncio.Event()
        self._lit.set()
        self.refuses = False
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection there is."""
        for writer in list(self._writers):
            writer.transport.abort()

    def darken(self) -> None:
        """Swallow everything: nobody is told that the other side is away."""
        self._lit.clear()

    def lighten(self, *, broken: bool) -> None:
        """Let through again; connections of before are alive, or dead without a word."""
        if broken:
            self.cut()
        self._lit.set()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        ways = ((reader, far_writer), (far_reader, writer))
        await asyncio.gather(*(self._carry(source, target) for source, target in ways))
        self._writers -= {writer, far_writer}

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65_536):
                await self._lit.wait()
                target.write(piece)
                await target.drain()
        target.transport.abort() if source.exception() else target.close()
