"""The mirrored table an audit compares, and the portal's side of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge24.bitrix import crm
from bridge24.bitrix.listing import Row
from bridge24.sync.audit.findings import moment
from bridge24.sync.layout import Family, Layout


@dataclass(frozen=True, slots=True)
class Compared:
    """One object's table, compared by id and by time of modification."""

    entity: crm.Entity
    name: str
    """The table."""
    modified: str
    """The column with the time of modification."""

    @property
    def select(self) -> Sequence[str]:
        """What is asked of the portal: the id, and when a row was modified."""
        return [self.entity.id_filter, self.entity.modified_filter or ""]

    def read(self, rows: Sequence[Row]) -> dict[int, datetime | None]:
        """Take ids and times of modification out of rows."""
        code = self.entity.modified_field or ""
        return {int(row[self.entity.id_field]): moment(row.get(code)) for row in rows}


def compared(entity: crm.Entity, layout: Layout) -> Compared | None:
    """Say how a table is compared; None when rows have no id or no time of modification."""
    if entity.paging != "keyset" or entity.modified_filter is None or not entity.id_field:
        return None
    if entity.required_filter:
        return None
    columns: Mapping[str, str] = {
        column.code: column.name
        for column in layout.columns
        if column.family is Family.DATETIME and column.type.name == "TIMESTAMP"
    }
    modified = columns.get(entity.modified_field or "")
    return Compared(entity, layout.table, modified) if modified else None
