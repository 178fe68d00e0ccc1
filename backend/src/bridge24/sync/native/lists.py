"""Types lists of rows with the compiled library; what it leaves open is typed in Python."""

import ctypes
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import NamedTuple, cast

from msgspec import Raw

from bridge24.bitrix.rows import NotJson, Row, decoded, rows_of
from bridge24.sync.cells.single import NULLS
from bridge24.sync.layout import Layout
from bridge24.sync.native import binding
from bridge24.sync.native.plan import CompiledPlan, is_plain
from bridge24.sync.shape_children import children_of
from bridge24.sync.shape_rows import Trouble, body_of, cell_of, id_of, overflow_of, plan_of

_HOLES_A_ROW = 20
"""Lists that leave more open are typed in Python as a whole: it is not much slower."""
_CELL_BYTES = 8
"""More than a cell takes that has no JSON of its own."""


@dataclass(slots=True)
class Lines:
    """The rows of a list, side by side."""

    ids: list[int]
    bodies: list[bytes]
    children: list[list[bytes]] = field(default_factory=list)
    """Empty when the layout has no child table."""


class _Hole(NamedTuple):
    """A value, or a whole row, that is open."""

    row: int
    column: int
    at: int
    """Place in the row's body."""
    value: object

    @property
    def is_row(self) -> bool:
        return self.column == binding.NO_COLUMN


class ListTypist:
    """Types lists for one layout. Threads take turns."""

    def __init__(self, layout: Layout, built: ctypes.CDLL) -> None:
        self._layout = layout
        self._built = built
        self._null = NULLS[layout.dialect]
        self._rows = plan_of(layout)
        self._plan = CompiledPlan(layout)
        self._turn = Lock()
        self._text = ctypes.create_string_buffer(0)
        self._ids = (ctypes.c_int64 * 0)()
        self._holes = (binding.Hole * 0)()

    def lines(self, part: Raw, count: int, start: int, trouble: Trouble) -> Lines | None:
        """Type a list of rows.

        Args:
            part: The list.
            count: How many rows it has.
            start: The place of the first among all rows; what is wrong is noted there.
            trouble: Takes the notes.

        Returns:
            None when the list as a whole is not certain, or a row has no usable ID.
        """
        try:
            with self._turn:
                typed = self._typed(bytes(part), count)
            return typed and self._completed(part, *typed, start, trouble)
        except NotJson:
            return None

    def _typed(self, json: bytes, count: int) -> tuple[Lines, list[_Hole]] | None:
        self._make_room(len(json), count)
        typed = binding.Typed(
            text=ctypes.addressof(self._text),
            text_room=len(self._text),
            ids=self._ids,
            row_room=len(self._ids),
            holes=self._holes,
            hole_room=len(self._holes),
        )
        found = self._built.cells_typed(self._plan.compiled, json, len(json), typed)
        if found != count:
            return None
        bodies = ctypes.string_at(self._text, typed.text_length).split(b"\n")
        bodies.pop()
        holes = list(_holes(self._holes[: typed.hole_count], json))
        return Lines(self._ids[:count], bodies), holes

    def _make_room(self, size: int, count: int) -> None:
        text = 2 * size + count * len(self._layout.columns) * _CELL_BYTES
        if len(self._text) < text:
            self._text = ctypes.create_string_buffer(text)
        if len(self._ids) < count:
            self._ids = (ctypes.c_int64 * count)()
            self._holes = (binding.Hole * (count * _HOLES_A_ROW))()

    def _completed(
        self, part: Raw, lines: Lines, holes: Sequence[_Hole], start: int, trouble: Trouble
    ) -> Lines | None:
        whole = {hole.row: cast("Row", hole.value) for hole in holes if hole.is_row}
        for place, row in whole.items():
            row_id = id_of(row, self._layout)
            if row_id is None:
                return None
            lines.ids[place] = row_id
        met: dict[int, Row] = dict(whole)
        # In their order: which type keeps the values of several rows depends on it.
        for place, some in groupby(holes, _row):
            if place in whole:
                body = body_of(whole[place], start + place, self._rows, trouble)
            else:
                open_ = list(some)
                met[place] = {self._rows.columns[each.column].code: each.value for each in open_}
                body = self._closed(lines.bodies[place], open_, start, trouble)
            lines.bodies[place] = body
        if self._rows.overflow:
            met = dict(enumerate(rows_of(part)))
            self._add_overflow(lines, met, whole.keys(), start, trouble)
        if self._layout.child:
            lines.children = [
                children_of(row_id, met[place], start + place, self._layout, trouble)
                if place in met
                else []
                for place, row_id in enumerate(lines.ids)
            ]
        return lines

    def _closed(self, body: bytes, holes: Sequence[_Hole], start: int, trouble: Trouble) -> bytes:
        """Put the missing cells into a row."""
        pieces, before = list[bytes](), 0
        for hole in holes:
            cell = cell_of(hole.value, start + hole.row, hole.column, self._rows, trouble)
            pieces += (body[before : hole.at], (cell or self._null).encode())
            before = hole.at
        return b"".join((*pieces, body[before:]))

    def _add_overflow(
        self,
        lines: Lines,
        rows: dict[int, Row],
        done: Collection[int],
        start: int,
        trouble: Trouble,
    ) -> None:
        for place, row in rows.items():
            if place not in done:
                cell = overflow_of(row, start + place, self._rows, trouble)
                lines.bodies[place] += b"\t" + cell.encode()


def _row(hole: _Hole) -> int:
    return hole.row


def _holes(found: Sequence[binding.Hole], json: bytes) -> Iterator[_Hole]:
    for each in found:
        value = decoded(json[each.start : each.start + each.length])
        yield _Hole(each.row, each.column, each.at, value)


@lru_cache(maxsize=16)
def list_typist(layout: Layout) -> ListTypist | None:
    """Choose the typist of a layout; None where there is no compiled library for it."""
    built = binding.compiled()
    return ListTypist(layout, built) if built and is_plain(layout) else None
