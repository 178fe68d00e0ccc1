"""When records were created and last changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bridge24.emulator.seeding.source import Dice
from bridge24.emulator.zones import DAY, Zone

YEARS_SECONDS = 2 * 365 * DAY


@dataclass(frozen=True)
class Moments:
    """Spreads rows over two years up to the anchor, older ids first.

    Attributes:
        anchor: Unix seconds nothing of the seed is later than.
        ids: How many ids there are.
    """

    zone: Zone
    anchor: int
    ids: int
    dice: Dice

    @cached_property
    def _step(self) -> float:
        return YEARS_SECONDS / max(self.ids, 1)

    def created(self, row_id: int) -> int:
        """Unix seconds of the creation."""
        step = self._step
        age = int((self.ids - row_id) * step) + self.dice.pick(row_id, int(step) or 1)
        return self.anchor - DAY - age

    def modified(self, row_id: int) -> int:
        """Unix seconds of the last change; every fourth row was never touched again."""
        return self.both(row_id)[1]

    def both(self, row_id: int) -> tuple[int, int]:
        """Unix seconds of the creation and of the last change."""
        created = self.created(row_id)
        luck = self.dice.pick(row_id + 7_919, 1_000)
        if luck < 250:
            return created, created
        return created, created + (self.anchor - created) * luck * luck // 1_000_000

    def created_text(self, row_id: int) -> str:
        """The creation as the portal prints it."""
        return self.zone.moment(self.created(row_id))

    def modified_text(self, row_id: int) -> str:
        """The last change as the portal prints it."""
        return self.zone.moment(self.modified(row_id))
