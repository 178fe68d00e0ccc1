"""Rows of one kind by id: those the seed makes on demand, those edited, added or gone."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias, runtime_checkable

Row: TypeAlias = dict[str, Any]
"""A record in the classic wire form, all fields included."""

BLOCK_ROWS = 8
BLOCK_IDS = 9
GAP = 3


class Source(Protocol):
    """Makes the rows a portal is born with, each from its id alone."""

    def row(self, row_id: int) -> Row:
        """Make the whole row."""

    def value(self, row_id: int, code: str) -> Any:
        """Make one value of it."""


@runtime_checkable
class Indexed(Protocol):
    """A source that knows when its rows changed."""

    def timely(self, code: str, low: float, high: float, rows: int) -> list[int] | None:
        """Ids among the first rows whose moment lies between two, both included."""


def id_at(position: int) -> int:
    """The id of the n-th row of a fresh table: every ninth id is missing, as in real life."""
    block, offset = divmod(position, BLOCK_ROWS)
    return block * BLOCK_IDS + offset + (2 if offset >= GAP else 1)


def position_of(row_id: int) -> int:
    """How many rows of an endless fresh table come before this id."""
    block, offset = divmod(max(row_id, 1) - 1, BLOCK_IDS)
    return block * BLOCK_ROWS + (offset if offset <= GAP else offset - 1)


class Store:
    """A table ordered by id; finding a page by id takes no longer in a large table.

    Only edits are kept in memory. `gone` holds positions of fresh rows that are deleted
    or out of sight, `hidden` the ids a webhook may not see.
    """

    def __init__(self, source: Source, count: int) -> None:
        self.source = source
        self.fresh = count
        self.changes: dict[int, Row] = {}
        self.added: dict[int, Row] = {}
        self.hidden: set[int] = set()
        self.deleted: set[int] = set()
        self._added_ids: list[int] = []
        self._gone: list[int] = []
        self._next_id = (id_at(count - 1) if count else 0) + 1

    # Reading

    def count(self) -> int:
        """How many rows are in sight."""
        return self.fresh - len(self._gone) + len(self._added_ids)

    def exists(self, row_id: int) -> bool:
        """Whether the row is there and in sight."""
        if row_id in self.added:
            return row_id not in self.hidden
        return self.is_fresh(row_id) and row_id not in self.hidden and row_id not in self.deleted

    def is_fresh(self, row_id: int) -> bool:
        """Whether the seed makes a row with this id."""
        if row_id < 1 or (row_id - 1) % BLOCK_IDS == GAP:
            return False
        return position_of(row_id) < self.fresh

    def row(self, row_id: int) -> Row:
        """The row as it is now; it must exist."""
        if row_id in self.added:
            return self.added[row_id]
        row = self.source.row(row_id)
        changed = self.changes.get(row_id)
        return row | changed if changed else row

    def value(self, row_id: int, code: str) -> Any:
        """One value of an existing row."""
        if row_id in self.added:
            return self.added[row_id].get(code)
        changed = self.changes.get(row_id)
        if changed and code in changed:
            return changed[code]
        return self.source.value(row_id, code)

    def ids(self, after: int = 0, before: int | None = None) -> Iterator[int]:
        """Ids in sight with `after < id < before`, ascending."""
        start = min(position_of(after + 1), self.fresh)
        stop = self.fresh if before is None else min(position_of(before), self.fresh)
        yield from self._fresh_ids(range(start, max(start, stop)))
        first = bisect_left(self._added_ids, after + 1)
        last = len(self._added_ids) if before is None else bisect_left(self._added_ids, before)
        yield from self._added_ids[first:last]

    def ids_down(self, after: int = 0, before: int | None = None) -> Iterator[int]:
        """The same, descending."""
        first = bisect_left(self._added_ids, after + 1)
        last = len(self._added_ids) if before is None else bisect_left(self._added_ids, before)
        yield from reversed(self._added_ids[first:last])
        start = min(position_of(after + 1), self.fresh)
        stop = self.fresh if before is None else min(position_of(before), self.fresh)
        yield from self._fresh_ids(range(max(start, stop) - 1, start - 1, -1))

    def id_of_rank(self, rank: int) -> int | None:
        """The id that `rank` rows in sight come before, `None` beyond the end."""
        fresh = self.fresh - len(self._gone)
        if rank >= fresh:
            rest = rank - fresh
            return self._added_ids[rest] if rest < len(self._added_ids) else None
        low, high = rank, rank + len(self._gone)
        while low < high:
            middle = (low + high) // 2
            if middle + 1 - bisect_left(self._gone, middle + 1) > rank:
                high = middle
            else:
                low = middle + 1
        return id_at(low)

    def timely(self, code: str, low: float, high: float) -> list[int] | None:
        """Ids that may have a moment between two, ascending; `None`: look at all.

        Edited and added rows are always among them.
        """
        if not isinstance(self.source, Indexed):
            return None
        fresh = self.source.timely(code, low, high, self.fresh)
        if fresh is None:
            return None
        return sorted(filter(self.exists, {*fresh, *self.changes, *self.added}))

    # Writing

    def add(self, row: Row) -> int:
        """Keep a new row under the next id, which it gets as its `ID`."""
        row_id = self._next_id
        self._next_id += 1
        self.put(row_id, row | {"ID": str(row_id)})
        return row_id

    def put(self, row_id: int, row: Row) -> None:
        """Keep a row under a given id, for instance one restored from the recycle bin."""
        self._next_id = max(self._next_id, row_id + 1)
        if self.is_fresh(row_id):
            self.changes[row_id] = row
            self.deleted.discard(row_id)
            self._set_gone(row_id)
            return
        if row_id not in self.added:
            insort(self._added_ids, row_id)
        self.added[row_id] = row

    def change(self, row_id: int, values: Row) -> None:
        """Overwrite some values of an existing row."""
        target = self.added if row_id in self.added else self.changes
        target[row_id] = target.get(row_id, {}) | values

    def delete(self, row_id: int) -> None:
        """Forget an existing row."""
        if self.added.pop(row_id, None) is not None:
            self._drop_added(row_id)
            return
        self.changes.pop(row_id, None)
        self.deleted.add(row_id)
        self._set_gone(row_id)

    def hide(self, row_id: int) -> None:
        """Take a row out of sight without deleting it: rights were withdrawn."""
        self.hidden.add(row_id)
        if row_id in self.added:
            self._drop_added(row_id)
            return
        self._set_gone(row_id)

    def show(self, row_id: int) -> None:
        """Bring a hidden row back into sight."""
        self.hidden.discard(row_id)
        if row_id in self.added:
            insort(self._added_ids, row_id)
            return
        self._set_gone(row_id)

    def _fresh_ids(self, positions: range) -> Iterator[int]:
        if not self._gone:
            yield from map(id_at, positions)
            return
        for position in positions:
            row_id = id_at(position)
            if row_id not in self.deleted and row_id not in self.hidden:
                yield row_id

    def _set_gone(self, row_id: int) -> None:
        """Bring the list of invisible positions in line with the sets."""
        if not self.is_fresh(row_id):
            return
        position = position_of(row_id)
        at = bisect_left(self._gone, position)
        listed = at < len(self._gone) and self._gone[at] == position
        gone = row_id in self.deleted or row_id in self.hidden
        if gone and not listed:
            self._gone.insert(at, position)
        if listed and not gone:
            self._gone.pop(at)

    def _drop_added(self, row_id: int) -> None:
        at = bisect_left(self._added_ids, row_id)
        if at < len(self._added_ids) and self._added_ids[at] == row_id:
            self._added_ids.pop(at)
