"""The rules of the house, checked by a machine."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bridge24 import api
from bridge24.core.tables import alembic_config

BACKEND = Path(__file__).parents[2]
ROOT = BACKEND.parent
MOST_LINES = 300
FORBIDDEN_NAMES = re.compile(r"(utils?|helpers?|manager|misc|common)\.py$")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="module")
def sources() -> list[Path]:
    """Every Python file of ours."""
    found = _tracked("*.py")
    assert len(found) > 50, "the listing of the sources is broken"
    return found


def test_no_file_is_longer_than_it_may_be(sources: list[Path]) -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources
        if (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_file_is_named_for_nothing(sources: list[Path]) -> None:
    assert [path.name for path in sources if FORBIDDEN_NAMES.search(path.name)] == []


def test_import_rules_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=BACKEND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_migrations_have_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_the_openapi_description_is_up_to_date() -> None:
    written = (ROOT / "docs/openapi.json").read_text()
    assert json.loads(written) == json.loads(api.openapi()), "run `make openapi`"


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]


def test_no_test_is_skipped(sources: list[Path]) -> None:
    excuse = re.compile(r"@pytest\.mark\.(skip|xfail)|pytest\.skip\(|pytest\.importorskip")
    mine = Path(__file__)
    assert [p.name for p in sources if p != mine and excuse.search(p.read_text())] == []


def test_every_setting_is_shown_in_the_example_file() -> None:
    from bridge24.core.settings import Settings

    shown = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} == shown
