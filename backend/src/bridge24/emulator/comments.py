"""Comments in the timelines of CRM records.

https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/index.html
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from bridge24.emulator.journal import Change
from bridge24.emulator.store import Row

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal
    from bridge24.emulator.table import Table

OWNERS = ("lead", "deal", "contact", "company", "quote")
COMMENTED = 25
"""Records of each kind that are born with comments."""
WORDS = (
    "Клиент просил перезвонить после обеда",
    "Договор у юриста 🖋",
    "Sent the offer, waiting for an answer",
    "Скидка согласована: 7 %",
)


def table_of(portal: Portal, owner_type: str) -> Table | None:
    """The records a timeline may belong to, by the name of their kind in any case."""
    name = owner_type.lower()
    known = name in OWNERS or name.startswith("dynamic_")
    return portal.tables.get(name) if known else None


def begin(portal: Portal) -> None:
    """Write a few comments, and forget those of records that are deleted."""
    dice = Random(f"{portal.seed}:comments")
    for name, table in portal.tables.items():
        if table_of(portal, name) is None:
            continue
        for place, row_id in enumerate(table.store.ids()):
            if place == COMMENTED:
                break
            for _ in range(dice.randrange(3)):
                text, author = dice.choice(WORDS), str(dice.randint(1, 9))
                _keep(portal, name, row_id, text=text, author=author, files=not dice.randrange(4))
    portal.listeners.append(_Forgetful(portal))


def add(portal: Portal, owner_type: str, owner_id: int, *, text: str, user_id: int) -> int:
    """Write a comment; the record's last activity moves, its last change does not."""
    name = owner_type.lower()
    row = _keep(portal, name, owner_id, text=text, author=str(user_id), files=False)
    table = portal.tables[name]
    activity = {"LAST_ACTIVITY_TIME": portal.now_text(), "LAST_ACTIVITY_BY": str(user_id)}
    table.store.change(owner_id, {c: v for c, v in activity.items() if c in table.schema})
    number = int(row["ID"])
    portal.tell(Change("add", "timelinecomment", number, 0, None, row, user_id))
    return number


def edit(portal: Portal, row: Row, *, text: str, user_id: int) -> None:
    """Write another text; nothing of the record tells of it."""
    before = dict(row)
    row["COMMENT"] = text
    number = int(row["ID"])
    portal.tell(Change("update", "timelinecomment", number, 0, before, row, user_id))


def remove(portal: Portal, row: Row, *, user_id: int) -> None:
    """Delete a comment; nothing of the record tells of it."""
    of(portal, row["ENTITY_TYPE"], int(row["ENTITY_ID"])).remove(row)
    portal.tell(Change("delete", "timelinecomment", int(row["ID"]), 0, row, None, user_id))


def of(portal: Portal, owner_type: str, owner_id: int) -> list[Row]:
    """The comments of one record, the oldest first."""
    return portal.comments.setdefault((owner_type.lower(), owner_id), [])


def find(portal: Portal, number: int) -> Row | None:
    """A comment by its id."""
    every = (row for rows in portal.comments.values() for row in rows)
    return next((row for row in every if row["ID"] == str(number)), None)


class _Forgetful:
    """Deletes the comments of deleted records."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def __call__(self, change: Change) -> None:
        """Hear of a change."""
        if change.kind == "delete":
            self._portal.comments.pop((change.entity, change.id), None)


def _keep(portal: Portal, name: str, owner_id: int, *, text: str, author: str, files: bool) -> Row:
    number = next(portal.comment_numbers)
    row: Row = {
        "ID": str(number),
        "ENTITY_ID": str(owner_id),
        "ENTITY_TYPE": name,
        "CREATED": portal.now_text(),
        "COMMENT": text,
        "AUTHOR_ID": author,
        "FILES": {"1": {"id": 1, "name": f"{number}.pdf", "size": 43}} if files else [],
    }
    of(portal, name, owner_id).append(row)
    return row
