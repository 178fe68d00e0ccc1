"""There is one way from a text to the database, and a command for the second net."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import TABLES, connect, fill, run

SOURCES = Path(__file__).parents[2] / "src/bridge24"


def _users_of(words: str) -> set[str]:
    found = (p for p in SOURCES.rglob("*.py") if re.search(words, p.read_text()))
    return {str(path.relative_to(SOURCES)) for path in found}


def test_only_the_gate_holds_the_connections_of_the_charts() -> None:
    assert _users_of(r"import .*\bcharts_engine\b|\blone_engine\b") == {
        "charts/execute.py",
        "charts/pool.py",
        "charts/run_mysql.py",
    }
    assert _users_of(r"PostgresqlRun\(|MysqlRun\(") == {"charts/execute.py"}


def test_nobody_else_writes_the_text_that_a_driver_gets() -> None:
    assert _users_of(r"\.executable\(\)") == {"charts/execute.py"}


def test_the_command_makes_a_login_that_reads_the_crm_and_nothing_else(
    database: str, tmp_path: Path
) -> None:
    fill(database)
    name = f"b24_{secrets.token_hex(4)}"
    done = subprocess.run(
        [Path(sys.executable).parent / "bridge24", "db", "grant-readonly", "--user", name],
        env={**os.environ, "DATABASE_URL": database},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"may read {len(TABLES)} tables and views" in done.stdout
    found = re.search(r"^CHARTS_DATABASE_URL=(\S+)$", done.stdout, re.MULTILINE)
    assert found is not None
    try:
        with connect(found[1]) as connection:
            assert run(connection, "SELECT COUNT(*) FROM crm_deals") == [(6,)]
    finally:
        with connect(database) as connection:
            if database.startswith("postgresql"):
                run(connection, f"DROP OWNED BY {name}")
            run(
                connection, f"DROP {'ROLE' if database.startswith('postgresql') else 'USER'} {name}"
            )
