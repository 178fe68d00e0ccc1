"""Deals, leads and quotes of a fresh portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from bridge24.emulator.seeding.dictionaries import Funnel
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.multifields import multifields
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import COMMENTS, GOODS, LONG_COMMENT, LONG_TITLE, TITLE_TAILS
from bridge24.emulator.store import Row, position_of

FIRST_STAGE = (0, 5)
HALF = 512
NUL_COMMENT = "Импорт из старой базы\u0000 (битая строка)"


def stays_in_first_stage(row_id: int) -> bool:
    """Whether a record never left the stage it began in: two of eight."""
    return position_of(row_id) % 8 in FIRST_STAGE


class StagedBlock(Block):
    """What goes with a stage: the first half of the variants never left the first one."""

    def index(self, row_id: int) -> int:
        """Which variant a row has."""
        drawn = self.dice.pick(row_id, HALF)
        return drawn if stays_in_first_stage(row_id) else drawn + HALF


def staged_block(
    funnels: Sequence[Funnel], stage: str, *, seed: int, name: str, rest: Callable[[Random], Row]
) -> StagedBlock:
    """Draw funnels, stages and everything else that rows share with them.

    Args:
        stage: Code of the stage field.
        rest: Draws the fields that have nothing to do with the stage.
    """
    chance = Random(f"{seed}:{name}:staged")
    variants = [
        _placed(funnels, stage, chance, first=number < HALF) | rest(chance)
        for number in range(2 * HALF)
    ]
    return StagedBlock(variants, Dice(seed, f"{name}:staged"))


def _placed(funnels: Sequence[Funnel], stage: str, chance: Random, *, first: bool) -> Row:
    funnel = chance.choice((funnels[0], *funnels))
    drawn = funnel.stages[0] if first else chance.choice(funnel.stages[1:])
    return {
        stage: drawn.id,
        stage.replace("_ID", "_SEMANTIC_ID"): drawn.letter,
        "CATEGORY_ID": str(funnel.id),
        "CLOSED": "N" if drawn.letter == "P" else "Y",
        "IS_NEW": "Y" if first else "N",
        "PREVIOUS_STAGE_ID": funnel.stages[0].id,
    }


def title(row_id: int, dice: Dice) -> str:
    """What a manager typed; a few are 300 characters long or full of special signs."""
    if row_id % 211 == 7:
        return LONG_TITLE
    drawn = dice.pick(row_id, len(GOODS) * len(TITLE_TAILS))
    goods, tail = divmod(drawn, len(TITLE_TAILS))
    return f"{GOODS[goods]} #{row_id}{TITLE_TAILS[tail]}"


def comment(row_id: int, dice: Dice) -> str | None:
    """A comment; very rarely 70,000 characters, or with a NUL an import left behind."""
    if row_id % 2_003 == 17:
        return LONG_COMMENT
    if row_id % 997 == 19:
        return NUL_COMMENT
    return COMMENTS[dice.pick(row_id + 5, len(COMMENTS))]


def money(chance: Random) -> str:
    """An amount with two digits: thousands to millions, rarely nothing or very much."""
    rarity = chance.random()
    if rarity < 0.03:
        return "0.00"
    digits = 9 if rarity > 0.999 else chance.choice((4, 5, 5, 6))
    return f"{chance.randrange(10**digits)}.{chance.randrange(100):02}"


class Dated:
    """What differs from row to row where the service fields have their classic names.

    Args:
        days: From the creation to these dates, by the code of the `date` field.
        moved: Whether rows tell when they changed their stage.
    """

    def __init__(
        self, seed: int, name: str, *, moments: Moments, days: Mapping[str, int], moved: bool
    ) -> None:
        self._dice = Dice(seed, name)
        self._moments = moments
        self._days = days
        self._moved = moved
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
        }
        self.seconds: Mapping[str, Callable[[int], int]] = {"DATE_MODIFY": moments.modified}
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        """All of them."""
        moments, zone = self._moments, self._moments.zone
        created, changed = moments.both(row_id)
        modified = zone.moment(changed)
        row = {
            "ID": str(row_id),
            "TITLE": title(row_id, self._dice),
            "COMMENTS": comment(row_id, self._dice),
            "DATE_CREATE": zone.moment(created),
            "DATE_MODIFY": modified,
            "LAST_ACTIVITY_TIME": modified,
        }
        if self._moved:
            row["MOVED_TIME"] = modified
            row["ORIGIN_ID"] = str(10**19 + row_id) if row_id % 9 == 2 else None
        for code, days in self._days.items():
            row[code] = zone.day(created // 86_400 + days)
        return row


class Leads(Dated):
    """Deals' poor relations: closed when converted or thrown away, with phones of their own."""

    def row(self, row_id: int) -> Row:
        """All of them."""
        row = super().row(row_id)
        closed = not stays_in_first_stage(row_id) and row_id % 2
        row["DATE_CLOSED"] = row["DATE_MODIFY"] if closed else ""
        return row | multifields(row_id, self._dice)


class Quotes(Dated):
    """Quotes carry their number once more."""

    def row(self, row_id: int) -> Row:
        """All of them."""
        return super().row(row_id) | {"QUOTE_NUMBER": str(row_id)}
