"""The compiled library: it stays inside its memory, and nothing breaks without it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge24.bitrix.rows import UnparsedRows
from bridge24.sync import doctor
from bridge24.sync.native import binding, lists
from bridge24.sync.shape import shape

sys.path.insert(0, str(Path(__file__).parent))
import native_rows as given_rows

NATIVE = Path(__file__).parents[2] / "native"


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As on a machine where nothing was built."""
    monkeypatch.setattr(binding, "BUILT", tmp_path / "libcells.so")
    binding.compiled.cache_clear()
    lists.list_typist.cache_clear()
    yield
    binding.compiled.cache_clear()
    lists.list_typist.cache_clear()


def _shaped() -> object:
    layout = given_rows.every_layout("postgresql")
    rows = [{"ID": n, "C17": "a\tb", "M8_TEXT": ["x"], "C26": [{"ID": n}]} for n in range(60)]
    pages = UnparsedRows()
    for page in (rows[:50], rows[50:]):
        pages.extend(given_rows.unparsed(given_rows.written(page, 0), len(page)), len(page))
    shaped = shape(pages, layout)
    return shaped.ids, shaped.bodies, shaped.hashes, shaped.children


def test_harmed_pages_never_lead_outside_of_the_memory_given() -> None:
    run = NATIVE / "fuzz" / "run.sh"
    done = subprocess.run([run, "20000"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_library_is_there_and_as_new_as_its_sources() -> None:
    newest = max(path.stat().st_mtime for path in NATIVE.glob("*.[ch]"))
    assert binding.BUILT.stat().st_mtime >= newest, "run backend/native/build.sh"
    assert binding.compiled() is not None
    assert doctor.examine_library() == []


@pytest.mark.usefixtures("without_library")
def test_without_the_library_rows_are_typed_all_the_same_and_it_is_said_once() -> None:
    with capture_logs() as said:
        slow = [_shaped(), _shaped()]
    found = doctor.examine_library()

    assert [(line["event"], line["remedy"]) for line in said] == [
        ("rows are typed slowly", "backend/native/build.sh")
    ]
    assert [finding.code for finding in found] == ["slowTyping"]
    assert slow[0] == slow[1]


def test_what_is_typed_is_the_same_with_and_without_the_library(
    request: pytest.FixtureRequest,
) -> None:
    fast = _shaped()
    request.getfixturevalue("without_library")
    assert binding.compiled() is None
    assert _shaped() == fast


def test_a_library_of_another_version_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="libcells"):
        binding.opened(tmp_path / "libcells.so")
    monkeypatch.setattr(binding, "VERSION", 2)
    with pytest.raises(OSError, match="of version 1, not 2"):
        binding.opened(binding.BUILT)
