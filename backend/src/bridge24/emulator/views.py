"""A view of a table: which fields a caller sees of it, under which names, in which types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from bridge24.emulator.calls import Json
from bridge24.emulator.rendering import (
    DERIVED,
    MULTIFIELDS,
    Convert,
    classic_file,
    derived,
    fm,
    item_file,
    native,
)
from bridge24.emulator.schema import Field

if TYPE_CHECKING:
    from bridge24.emulator.table import Table

Style: TypeAlias = Literal["classic", "item", "item_original", "native", "task"]


@dataclass(frozen=True, slots=True)
class Column:
    """One field as a view shows it."""

    field: Field
    name: str
    convert: Convert | None


@dataclass(slots=True)
class Pieces:
    """JSON many rows share, written when first needed.

    Attributes:
        owned: Whether the id of the row has to be put in.
    """

    pieces: list[bytes | None]
    owned: bool


class View:
    """Turns rows in the wire form of the store into rows of one family of methods."""

    def __init__(self, table: Table, style: Style, codes: frozenset[str] | None) -> None:
        self.style = style
        self._table = table
        self._item = style in {"item", "item_original"}
        self._native = self._item or style == "native"
        self.columns = {
            each.code: Column(each, self._name(each), native(each) if self._native else None)
            for each in table.schema
            if self._shows(each) and (codes is None or each.code in codes)
        }
        self._derived = [code for code in self.columns if code[1:] in DERIVED]
        self._fm = "@fm" in self.columns
        self._ids = self._item and codes is None and table.kind.type_id > 0
        self._as_is: dict[frozenset[str], bool] = {}
        self.rest: bytes | None = None
        self.pieces: list[Pieces] = []

    def project(self, row: Mapping[str, Json], row_id: int) -> dict[str, Json]:
        """Show a whole row: fields it lacks are shown empty."""
        whole = {code: row.get(code, empty(col.field)) for code, col in self.columns.items()}
        for code in MULTIFIELDS:
            if code in row:
                whole[code] = row[code]
        return self.part({**whole, "ID": row.get("ID", str(row_id))}, row_id)

    def has_files(self, codes: frozenset[str]) -> bool:
        """Whether any of these fields is a file the view shows: its links name the row."""
        shown = (self.columns[code].field for code in codes & self.columns.keys())
        return any(each.type == "file" for each in shown)

    def shows_as_is(self, codes: frozenset[str]) -> bool:
        """Whether these fields look as the store keeps them."""
        known = self._as_is.get(codes)
        if known is None:
            columns = [self.columns.get(code) for code in codes]
            plain = all(each and each.field.type not in SPECIAL for each in columns)
            known = self._as_is[codes] = plain and self.style == "classic"
        return known

    def part(self, row: Mapping[str, Json], row_id: int | str) -> dict[str, Json]:
        """Show those fields a part of a row has.

        Args:
            row_id: `OWNER` when the part belongs to many rows.
        """
        shown: dict[str, Json] = {}
        for code, value in row.items():
            column = self.columns.get(code)
            if column is None or code[0] == "@":
                continue
            if column.field.type in SPECIAL:
                self._special(shown, column, value, row_id)
                continue
            shown[column.name] = column.convert(value) if column.convert else value
        if self._item:
            self._item_extras(shown, row, row_id)
        return shown

    def _special(
        self, shown: dict[str, Json], column: Column, value: Json, row_id: int | str
    ) -> None:
        if column.field.type == "crm_multifield":
            if value and not self._item:
                shown[column.name] = value
            return
        if value or column.field.multiple:
            shown[column.name] = self._files(column.field, value, row_id)
            return
        if self._item or not column.field.custom:
            shown[column.name] = None

    def _files(self, field: Field, value: Json, row_id: int | str) -> Json:
        ids = value if isinstance(value, list) else [value] if value else []
        kind = self._table.kind
        if self._item:
            host = self._table.host
            shown = [item_file(host, kind.type_id, row_id, field.code, each) for each in ids]
        else:
            shown = [classic_file(kind.name, row_id, field.code, each) for each in ids]
        return shown if field.multiple else shown[0]

    def _item_extras(
        self, shown: dict[str, Json], row: Mapping[str, Json], row_id: int | str
    ) -> None:
        if "PHONE" in row:
            if self._fm:
                shown["fm"] = fm(row)
            if self._derived:
                found = derived(row)
                shown.update({code[1:]: found[code[1:]] for code in self._derived})
        if "ID" not in row:
            return
        if "@searchContent" in self.columns:
            shown["searchContent"] = f"{row_id} {row.get('TITLE') or row.get('NAME') or ''}"
        if self._ids:
            shown["entityTypeId"] = self._table.kind.type_id

    def _shows(self, each: Field) -> bool:
        if self._item:
            return bool(each.name) and each.in_items
        return each.in_rows or each.type in ON_REQUEST

    def _name(self, each: Field) -> str:
        if self.style in {"classic", "native"} or (self.style == "item_original" and each.custom):
            return each.code
        return each.name


OWNER = "OWNER7f3a91"
OWNER_MARK = OWNER.encode()
"""Stands for the id of a row in JSON that many rows share."""
SPECIAL = frozenset({"file", "crm_multifield"})
ON_REQUEST = frozenset(
    {"crm_multifield", "crm_activity_communication", "crm_activity_binding", "diskfile"}
)
"""Types that no mask of a `select` covers."""


def empty(field: Field) -> Json:
    """What a row shows for a field nobody has filled."""
    if field.multiple or field.type == "crm_multifield":
        return []
    if field.custom:
        return "0" if field.type == "boolean" else ""
    if field.type in {"date", "datetime"} and field.code in {"BIRTHDATE", "DATE_CLOSED"}:
        return ""
    return None
