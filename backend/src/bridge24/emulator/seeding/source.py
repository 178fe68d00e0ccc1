"""Rows made from their id alone, so that a million of them take no memory."""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bridge24.emulator.rendering import written
from bridge24.emulator.store import Row, id_at
from bridge24.emulator.views import OWNER, OWNER_MARK, Pieces, View

_PRIME = (1 << 31) - 1


class Dice:
    """Draws numbers that depend on the seed, on what is drawn, and on the row.

    Arithmetic of small numbers: a row takes a dozen draws, and tens of thousands of
    rows are made in a second.
    """

    def __init__(self, seed: int, name: str) -> None:
        chance = random.Random(f"{seed}:{name}")
        self._factor = chance.randrange(_PRIME // 4, _PRIME // 2)
        self._shift = chance.randrange(_PRIME)

    def pick(self, row_id: int, sides: int) -> int:
        """Draw 0…sides-1 for a row, always the same."""
        return (row_id * self._factor + self._shift) % _PRIME % sides


class Block:
    """Fields whose values many rows share: a few hundred variants, one drawn per row."""

    def __init__(self, variants: Sequence[Row], dice: Dice) -> None:
        self.codes = frozenset(variants[0])
        self.variants = variants
        self.dice = dice
        self._sides = len(variants)

    def index(self, row_id: int) -> int:
        """Which variant a row has."""
        return self.dice.pick(row_id, self._sides)


class Varying(Protocol):
    """Fields that differ from row to row.

    Attributes:
        quick: Makers of single values, for filters.
        seconds: Makers of moments as Unix seconds, for the index of changes.
    """

    codes: frozenset[str]
    quick: Mapping[str, Callable[[int], Any]]
    seconds: Mapping[str, Callable[[int], int]]

    def row(self, row_id: int) -> Row:
        """All of them."""


class Seeded:
    """A source of rows out of varying fields and blocks of shared ones."""

    def __init__(self, varying: Varying, blocks: Sequence[Block]) -> None:
        self._varying = varying
        self._blocks = list(blocks)
        self._block_of = {code: block for block in blocks for code in block.codes}
        self.codes = varying.codes | frozenset(self._block_of)
        self._indexes: dict[str, tuple[array[int], array[int]]] = {}

    def row(self, row_id: int) -> Row:
        """Make the whole row."""
        row = self._varying.row(row_id)
        for block in self._blocks:
            row.update(block.variants[block.index(row_id)])
        return row

    def value(self, row_id: int, code: str) -> Any:
        """Make one value."""
        block = self._block_of.get(code)
        if block is not None:
            return block.variants[block.index(row_id)][code]
        quick = self._varying.quick.get(code)
        if quick is not None:
            return quick(row_id)
        return self._varying.row(row_id).get(code)

    def timely(self, code: str, low: float, high: float, rows: int) -> list[int] | None:
        """Ids among the first rows whose moment lies between two; `None` without an index.

        The index is made when first asked for: a moment of work for a million rows.
        """
        maker = self._varying.seconds.get(code)
        if maker is None:
            return None
        if code not in self._indexes:
            ids = sorted(map(id_at, range(rows)), key=maker)
            self._indexes[code] = (array("q", map(maker, ids)), array("q", ids))
        moments, ids_by_moment = self._indexes[code]
        return list(ids_by_moment[bisect_left(moments, low) : bisect_right(moments, high)])

    def fragments(self, row_id: int, view: View) -> list[bytes]:
        """The row as pieces of JSON, without the braces; shared pieces are written once."""
        row = self._varying.row(row_id)
        whole = view.shows_as_is(self._varying.codes)
        pieces = [written(row if whole else view.part(row, row_id))]
        caches = view.pieces or self._prepare(view)
        for block, cache in zip(self._blocks, caches, strict=True):
            index = block.index(row_id)
            piece = cache.pieces[index]
            if piece is None:
                piece = cache.pieces[index] = written(view.part(block.variants[index], OWNER))
            if cache.owned:
                piece = piece.replace(OWNER_MARK, b"%d" % row_id)
            if piece:
                pieces.append(piece)
        return pieces

    def _prepare(self, view: View) -> list[Pieces]:
        view.pieces = [
            Pieces([None] * len(block.variants), owned=view.has_files(block.codes))
            for block in self._blocks
        ]
        return view.pieces
