"""Short lists kept as plain rows: filter, order, and pages where there are any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from bridge24.emulator.calls import Answer, Call, Json, Work, as_map
from bridge24.emulator.filters import Group, Reader
from bridge24.emulator.listing import NO_COUNT, PAGE, start_of
from bridge24.emulator.schema import Field
from bridge24.emulator.store import Row


def chosen(
    call: Call,
    rows: Sequence[Row],
    *,
    numbers: Collection[str],
    moments: Collection[str] = (),
    sent: Json = None,
    order: Json = None,
) -> list[Row]:
    """Filter and order rows by what a call asks; unknown fields are ignored.

    Args:
        numbers: Fields that compare as numbers.
        moments: Fields that compare as moments.
        sent: The filter; that of the call when omitted. `order` likewise.
    """
    known = {code for row in rows for code in row}
    fields = {code: Field(code, "", _kind(code, numbers, moments), code) for code in known}
    reader = Reader(fields.get, call.portal.zone)
    rule = reader.read(call.param("filter") if sent is None else sent)
    found = [row for row in rows if _fits(row, rule)]
    keys = as_map(call.param("order") if order is None else order)
    return _ordered(found, keys, numbers)


def page_of(call: Call, rows: Sequence[Row], *, key: str = "", start: Json = None) -> Answer:
    """The page of fifty a call asks for, with `total` and `next`."""
    first = start_of(call.param("start") if start is None else start)
    skip = max(first, 0)
    shown = list(rows[skip : skip + PAGE])
    counted = first != NO_COUNT
    more = counted and skip + PAGE < len(rows)
    work = Work(
        "page",
        rows=len(shown),
        columns=len(shown[0]) if shown else 0,
        offset=skip,
        counted=len(rows) if counted else None,
    )
    return Answer(
        {key: shown} if key else shown,
        len(rows) if counted else 0,
        skip + PAGE if more else None,
        work,
    )


def only(rows: Iterable[Row], codes: Collection[str]) -> list[Row]:
    """Keep some fields of each row; all when none are named or `*` is."""
    if not codes or "*" in codes:
        return list(rows)
    return [{code: row[code] for code in row if code in codes} for row in rows]


def _kind(code: str, numbers: Collection[str], moments: Collection[str]) -> str:
    if code in numbers:
        return "integer"
    return "datetime" if code in moments else "string"


def _fits(row: Row, rule: Group) -> bool:
    return rule.matches(row.get)


def _ordered(rows: list[Row], keys: Mapping[str, Json], numbers: Collection[str]) -> list[Row]:
    for code, direction in reversed(list(keys.items())):
        down = str(direction).upper().startswith("DESC")
        read = int if code in numbers else str
        rows.sort(key=partial(_key, code, read), reverse=down)
    return rows


def _key(code: str, read: type[int] | type[str], row: Row) -> tuple[int, int | str]:
    """Empty values come first."""
    value = row.get(code)
    return (0, 0) if value is None or value == "" else (1, read(value))
