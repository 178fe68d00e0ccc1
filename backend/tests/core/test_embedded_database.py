"""The PostgreSQL that is used while DATABASE_URL is unset."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge24.core.embedded import start_embedded
from bridge24.core.errors import DataFolderUnusable

SCRIPT = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import text
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings

async def main():
    await init_db(Settings(_env_file=None, data_folder=Path(sys.argv[1])))
    async with connection() as conn:
        await conn.execute(text("CREATE TABLE IF NOT EXISTS kept (id integer)"))
        await conn.execute(text("INSERT INTO kept VALUES (1)"))
        print(await conn.scalar(text("SELECT count(*) FROM kept")))
        print(await conn.scalar(text("SHOW server_version_num")))
    sys.stdout.flush()
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    await close_db()

asyncio.run(main())
"""


def _run(folder: Path, how: str) -> list[str]:
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", SCRIPT, str(folder), how],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == (-9 if how == "killed" else 0), done.stderr
    assert done.stderr == ""
    return done.stdout.split()


def test_it_keeps_its_data_survives_a_kill_and_stops_with_its_user(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert _run(tmp_path, "killed")[0] == "1"
    rows, version = _run(tmp_path, "ended")
    assert (rows, int(version) >= 180_000) == ("2", True)
    assert not (tmp_path / "postgresql" / "postmaster.pid").exists()


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(DataFolderUnusable, match=r"/proc/nowhere.*set DATABASE_URL"):
        start_embedded(Path("/proc/nowhere"))
