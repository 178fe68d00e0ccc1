"""Whether two answers say the same; pure.

Strictly: the same columns in the same order with the same rows. Leniently: the right columns
are among those given, in any order, and numbers may be rounded.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bridge24.charts.values import Json

Rows = Sequence[Sequence[Json]]
Cell = str | Decimal | None

ROUNDING = Decimal("0.005")
"""Of the value: 12.3 stands for 12.34."""
LEAST = Decimal("0.051")
"""What rounding to one decimal may take from a small value."""
MOST_TRIES = 2_000
_MONTH = re.compile(r"\d{4}-\d{2}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def same(right: Rows, given: Rows, *, ordered: bool) -> bool:
    """Say whether two answers are equal strictly."""
    ours, theirs = _cells(right), _cells(given)
    if ordered:
        return ours == theirs
    return sorted(ours, key=_by_text) == sorted(theirs, key=_by_text)


def alike(right: Rows, given: Rows, *, ordered: bool) -> bool:
    """Say whether an answer holds the right one, give or take columns, order and rounding."""
    ours, theirs = _cells(right, loose=True), _cells(given, loose=True)
    if len(ours) != len(theirs):
        return False
    if not ours:
        return True
    return any(
        _same_rows(ours, [[row[place] for place in places] for row in theirs], ordered=ordered)
        for places in _fitting(ours, theirs)
    )


def _same_rows(ours: list[list[Cell]], theirs: list[list[Cell]], *, ordered: bool) -> bool:
    pairs = zip(ours, theirs, strict=True)
    if not ordered:
        pairs = zip(sorted(ours, key=_by_text), sorted(theirs, key=_by_text), strict=True)
    return all(
        _near(mine, other) for one, two in pairs for mine, other in zip(one, two, strict=True)
    )


def _fitting(ours: list[list[Cell]], theirs: list[list[Cell]]) -> Iterator[list[int]]:
    """Which given column could be which right one, every way there is, within reason."""
    mine = [sorted(column, key=_text) for column in zip(*ours, strict=True)]
    given = [sorted(column, key=_text) for column in zip(*theirs, strict=True)]
    fits = [
        [place for place, other in enumerate(given) if _all_near(column, other)] for column in mine
    ]
    return (chosen for _, chosen in zip(range(MOST_TRIES), _ways(fits, []), strict=False))


def _ways(fits: list[list[int]], chosen: list[int]) -> Iterator[list[int]]:
    if len(chosen) == len(fits):
        yield chosen
        return
    for place in fits[len(chosen)]:
        if place not in chosen:
            yield from _ways(fits, [*chosen, place])


def _all_near(one: Sequence[Cell], two: Sequence[Cell]) -> bool:
    return all(_near(mine, other) for mine, other in zip(one, two, strict=True))


def _near(one: Cell, two: Cell) -> bool:
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        return abs(one - two) <= max(LEAST, abs(one) * ROUNDING)
    return one == two


def _cells(rows: Rows, *, loose: bool = False) -> list[list[Cell]]:
    return [[_cell(value, loose=loose) for value in row] for row in rows]


def _cell(value: Json, *, loose: bool) -> Cell:
    """Bring a value to one spelling: numbers are numbers, whatever JSON made of them."""
    if value is None:
        return None
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, int | float) or _NUMBER.fullmatch(str(value)):
        return _number(str(value))
    text = str(value)
    return _day(text) if loose else text


def _number(text: str) -> Cell:
    try:
        # Databases differ in the digits of a division; no question is about the tenth.
        return round(Decimal(text), 6).normalize()
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    """Let a day stand for its midnight, and a month for its first day."""
    if _MONTH.fullmatch(text):
        return f"{text}-01"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text.strip()
    return moment.date().isoformat() if moment.time() == datetime.min.time() else text


def _text(cell: Cell) -> tuple[str, Decimal, str]:
    """Order cells so that rounding does not reorder them more than it must."""
    if isinstance(cell, Decimal):
        return "0", cell, ""
    return "1", Decimal(0), "" if cell is None else cell


def _by_text(row: Sequence[Cell]) -> list[tuple[str, Decimal, str]]:
    # Words first: they are exact, and so the rows of both answers meet their likes.
    return sorted(map(_text, row), key=lambda cell: cell[0], reverse=True)


def rows_of(columns: Sequence[str], rows: Sequence[Mapping[str, Json]]) -> list[list[Json]]:
    """Take the rows as lists, in the order of the columns."""
    return [[row[column] for column in columns] for row in rows]
