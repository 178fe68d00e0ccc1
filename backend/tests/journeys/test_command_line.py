"""The commands as a person runs them: one clear sentence and an exit code for every mistake."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bridge24.emulator import Emulator, Portal

CODE = "from bridge24.cli import main; main()"


@dataclass
class Ended:
    """What a command left."""

    exit_code: int | None
    said: str
    complained: str


async def _bridge24(*words: str, folder: Path, **environment: str) -> Ended:
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CODE, *words),
        # Nothing here is about limits: the larger ones are waited for less.
        env={**kept, "BITRIX_ENTERPRISE": "true", **environment},
        cwd=folder,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    said, complained = await process.communicate()
    return Ended(process.returncode, said.decode(), complained.decode())


def _one_sentence(ended: Ended) -> str:
    assert "Traceback" not in ended.complained
    assert len(ended.complained.strip().splitlines()) == 1, ended.complained
    return ended.complained


@pytest.mark.mysql
async def test_all_objects_are_copied_and_summed_up(
    emulator: Emulator, mysql_url: str, tmp_path: Path
) -> None:
    ended = await _bridge24(
        *("sync", "run", "all"),
        folder=tmp_path,
        DATABASE_URL=mysql_url,
        BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
    )
    assert ended.exit_code == 0, ended.complained
    for line in ("deal: 700 rows", "contact: 120 rows", "lead: 60 rows", "company: 40 rows"):
        assert line in ended.said


@pytest.mark.postgresql
async def test_objects_without_a_permission_are_named_and_left_out(
    emulator: Emulator, portal: Portal, pg_url: str, tmp_path: Path
) -> None:
    portal.add_webhook(1, "onlycrm000000000", scopes=("crm",))
    ended = await _bridge24(
        *("sync", "run", "all"),
        folder=tmp_path,
        DATABASE_URL=pg_url,
        BITRIX_WEBHOOK_URL=f"{emulator.url}/acme/rest/1/onlycrm000000000/",
    )
    assert ended.exit_code == 0, ended.complained
    assert 'task: left out, the webhook lacks the permission "task"' in ended.complained
    for line in ("deal: 700 rows", "contact: 120 rows", "lead: 60 rows", "company: 40 rows"):
        assert line in ended.said


async def test_a_webhook_that_was_revoked_is_named(
    emulator: Emulator, portal: Portal, pg_url: str, tmp_path: Path
) -> None:
    url = emulator.webhook_url("acme")
    code = url.rstrip("/").rpartition("/")[2]
    portal.remove_webhook(1, code)
    ended = await _bridge24(
        *("sync", "run", "deal"), folder=tmp_path, DATABASE_URL=pg_url, BITRIX_WEBHOOK_URL=url
    )
    assert ended.exit_code == 3
    assert "does not accept the webhook" in _one_sentence(ended)
    assert code not in ended.complained + ended.said


async def test_a_missing_scope_is_named(
    emulator: Emulator, portal: Portal, pg_url: str, tmp_path: Path
) -> None:
    portal.add_webhook(1, "onlytasks0000000", scopes=("task",))
    ended = await _bridge24(
        *("sync", "run", "deal"),
        folder=tmp_path,
        DATABASE_URL=pg_url,
        BITRIX_WEBHOOK_URL=f"{emulator.url}/acme/rest/1/onlytasks0000000/",
    )
    assert ended.exit_code == 3
    assert 'lacks the permission "crm"' in _one_sentence(ended)


@pytest.mark.parametrize(
    ("webhook", "exit_code", "words"),
    [
        ("", 2, "BITRIX_WEBHOOK_URL is not set"),
        ("acme.bitrix24.ru", 2, "BITRIX_WEBHOOK_URL is wrong"),
        ("https://acme.bitrix24.ru/crm/deal/", 2, "BITRIX_WEBHOOK_URL is wrong"),
        ("http://acme.bitrix24.ru/rest/1/secretcode123/", 2, "must use https"),
        ("http://127.0.0.1:9/rest/1/secretcode123/", 3, "cannot be reached"),
        ("https://no-such-portal.invalid/rest/1/secretcode123/", 3, "cannot be reached"),
    ],
)
async def test_a_wrong_webhook_address_is_named(
    pg_url: str, tmp_path: Path, webhook: str, exit_code: int, words: str
) -> None:
    ended = await _bridge24(
        *("sync", "run", "deal"), folder=tmp_path, DATABASE_URL=pg_url, BITRIX_WEBHOOK_URL=webhook
    )
    assert ended.exit_code == exit_code
    assert words in _one_sentence(ended)
    assert "secretcode123" not in ended.complained


async def test_plain_http_is_refused_in_production(
    emulator: Emulator, pg_url: str, tmp_path: Path
) -> None:
    ended = await _bridge24(
        *("sync", "run", "deal"),
        folder=tmp_path,
        DATABASE_URL=pg_url,
        BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
        ENVIRONMENT="production",
    )
    assert ended.exit_code == 2
    assert "in production it must begin with https" in _one_sentence(ended)


@pytest.mark.parametrize(
    ("url", "exit_code", "words"),
    [
        ("sqlite:///x.db", 2, "DATABASE_URL is wrong"),
        ("postgresql+asyncpg://u:hunter2@127.0.0.1:9/x", 4, "No database answers"),
        ("mysql+aiomysql://u:hunter2@127.0.0.1:9/x", 4, "No database answers"),
    ],
)
async def test_a_wrong_database_address_is_named(
    emulator: Emulator, tmp_path: Path, url: str, exit_code: int, words: str
) -> None:
    ended = await _bridge24(
        *("sync", "run", "deal"),
        folder=tmp_path,
        DATABASE_URL=url,
        BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
    )
    assert ended.exit_code == exit_code
    assert words in _one_sentence(ended)
    assert "hunter2" not in ended.complained


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("operators", "list")])
async def test_a_command_without_its_database_says_so_and_ends(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    url = "postgresql+asyncpg://u:hunter2@127.0.0.1:9/x"
    ended = await _bridge24(*words, folder=tmp_path, DATABASE_URL=url, PORT=str(port))

    assert ended.exit_code == 4
    assert "No database answers at 127.0.0.1:9" in _one_sentence(ended)
    assert "hunter2" not in ended.complained


async def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = await _bridge24("serve", folder=tmp_path, PORT=port)

    assert ended.exit_code == 2
    assert f"127.0.0.1:{port} (Address already in use)" in _one_sentence(ended)
    assert os.listdir(tmp_path) == []


async def test_an_unknown_object_is_named_before_anything_is_touched(tmp_path: Path) -> None:
    ended = await _bridge24("sync", "run", "invoices", folder=tmp_path)
    assert ended.exit_code == 2
    assert 'no CRM object "invoices"' in _one_sentence(ended)
    assert os.listdir(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_named(emulator: Emulator, tmp_path: Path) -> None:
    ended = await _bridge24(
        *("sync", "run", "deal"),
        folder=tmp_path,
        DATA_FOLDER="/proc/bridge24",
        BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
    )
    assert ended.exit_code == 4
    assert "cannot be used for the embedded database" in _one_sentence(ended)


async def test_a_database_without_the_right_to_create_is_named_and_left_alone(
    emulator: Emulator, pg_url: str, tmp_path: Path
) -> None:
    dsn = make_url(pg_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute("CREATE ROLE onlooker LOGIN PASSWORD 'look'")
    try:
        ended = await _bridge24(
            *("sync", "run", "deal"),
            folder=tmp_path,
            DATABASE_URL=str(make_url(pg_url).set(username="onlooker", password="look")).replace(
                "***", "look"
            ),
            BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
        )
        with psycopg.connect(dsn) as connection:
            tables = connection.execute(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
            ).fetchone()
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("DROP ROLE onlooker")
    assert ended.exit_code == 4
    assert "grant it CREATE" in _one_sentence(ended)
    assert tables == (0,)


async def test_the_doctor_finds_everything_in_order(
    emulator: Emulator, database: str, tmp_path: Path
) -> None:
    ended = await _bridge24(
        "doctor",
        folder=tmp_path,
        DATABASE_URL=database,
        BITRIX_WEBHOOK_URL=emulator.webhook_url("acme"),
    )
    assert ended.exit_code == 0, ended.said + ended.complained
    assert "wrong" not in ended.said
    assert "administrator" in ended.said
    assert "Smart processes of the portal: 2 (Проекты" in " ".join(ended.said.split())


async def test_the_doctor_names_every_trouble_at_once(
    emulator: Emulator, portal: Portal, tmp_path: Path
) -> None:
    portal.add_webhook(2, "onlytasks0000000", scopes=("task",))
    ended = await _bridge24(
        "doctor",
        folder=tmp_path,
        DATABASE_URL="postgresql+asyncpg://u:hunter2@127.0.0.1:9/x",
        BITRIX_WEBHOOK_URL=f"{emulator.url}/acme/rest/2/onlytasks0000000/",
    )
    told = " ".join(ended.said.split())
    assert ended.exit_code == 4
    assert 'lacks the permission "crm"' in told
    assert "not an administrator" in told
    assert "No database answers" in told
    assert "hunter2" not in told
