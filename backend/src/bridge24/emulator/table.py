"""One kind of record on one portal: its fields, its rows, and their JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from bridge24.emulator.rendering import written
from bridge24.emulator.schema import Schema
from bridge24.emulator.store import Row, Source, Store
from bridge24.emulator.views import Style, View, empty

VIEWS_KEPT = 32


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes one kind of record differ from another.

    Attributes:
        name: `deal`, `contact`…, `dynamic_1030` for smart processes, `invoice` for 31.
        type_id: `entityTypeId`; 0 for records outside the CRM.
        uf_entity: Where its custom fields are declared (`CRM_DEAL`).
        stage: Code of the stage field, empty when it has none.
        created, modified, created_by, modified_by: Codes of the service fields.
    """

    name: str
    type_id: int
    uf_entity: str = ""
    stage: str = ""
    created: str = "DATE_CREATE"
    modified: str = "DATE_MODIFY"
    created_by: str = "CREATED_BY_ID"
    modified_by: str = "MODIFY_BY_ID"
    moved_by: str = "MOVED_BY_ID"
    owner_type: str = ""


@runtime_checkable
class Blocks(Protocol):
    """A source that can hand out JSON in ready pieces."""

    codes: frozenset[str]

    def fragments(self, row_id: int, view: View) -> list[bytes]:
        """The row as pieces of JSON, without the braces."""


class Table:
    """Rows of one kind, ready to be read in any view."""

    def __init__(self, kind: Kind, schema: Schema, source: Source, count: int) -> None:
        self.kind = kind
        self.schema = schema
        self.store = Store(source, count)
        self.host = ""
        self._views: dict[tuple[Any, ...], View] = {}
        self._blocks = source if isinstance(source, Blocks) else None

    def view(self, style: Style, codes: frozenset[str] | None = None) -> View:
        """The view with these fields (`None`: all), kept while the schema stays."""
        key = (style, codes, self.schema.version)
        view = self._views.get(key)
        if view is None:
            if len(self._views) >= VIEWS_KEPT:
                self._views.clear()
            view = self._views[key] = View(self, style, codes)
        return view

    def get(self, row_id: int) -> Row | None:
        """The row as it is now, `None` when it is gone or out of sight."""
        return self.store.row(row_id) if self.store.exists(row_id) else None

    def shown(self, row_id: int, view: View) -> Row:
        """An existing row as a view shows it."""
        return view.project(self.store.row(row_id), row_id)

    def json(self, row_id: int, view: View) -> bytes:
        """An existing row as JSON; rows nobody edited are put together from ready pieces."""
        store = self.store
        if self._blocks is None or row_id in store.changes or row_id in store.added:
            return b"{" + written(self.shown(row_id, view)) + b"}"
        pieces = self._blocks.fragments(row_id, view)
        rest = self._rest(view, self._blocks)
        if rest:
            pieces.append(rest)
        return b"{" + b",".join(pieces) + b"}"

    def _rest(self, view: View, blocks: Blocks) -> bytes:
        """Fields added after the start: the same emptiness in every fresh row."""
        if view.rest is None:
            late = {
                code: empty(column.field)
                for code, column in view.columns.items()
                if code not in blocks.codes
            }
            view.rest = written(view.part(late, 0))
        return view.rest
