"""Phones, e-mails and other multi-values as rows of the child table; pure."""

from collections.abc import Sequence

from bridge24.sync.cells.fit import INT64, Unstorable
from bridge24.sync.cells.single import text
from bridge24.sync.layout import Family, Layout
from bridge24.sync.readers.numbers import read_integer
from bridge24.sync.readers.texts import multifield_items
from bridge24.sync.shape_columns import Plan
from bridge24.sync.shape_writer import Raws, Trouble
from bridge24.sync.sqltypes import Dialect

CHILD_COLUMNS = ("owner_id", "id", "type_id", "value_type", "value")


def children_of(
    ids: Sequence[int], columns: Sequence[Raws], plan: Plan, layout: Layout, trouble: Trouble
) -> list[list[bytes]]:
    """Write the child rows of every row; an empty list when the layout has no child table."""
    if layout.child is None:
        return []
    multiple = {column.code for column in layout.columns if column.family is Family.MULTIFIELD}
    sides = {code: raws for code, raws in zip(plan.codes, columns, strict=True) if code in multiple}
    written: list[list[bytes]] = []
    for index, (owner, *raws) in enumerate(zip(ids, *sides.values(), strict=True)):
        try:
            items = _items(list(sides), raws) if any(raws) else []
            written.append([_line(owner, item, layout.dialect) for item in items])
        except Unstorable as error:
            trouble.failures[trouble.start + index] = f"multi-values: {error}"
            written.append([])
    return written


def _items(codes: Sequence[str], raws: Raws) -> list[tuple[int, str, str, str]]:
    items: dict[int, tuple[int, str, str, str]] = {}
    for code, raw in zip(codes, raws, strict=True):
        for at, (raw_id, type_id, value_type, value) in enumerate(multifield_items(raw)):
            item_id = read_integer(raw_id)
            if item_id is None:
                # Without an ID the place in its list stands in; real IDs are positive.
                item_id = -1 - at - len(items)
            if not isinstance(item_id, int) or item_id not in INT64 or item_id in items:
                raise Unstorable(f"the ID {raw_id!r} of a {type_id or code} is not usable")
            items[item_id] = (item_id, type_id or code, value_type, value)
    return list(items.values())


def _line(owner: int, item: tuple[int, str, str, str], dialect: Dialect) -> bytes:
    item_id, *texts = item
    cells = [str(owner), str(item_id), *(text(value, dialect) for value in texts)]
    return "\t".join(cells).encode()
