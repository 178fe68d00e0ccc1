"""The commands about operators, as processes of their own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT

PROGRAM = "from bridge24.cli import main; main()"


async def _run(database: str, *arguments: str, **more: str) -> tuple[int, str]:
    environment = {**os.environ, "DATABASE_URL": database, **more}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *arguments), env=environment, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_an_operator_is_added_once_and_listed(pg_url: str) -> None:
    add = ("operators", "add", "ann", "--role", "admin", "--password", "correct horse")
    code, said = await _run(pg_url, *add)
    assert (code, said) == (0, "ann may sign in as admin.\n")

    code, said = await _run(pg_url, *add)
    assert (code, said.strip()) == (5, 'Error: There is an operator "ann" already.')

    code, said = await _run(pg_url, "operators", "list")
    assert (code, said) == (0, "ann\tadmin\tactive\n")


async def test_what_anybody_could_take_over_is_not_served(pg_url: str) -> None:
    code, said = await _run(pg_url, "serve", HOST="0.0.0.0")
    assert code == 2
    assert "nobody has to sign in" in said

    code, said = await _run(pg_url, "serve", AUTH_ENABLED="true", AUTH_SECRET="x" * 40)
    assert code == 2
    assert "AUTH_SECRET repeats a few letters" in said
