"""Fields with several values: canonical JSON of values read one by one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from bridge24.sync.readers.texts import is_empty, read_text, to_json

NO_VALUES = "[]"
ABSENT = object()
"""Stands for a list the row does not mention: unknown, which is not the same as empty."""


def list_reader(read: Callable[[object], object]) -> Callable[[object], str | None]:
    """Build a reader of lists out of the reader of one value.

    Null, "", false and [] are the same empty list; a PHP map counts by its values.
    """

    def read_list(raw: object) -> str | None:
        if raw is ABSENT:
            return None
        if is_empty(raw):
            return NO_VALUES
        items = raw if isinstance(raw, list) else _listed(raw)
        return to_json([_plain(item, read) for item in items])

    return read_list


def _listed(raw: object) -> list[object]:
    if isinstance(raw, dict) and not {"id", "ID"} & raw.keys():
        return list(raw.values())
    return [raw]


def _plain(item: object, read: Callable[[object], object]) -> object:
    # Inside a list a text keeps its place even when it is empty.
    if read is read_text and isinstance(item, str):
        return item
    value = read(item)
    if isinstance(value, Decimal):
        return _number(value)
    return str(value) if isinstance(value, date) else value


def _number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and value.adjusted() < 1000:
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
