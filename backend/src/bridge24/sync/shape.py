"""From CRM rows to what the loaders send: typed, nothing lost; pure."""

import asyncio
import gc
import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast, overload

from msgspec import Raw

from bridge24.bitrix.rows import Part, UnparsedRows, rows_of
from bridge24.sync.layout import Layout
from bridge24.sync.native.lists import Lines, list_typist
from bridge24.sync.readers.texts import to_json, without_secrets
from bridge24.sync.reasons import Reason
from bridge24.sync.shape_children import children_of
from bridge24.sync.shape_rows import Row, Trouble, body_of, id_of, plan_of
from bridge24.sync.sqltypes import SqlType

AT_ONCE = 50
"""Rows typed in one go, where they did not come in lists of their own."""

Turn = Callable[[], Awaitable[None]]

_HASH_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be stored, whole."""

    id: str
    """The row's ID as it came, "" when it has none."""
    reason: Reason
    raw: str
    """The row's JSON, without the secrets that links carry."""


@dataclass(slots=True)
class Shaped:
    """Rows ready for the loader of their layout's dialect; the lists go side by side."""

    ids: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    """The cells of one row, in the layout's order, joined."""
    hashes: list[str] = field(default_factory=list)
    children: list[list[bytes]] = field(default_factory=list)
    """The child table's rows of each row; empty when the layout has none."""
    rows: Sequence[Row] = ()
    """Where each row came from."""
    misfits: dict[str, SqlType] = field(default_factory=dict)
    """Column name → a type that also keeps the values which did not fit.

    When there are any, widen the table and shape again: the rows concerned are among the
    rejected ones here, so that a caller who goes on loses nothing either.
    """
    rejected: list[Rejected] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()
    """Codes in the rows that the layout does not know: the fields have changed."""


def shape(rows: Sequence[Row], layout: Layout) -> Shaped:
    """Type rows for a layout.

    A row that comes twice counts once, the later one. A row without a usable ID, or with a
    value no type holds, is rejected; its neighbours are not.
    """
    shaping = Shaping(rows, layout)
    while shaping.step():
        pass
    return shaping.shaped


async def next_turn() -> None:
    """Let others have their turn."""
    await asyncio.sleep(0)


async def shape_in_turns(rows: Sequence[Row], layout: Layout, *, turn: Turn = next_turn) -> Shaped:
    """Do the same a page at a time, and let others have their turn in between.

    So a database is sent rows, and a portal's answers are received, while more are typed.
    ``turn`` waits until it is our turn again.
    """
    await turn()
    shaping = Shaping(rows, layout)
    for _ in iter(shaping.step, False):
        await turn()
    return shaping.shaped


class Shaping:
    """Types rows bit by bit, along the lists they came in."""

    def __init__(self, rows: Sequence[Row], layout: Layout) -> None:
        self.shaped = Shaped()
        self._layout = layout
        self._plan = plan_of(layout)
        self._typist = list_typist(layout)
        self._begin(rows)

    def _begin(self, rows: Sequence[Row]) -> None:
        """Start, or start again with rows whose IDs are sound."""
        self.shaped = Shaped(rows=rows, rejected=self.shaped.rejected)
        self._trouble = Trouble(self._layout)
        self._parts = _parts(rows)

    def step(self) -> bool:
        """Type some rows; False when all are."""
        with _collector_paused():
            part = next(self._parts, None)
            if part:
                self._write(*part)
                return True
            if len(set(self.shaped.ids)) < len(self.shaped.ids):
                self._begin_soundly()
                return True
            self._finish()
            return False

    def _write(self, part: Part, count: int) -> None:
        shaped = self.shaped
        lines = self._compiled(part, count) or self._plain(part)
        if lines is None:
            self._begin_soundly()
            return
        shaped.ids += lines.ids
        shaped.bodies += lines.bodies
        shaped.children += lines.children
        shaped.hashes += _hashes(lines.bodies, lines.children)

    def _compiled(self, part: Part, count: int) -> Lines | None:
        if self._typist is None or not isinstance(part, Raw):
            return None
        return self._typist.lines(part, count, len(self.shaped.ids), self._trouble)

    def _plain(self, part: Part) -> Lines | None:
        """Do it in Python; None when a row has no usable ID."""
        lines = Lines([], [])
        for index, row in enumerate(rows_of(part), start=len(self.shaped.ids)):
            row_id = id_of(row, self._layout)
            if row_id is None:
                return None
            lines.ids.append(row_id)
            lines.bodies.append(body_of(row, index, self._plan, self._trouble))
            if self._layout.child:
                own = children_of(row_id, row, index, self._layout, self._trouble)
                lines.children.append(own)
        return lines

    def _begin_soundly(self) -> None:
        """Keep the last row of every ID, and set rows without one aside."""
        by_id: dict[int, Row] = {}
        for row in self.shaped.rows:
            key = id_of(row, self._layout)
            if key is None:
                rejected = reject(row, self._layout, Reason.of("noId"))
                self.shaped.rejected.append(rejected)
            else:
                by_id[key] = row
        self._begin(list(by_id.values()))

    def _finish(self) -> None:
        trouble = self._trouble
        self.shaped.misfits, self.shaped.unknown = trouble.misfits, frozenset(trouble.unknown)
        if trouble.failures:
            _set_aside(self.shaped, self._layout, trouble.failures)


def _parts(rows: Sequence[Row]) -> Iterator[tuple[Part, int]]:
    """Cut rows along the lists they came in, or a few at a time."""
    if isinstance(rows, UnparsedRows):
        yield from rows.parts
        return
    for start in range(0, len(rows), AT_ONCE):
        some = cast("list[dict[str, Any]]", rows[start : start + AT_ONCE])
        yield some, len(some)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking all rows again for every few made of them.

    Nothing here makes cycles, and it is a third of the time for 2,500 rows.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _hashes(bodies: list[bytes], children: list[list[bytes]]) -> list[str]:
    """Digest what is stored of each row: equal digests mean there is nothing to write."""
    sha256 = hashlib.sha256
    if not children:
        return [sha256(body).hexdigest()[:_HASH_DIGITS] for body in bodies]
    return [
        sha256(b"\0".join((body, *own))).hexdigest()[:_HASH_DIGITS]
        for body, own in zip(bodies, children, strict=True)
    ]


def _set_aside(shaped: Shaped, layout: Layout, failures: Mapping[int, Reason]) -> None:
    for index in sorted(failures):
        shaped.rejected.append(reject(shaped.rows[index], layout, failures[index]))
    kept = [index for index in range(len(shaped.ids)) if index not in failures]
    take = subset(shaped, kept)
    shaped.ids, shaped.bodies, shaped.hashes = take.ids, take.bodies, take.hashes
    shaped.children, shaped.rows = take.children, take.rows


class Picked(Sequence[Row]):
    """Some of many rows; none is looked at before it is asked for."""

    def __init__(self, rows: Sequence[Row], places: Sequence[int]) -> None:
        self._rows, self._places = rows, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return Picked(self._rows, self._places[place])
        return self._rows[self._places[place]]


def subset(shaped: Shaped, indexes: Sequence[int]) -> Shaped:
    """Take some of the rows, in the order of the indexes."""
    return Shaped(
        ids=[shaped.ids[index] for index in indexes],
        bodies=[shaped.bodies[index] for index in indexes],
        hashes=[shaped.hashes[index] for index in indexes],
        children=[shaped.children[index] for index in indexes] if shaped.children else [],
        rows=Picked(shaped.rows, indexes),
    )


def without(shaped: Shaped, ids: Collection[int]) -> Shaped:
    """Leave rows out; those that were rejected stay noted."""
    if not ids:
        return shaped
    kept = [n for n, row_id in enumerate(shaped.ids) if row_id not in ids]
    return replace(subset(shaped, kept), rejected=shaped.rejected)


def reject(row: Row, layout: Layout, reason: Reason) -> Rejected:
    """Describe a row that cannot be stored."""
    key = row.get(layout.key.code)
    raw = to_json(without_secrets(dict(row)))
    return Rejected(
        id="" if key is None else str(key),
        reason=reason,
        raw=raw.encode(errors="backslashreplace").decode().replace("\0", "\\u0000"),
    )
