"""Compares a portal's row with a stored one by what the values mean; pure.

What the portal sends is read by the same rules as rows to be stored, and what is stored is
taken as the database gives it: only the meaning of both is written the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from bridge24.sync.cells.single import VISIBLE_NUL
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.readers import reader_for
from bridge24.sync.readers.lists import ABSENT
from bridge24.sync.readers.texts import multifield_items, to_json

_PLAIN = {Family.TEXT, Family.CHOICE, Family.CURRENCY, Family.MULTIFIELD}
"""Families whose values are texts already."""

Child = tuple[str, str, str]
"""Type, kind and value of a phone, an e-mail …"""


@dataclass(frozen=True, slots=True)
class Unequal:
    """One column in which two rows differ."""

    column: str
    portal: str | None
    stored: str | None


def unequal(
    row: Mapping[str, object],
    stored: Mapping[str, object],
    layout: Layout,
    *,
    children: Sequence[Child] = (),
) -> list[Unequal]:
    """List the columns in which a stored row differs from the portal's.

    Args:
        row: As the portal sent it, hidden columns treated already.
        stored: Column name to value, as the database gives it.
        layout: The columns.
        children: What the child table holds of the row.
    """
    found = [
        Unequal(column.name, theirs, ours)
        for column in layout.columns
        if (theirs := portal_value(row, column)) != (ours := stored_value(stored, column))
    ]
    if layout.child is not None:
        found += _children(row, layout, children)
    return found


def portal_value(row: Mapping[str, object], column: Column) -> str | None:
    """Say what the portal's value means; None when it is empty."""
    raw = row.get(column.code, ABSENT if column.multiple else None)
    return _written(reader_for(column)(raw))


def stored_value(stored: Mapping[str, object], column: Column) -> str | None:
    """Say what a stored value means; None when it is NULL.

    A column that was widened keeps numbers and times as texts: they are read once more.
    """
    value = stored.get(column.name)
    if isinstance(value, str) and column.family not in _PLAIN and not column.multiple:
        return _written(reader_for(column)(value))
    if column.family is Family.BOOLEAN and isinstance(value, int):
        return _written(bool(value))
    if column.family is Family.DATE and isinstance(value, datetime) and value.time() == time.min:
        return _written(value.date())
    return _written(value)


def _children(
    row: Mapping[str, object], layout: Layout, children: Sequence[Child]
) -> list[Unequal]:
    """Compare the multi-values, whatever order they come in."""
    theirs: list[Child] = []
    for column in layout.columns:
        if column.family is Family.MULTIFIELD:
            items = multifield_items(row.get(column.code))
            theirs += [
                (type_id or column.code, kind, _storable(value))
                for _, type_id, kind, value in items
            ]
    ours = [(type_id, kind, _storable(value)) for type_id, kind, value in children]
    if sorted(theirs) == sorted(ours):
        return []
    return [Unequal(layout.child or "", to_json(sorted(theirs)), to_json(sorted(ours)))]


def _written(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _storable(str(value))


def _storable(text: str) -> str:
    """Spell a text as both databases can keep it: PostgreSQL knows no NUL."""
    return text.replace("\0", VISIBLE_NUL).encode(errors="backslashreplace").decode()


def _number(value: Decimal) -> str:
    if not value.is_finite() or value == 0:
        return "0" if value == 0 else str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
