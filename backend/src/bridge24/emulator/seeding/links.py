"""How records of a fresh portal point at each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from bridge24.emulator.store import id_at


@dataclass(frozen=True, slots=True)
class Links:
    """Draws related records; a third of the rows have none, spelt null or "0"."""

    counts: Mapping[str, int]
    chance: Random

    def one(self, entity: str) -> str | None:
        """One related record, as a classic method shows it."""
        count = self.counts.get(entity, 0)
        luck = self.chance.randrange(6)
        if not count or luck == 0:
            return None
        return "0" if luck == 1 else str(id_at(self.chance.randrange(count)))

    def several(self, entity: str) -> list[str]:
        """Zero to two related records, the primary first."""
        found = (self.one(entity), self.one(entity))
        return list(dict.fromkeys(each for each in found if each not in (None, "0")))
