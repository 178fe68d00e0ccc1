"""What happens on a portal, as its listeners hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bridge24.emulator.store import Row

ChangeKind: TypeAlias = Literal["add", "update", "delete", "move_to_category", "set_enum_values"]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened on a portal, told to every listener after the fact.

    Attributes:
        entity: `deal`, `contact`, `invoice`, `dynamic_1030`…, `userfield`, `type`,
            `activity`, `requisite`, `task`, `timelinecomment`.
        entity_type_id: `entityTypeId` of CRM records, else 0.
        before, after: The classic rows; `None` before an add and after a delete.
        user_id: Who did it.
    """

    kind: ChangeKind
    entity: str
    id: int
    entity_type_id: int
    before: Row | None
    after: Row | None
    user_id: int


Listener: TypeAlias = Callable[[Change], None]
