"""Field descriptions of the smaller objects, read from short tables."""

from __future__ import annotations

from collections.abc import Iterator

from bridge24.emulator.calls import Json
from bridge24.emulator.store import Row

MARKS = {"R": "isRequired", "r": "isReadOnly", "i": "isImmutable", "M": "isMultiple"}


def described(table: str) -> dict[str, Row]:
    """Describe fields as `crm.*.fields` does; a line is code, type, flags, title."""
    return {
        code: {
            "type": kind,
            **{mark: flag in flags for flag, mark in MARKS.items()},
            "isDynamic": False,
            "title": title,
        }
        for code, kind, flags, title in _lines(table)
    }


def plain_fields(table: str) -> dict[str, str]:
    """The types of fields by their codes."""
    return {code: kind for code, kind, _flags, _title in _lines(table)}


def titles(table: str) -> dict[str, Json]:
    """Code → title, as `user.fields` and `department.fields` answer; a line is both."""
    return dict(line.split(" ", 1) for line in table.strip().splitlines())


def _lines(table: str) -> Iterator[tuple[str, str, str, str]]:
    for line in table.strip().splitlines():
        code, kind, flags, title = line.split(" ", 3)
        yield code, kind, flags, title
