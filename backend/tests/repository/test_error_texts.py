"""Every error and every finding of the doctor can be told in Russian."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bridge24
from bridge24.sync.doctor import OPTIONAL_SCOPES, SENTENCES
from bridge24.sync.reasons import SENTENCES as REASONS

SOURCE = Path(bridge24.__file__).parent
TEXTS = SOURCE.parents[2] / "frontend" / "src" / "lib" / "locales" / "ru" / "errors.json"


@cache
def _trees() -> dict[Path, ast.Module]:
    # The libraries have errors of their own, that are explained at the border.
    ours = [file for file in sorted(SOURCE.rglob("*.py")) if not _is_strange(file)]
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in ours}


def _is_strange(file: Path) -> bool:
    return file.relative_to(SOURCE).parts[0] in {"bitrix", "emulator", "canned"}


@cache
def _errors() -> dict[str, str]:
    """Every class of error with its English sentence, by its code."""
    classes = [
        node
        for tree in _trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    found = {"AppError"}
    while more := {each.name for each in classes if _bases(each) & found} - found:
        found |= more
    return {each.name: ast.get_docstring(each) or "" for each in classes if each.name in found}


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return texts


def _named(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[^{}]*\}", sentence))


@pytest.mark.parametrize("code", sorted(_errors()))
def test_an_error_has_a_russian_sentence_that_names_the_same(code: str) -> None:
    russian = _texts()["sentence"].get(code, "")

    assert re.search("[а-яё]", russian) or russian == "{{field}}: {{problem}}."
    assert _named(russian) <= _named(_errors()[code])


def test_no_russian_sentence_is_left_of_an_error_that_is_gone() -> None:
    # These are said of what no class describes.
    known = {*_errors(), "InternalError", "InvalidRequest", "Unforeseen"}

    assert set(_texts()["sentence"]) - known == set()


def test_the_doctor_speaks_russian() -> None:
    russian = _texts()["finding"]

    assert set(russian) == set(SENTENCES)
    assert {code: _named(text) for code, text in russian.items()} == {
        code: _named(text) for code, text in SENTENCES.items()
    }
    scopes = {f"{name} ({what})" for name, what in OPTIONAL_SCOPES.items()}
    assert scopes <= set(_texts()["phrase"])


def test_the_quarantine_speaks_russian() -> None:
    russian = _texts()["reason"]

    assert {code: _named(text) for code, text in russian.items()} == {
        code: _named(text) for code, text in REASONS.items()
    }


def _reasons() -> Iterator[tuple[str, str]]:
    """What our code gives to a sentence in words, beside the place."""
    named = {code: _named(sentence) for code, sentence in _errors().items()}
    for file, tree in _trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            for given in node.keywords:
                words = _words(given.value)
                if words is not None and given.arg in named.get(node.func.id, ()):
                    yield f"{file.name}:{node.lineno}", words


def _words(value: ast.expr) -> str | None:
    """Read a text; what is put into it becomes ``{}``."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if not isinstance(value, ast.JoinedStr):
        return None
    return "".join(_words(part) or "{}" for part in value.values)


def test_reasons_in_words_have_russian_ones() -> None:
    phrases = _texts()["phrase"]
    # A single word is a name: of a setting, of SQL, of an object.
    left = [f"{at}: {words}" for at, words in _reasons() if " " in words and words not in phrases]

    assert left == []
