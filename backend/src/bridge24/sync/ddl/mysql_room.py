"""Which columns get room of their own in an InnoDB row; pure.

A row holds 65,535 bytes as MySQL counts them, and 8,126 of them on its page as InnoDB does:
each long text leaves up to 40 bytes there wherever its end is kept. Texts beyond that live
in one JSON column and are exposed under their names as virtual columns.
https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html
"""

from collections.abc import Mapping
from dataclasses import replace

from bridge24.sync.ddl.actual import SERVICE_COLUMNS, Actual
from bridge24.sync.layout import OVERFLOW, Column, Layout
from bridge24.sync.sqltypes import LONGTEXT, TEXT, SqlType

VARCHARS = 50
"""VARCHAR(255) columns of a table: 1,022 bytes each of the 65,535; any other text takes 12."""
PAGE_BYTES = 7_600
"""Of InnoDB's 8,126: what is left is for columns that are widened later."""
_TEXT_BYTES = 42
_MAX_COMMENT = 4_000
_DEFINITION_BYTES = 60_000
_COLUMN_BYTES, _EXPOSED_BYTES = 60, 160
"""What a column's definition takes without its comment, measured with names of 20 letters."""
_FIXED_BYTES = {"BOOLEAN": 1, "BIGINT": 8, "DOUBLE": 8, "DATE": 3, "TIMESTAMP": 8, "NUMERIC": 30}
_SERVICE_BYTES = 120
"""Key, row header, transaction id, roll pointer and the service columns."""


def fit(layout: Layout, actual: Mapping[str, Actual]) -> Layout:
    """Turn VARCHARs beyond the limit into TEXT, and texts beyond the page into overflow.

    Columns that exist keep their place; the room they take counts first, also that of
    columns the layout does not know.
    """
    room = _Room(layout, actual)
    columns = [room.seat(column) for column in layout.columns]
    return replace(layout, columns=tuple(_with_short_comments(columns)))


def _with_short_comments(columns: list[Column]) -> list[Column]:
    """Cut the longest comments until the table's definition fits.

    MariaDB keeps all of it, comments and expressions too, in 64 KB.
    """
    left = _DEFINITION_BYTES - sum(
        _EXPOSED_BYTES if column.overflow else _COLUMN_BYTES for column in columns
    )
    longest = _MAX_COMMENT
    sizes = [len(column.comment.encode()) for column in columns]
    while longest and sum(min(size, longest) for size in sizes) > max(0, left):
        longest = longest * 9 // 10
    return [replace(column, comment=cut(column.comment, longest)) for column in columns]


def cut(text: str, size: int) -> str:
    """Shorten a text to so many bytes, with an ellipsis where something is missing."""
    encoded = text.encode()
    if len(encoded) <= size:
        return text
    kept = encoded[: size - len("…".encode())] if size > 3 else b""
    return f"{kept.decode(errors='ignore')}…" if kept else ""


class _Room:
    def __init__(self, layout: Layout, actual: Mapping[str, Actual]) -> None:
        self._actual = actual
        strangers = set(actual) - {column.name for column in layout.columns}
        seated = [_of(actual[name]) for name in strangers - {*SERVICE_COLUMNS, OVERFLOW}]
        # What is fixed takes little, and what exists cannot be refused: both come first.
        fixed = [c for c in layout.columns if not c.overflow and not _is_movable(c, actual)]
        taken = [type_ for type_ in seated if type_] + [column.type for column in fixed]
        self._varchars = VARCHARS - sum(type_.name == "VARCHAR" for type_ in taken)
        self._bytes = PAGE_BYTES - _SERVICE_BYTES - sum(_bytes(type_) for type_ in taken)

    def seat(self, column: Column) -> Column:
        if column.overflow or not _is_movable(column, self._actual):
            return column
        if self._bytes < _TEXT_BYTES:
            return replace(column, type=LONGTEXT, overflow=True)
        self._bytes -= _TEXT_BYTES
        if column.type.name == "VARCHAR" and self._varchars <= 0:
            return replace(column, type=TEXT)
        self._varchars -= column.type.name == "VARCHAR"
        return column


def _of(actual: Actual) -> SqlType | None:
    return None if actual.overflow else actual.type or TEXT


def _is_movable(column: Column, actual: Mapping[str, Actual]) -> bool:
    """Whether a column is a new text, or about to become one."""
    was = actual.get(column.name)
    return column.type.is_text and (was is None or was.type is None or not was.type.is_text)


def _bytes(type_: SqlType) -> int:
    return _FIXED_BYTES.get(type_.name, _TEXT_BYTES)
