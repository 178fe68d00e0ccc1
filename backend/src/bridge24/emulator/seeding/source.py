"""Rows made from their id alone, so that a million of them take no memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bridge24.emulator.rendering import dumps
from bridge24.emulator.store import Row
from bridge24.emulator.views import OWNER, View

_WORD = (1 << 64) - 1


class Dice:
    """Draws numbers that depend on the seed, on what is drawn, and on the row."""

    def __init__(self, seed: int, name: str) -> None:
        chance = random.Random(f"{seed}:{name}")
        self._factor = chance.getrandbits(64) | 1
        self._shift = chance.getrandbits(64)

    def pick(self, row_id: int, sides: int) -> int:
        """Draw 0…sides-1 for a row, always the same."""
        mixed = (row_id * self._factor + self._shift) & _WORD
        return (((mixed ^ (mixed >> 31)) * 0x9E3779B97F4A7C15 & _WORD) >> 24) % sides


class Block:
    """Fields whose values many rows share: a few hundred variants, one drawn per row."""

    def __init__(self, variants: Sequence[Row], dice: Dice) -> None:
        self.codes = frozenset(variants[0])
        self.variants = variants
        self._dice = dice

    def index(self, row_id: int) -> int:
        """Which variant a row has."""
        return self._dice.pick(row_id, len(self.variants))


class Varying(Protocol):
    """Fields that differ from row to row."""

    codes: frozenset[str]
    quick: Mapping[str, Callable[[int], Any]]

    def row(self, row_id: int) -> Row:
        """All of them."""


class Seeded:
    """A source of rows out of varying fields and blocks of shared ones."""

    def __init__(self, varying: Varying, blocks: Sequence[Block]) -> None:
        self._varying = varying
        self._blocks = list(blocks)
        self._block_of = {code: block for block in blocks for code in block.codes}
        self.codes = varying.codes | frozenset(self._block_of)

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

    def fragments(self, row_id: int, view: View) -> list[bytes]:
        """The row as pieces of JSON, without the braces; shared pieces are written once."""
        row = self._varying.row(row_id)
        whole = view.shows_as_is(self._varying.codes)
        pieces = [dumps(row if whole else view.part(row, row_id))[1:-1]]
        for number, block in enumerate(self._blocks):
            index = block.index(row_id)
            cache = view.pieces.get(number)
            if cache is None:
                cache = view.pieces[number] = [None] * len(block.variants)
            piece = cache[index]
            if piece is None:
                piece = cache[index] = dumps(view.part(block.variants[index], OWNER))[1:-1]
            if piece:
                pieces.append(piece)
        return pieces
