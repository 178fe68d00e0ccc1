"""Stage history: two lines for most records of the seed, one more for every move.

https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge24.emulator.journal import Change
from bridge24.emulator.schema import Schema, parse
from bridge24.emulator.seeding.sales import FIRST_STAGE
from bridge24.emulator.store import BLOCK_ROWS, Row, id_at, position_of
from bridge24.emulator.table import Kind, Table

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal

CREATED, MOVED, CLOSED, OTHER_FUNNEL = "1", "2", "3", "5"

STAGES = """
ID = integer r ID
TYPE_ID = integer r TYPE_ID
OWNER_ID = integer r OWNER_ID
CREATED_TIME = datetime r CREATED_TIME
CATEGORY_ID = integer r CATEGORY_ID
STAGE_SEMANTIC_ID = string r STAGE_SEMANTIC_ID
STAGE_ID = string r STAGE_ID
"""
STATUSES = """
ID = integer r ID
TYPE_ID = integer r TYPE_ID
OWNER_ID = integer r OWNER_ID
CREATED_TIME = datetime r CREATED_TIME
STATUS_SEMANTIC_ID = string r STATUS_SEMANTIC_ID
STATUS_ID = string r STATUS_ID
"""

_PLACES = tuple(
    (offset, line)
    for offset in range(BLOCK_ROWS)
    for line in range(1 if offset in FIRST_STAGE else 2)
)
"""Which row and which of its lines stands at each place of a block of lines."""


def keep(portal: Portal) -> None:
    """Keep the history of everything that moves through stages, from now on too."""
    for table in list(portal.tables.values()):
        if table.kind.stage and table.kind.name != "quote":
            open_book(portal, table)
    portal.listeners.append(_Chronicler(portal))


def open_book(portal: Portal, table: Table) -> None:
    """Begin the history of one kind."""
    kind = table.kind
    fields = parse(STATUSES if kind.name == "lead" else STAGES)
    source = _Lines(portal, table)
    history = Table(Kind(f"history_{kind.name}", 0), Schema(fields), source, source.count)
    portal.histories[kind.type_id] = history


class _Lines:
    """The history of the rows a portal is born with, made on demand."""

    def __init__(self, portal: Portal, table: Table) -> None:
        self._portal = portal
        self._table = table
        self.count = lines_before(table.store.fresh)

    def row(self, row_id: int) -> Row:
        """Make one line."""
        block, place = divmod(position_of(row_id), len(_PLACES))
        offset, line = _PLACES[place]
        owner_id = id_at(block * BLOCK_ROWS + offset)
        source, kind = self._table.store.source, self._table.kind
        funnel = self._portal.funnel(kind.type_id, source.value(owner_id, "CATEGORY_ID"))
        semantic = kind.stage.replace("_ID", "_SEMANTIC_ID")
        stage = funnel.stages[0]
        if line:
            now_at = source.value(owner_id, kind.stage)
            stage = next(each for each in funnel.stages if each.id == now_at)
        final = CLOSED if stage.letter != "P" else MOVED
        row = {
            "ID": str(row_id),
            "TYPE_ID": final if line else CREATED,
            "OWNER_ID": str(owner_id),
            "CREATED_TIME": source.value(owner_id, kind.modified if line else kind.created),
            semantic: stage.letter,
            kind.stage: stage.id,
        }
        return row if kind.name == "lead" else row | {"CATEGORY_ID": str(funnel.id)}

    def value(self, row_id: int, code: str) -> Any:
        """Make one value of it."""
        return self.row(row_id).get(code)


class _Chronicler:
    """Writes a line for every move, and forgets the history of what is deleted."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def __call__(self, change: Change) -> None:
        """Hear of a change."""
        history = self._portal.histories.get(change.entity_type_id)
        if history is None or change.entity == "userfield":
            return
        if change.kind == "delete":
            self._forget(history, change.id)
            return
        stage = self._portal.table(change.entity).kind.stage
        before, after = change.before or {}, change.after or {}
        if before.get(stage) != after.get(stage):
            line = self._line(change, stage, moved=bool(before))
            history.store.add(line)

    def _line(self, change: Change, stage: str, *, moved: bool) -> Row:
        before, after = change.before or {}, change.after or {}
        funnel = self._portal.funnel(change.entity_type_id, after.get("CATEGORY_ID"))
        letter = next((each.letter for each in funnel.stages if each.id == after[stage]), "P")
        kind = CREATED
        if moved:
            kind = MOVED if letter == "P" else CLOSED
            if before.get("CATEGORY_ID") != after.get("CATEGORY_ID"):
                kind = OTHER_FUNNEL
        row = {
            "TYPE_ID": kind,
            "OWNER_ID": str(change.id),
            "CREATED_TIME": self._portal.now_text(),
            stage.replace("_ID", "_SEMANTIC_ID"): letter,
            stage: after[stage],
        }
        return row if change.entity == "lead" else row | {"CATEGORY_ID": str(funnel.id)}

    def _forget(self, history: Table, owner_id: int) -> None:
        store = history.store
        if self._portal_row_is_fresh(history, owner_id):
            first = lines_before(position_of(owner_id))
            last = lines_before(position_of(owner_id) + 1)
            for position in range(first, last):
                if store.exists(id_at(position)):
                    store.delete(id_at(position))
        own = [row_id for row_id, row in store.added.items() if row["OWNER_ID"] == str(owner_id)]
        for row_id in own:
            store.delete(row_id)

    def _portal_row_is_fresh(self, history: Table, owner_id: int) -> bool:
        owners = self._portal.tables[history.kind.name.removeprefix("history_")]
        return owners.store.is_fresh(owner_id)


def lines_before(position: int) -> int:
    """How many lines the rows before this position have."""
    blocks, rest = divmod(position, BLOCK_ROWS)
    return blocks * len(_PLACES) + sum(1 for offset, _ in _PLACES if offset < rest)
