"""Phones, e-mails and other multi-values as rows of the child table; pure."""

from collections.abc import Mapping
from functools import lru_cache

from bridge24.sync.cells.fit import INT64, Unstorable
from bridge24.sync.cells.single import text
from bridge24.sync.layout import Family, Layout
from bridge24.sync.readers.numbers import read_integer
from bridge24.sync.readers.texts import multifield_items
from bridge24.sync.reasons import Reason
from bridge24.sync.shape_rows import Trouble
from bridge24.sync.sqltypes import Dialect

CHILD_COLUMNS = ("owner_id", "id", "type_id", "value_type", "value")


class UnusableId(Exception):
    """Two values of a row have one ID, or an ID is no number."""

    def __init__(self, value_id: str, kind: str) -> None:
        super().__init__(value_id, kind)
        self.value_id = value_id
        self.kind = kind


@lru_cache(maxsize=16)
def child_codes(layout: Layout) -> tuple[str, ...]:
    """Name the fields whose values go to the child table."""
    columns = sorted(layout.columns, key=lambda column: column.overflow)
    return tuple(each.code for each in columns if each.family is Family.MULTIFIELD)


def children_of(
    owner: int, row: Mapping[str, object], index: int, layout: Layout, trouble: Trouble
) -> list[bytes]:
    """Write the child rows of a row.

    Args:
        owner: The row's ID.
        row: With at least its multi-values.
        index: Its place among all rows; what is wrong with it is noted there.
        layout: With a child table.
        trouble: Takes the notes.
    """
    try:
        return [_line(owner, item, layout.dialect) for item in _items(row, child_codes(layout))]
    except UnusableId as error:
        trouble.failures[index] = Reason.of("wrongId", id=error.value_id, kind=error.kind)
    except Unstorable:
        trouble.failures[index] = Reason.of("brokenValue")
    return []


def _items(row: Mapping[str, object], codes: tuple[str, ...]) -> list[tuple[int, str, str, str]]:
    items: dict[int, tuple[int, str, str, str]] = {}
    for code in codes:
        for at, (raw_id, type_id, value_type, value) in enumerate(multifield_items(row.get(code))):
            item_id = read_integer(raw_id)
            if item_id is None:
                # Without an ID the place in its list stands in; real IDs are positive.
                item_id = -1 - at - len(items)
            if not isinstance(item_id, int) or item_id not in INT64 or item_id in items:
                raise UnusableId(str(raw_id), type_id or code)
            items[item_id] = (item_id, type_id or code, value_type, value)
    return list(items.values())


def _line(owner: int, item: tuple[int, str, str, str], dialect: Dialect) -> bytes:
    item_id, *texts = item
    cells = [str(owner), str(item_id), *(text(value, dialect) for value in texts)]
    return "\t".join(cells).encode()
