"""The queue of offline events: one row per event and object, fetched by the application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge24.emulator.calls import Json


@dataclass
class OfflineRow:
    """One waiting event; a later change of the same object only renews the time.

    Attributes:
        stamp: Unix seconds of the latest change.
        process_id: The lot it is reserved in, empty while free.
    """

    number: int
    stamp: float
    event: str
    data: Json
    connector: str
    message_id: str
    process_id: str = ""
    failed: bool = False


class OfflineQueue:
    """The offline events of one application on one portal.

    https://apidocs.bitrix24.com/api-reference/events/offline-events.html
    """

    def __init__(self) -> None:
        self._rows: list[OfflineRow] = []
        self._numbers = 0
        self._lots = 0

    def put(self, event: str, data: Json, *, stamp: float, connector: str = "") -> None:
        """Remember that something happened to an object."""
        self._numbers += 1
        for row in self._rows:
            same = (row.event, row.data, row.connector) == (event, data, connector)
            if same and not row.process_id:
                row.stamp, row.message_id = stamp, str(self._numbers)
                return
        number = self._numbers
        self._rows.append(OfflineRow(number, stamp, event, data, connector, str(number)))

    def take(
        self,
        wanted: Callable[[OfflineRow], bool],
        *,
        limit: int,
        clear: bool,
        connector: str = "",
        failed: bool = False,
    ) -> tuple[str | None, list[OfflineRow]]:
        """Hand out free rows, oldest change first: deleted at once, or reserved in a lot."""
        free = [
            row
            for row in self.listing(connector)
            if not row.process_id and wanted(row) and row.failed <= failed
        ]
        lot = sorted(free, key=lambda row: (row.stamp, row.number))[:limit]
        if clear:
            self._rows = [row for row in self._rows if row not in lot]
            return None, lot
        self._lots += 1
        process_id = f"{self._lots:032x}"
        for row in lot:
            row.process_id = process_id
        return process_id, lot

    def lot(self, process_id: str) -> list[OfflineRow]:
        """Read a reserved lot again."""
        return [row for row in self._rows if row.process_id == process_id]

    def clear(self, process_id: str, chosen: Callable[[OfflineRow], bool]) -> None:
        """Delete the chosen rows of a lot."""
        self._rows = [row for row in self._rows if row.process_id != process_id or not chosen(row)]

    def fail(self, process_id: str, chosen: Callable[[OfflineRow], bool]) -> None:
        """Free the chosen rows of a lot, marked as failed."""
        for row in self.lot(process_id):
            if chosen(row):
                row.failed, row.process_id = True, ""

    def listing(self, connector: str = "") -> list[OfflineRow]:
        """List one stream in order of ids, reserved rows included."""
        return [row for row in self._rows if row.connector == connector]


def texts(value: Json) -> Json:
    """Spell the data of an offline row: every number is a string."""
    if isinstance(value, Mapping):
        return {key: texts(inner) for key, inner in value.items()}
    return value if value is None else str(value)
