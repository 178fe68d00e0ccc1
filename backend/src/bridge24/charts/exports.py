"""A chart's answer as a file: CSV, XLSX or JSON; pure."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

import xlsxwriter

from bridge24.charts.values import Json

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FileKind(StrEnum):
    """What a chart can be saved as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.JSON: "application/json",
}


def exported(
    kind: FileKind, columns: Sequence[str], rows: Sequence[Mapping[str, Json]], *, title: str
) -> bytes:
    """Write rows as a file.

    A text that a spreadsheet would take for a formula is kept a text: in CSV by an
    apostrophe before it, in XLSX by its type. Numbers stay numbers.
    """
    if kind is FileKind.JSON:
        return json.dumps(list(rows), ensure_ascii=False, indent=1).encode()
    if kind is FileKind.CSV:
        return _csv(columns, rows)
    return _xlsx(columns, rows, title=title)


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Json]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_plain(column) for column in columns])
    writer.writerows([[_plain(row.get(column)) for column in columns] for row in rows])
    return (BOM + text.getvalue()).encode()


def _plain(value: Json) -> Json:
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _xlsx(columns: Sequence[str], rows: Sequence[Mapping[str, Json]], *, title: str) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
            for line, row in enumerate(rows, start=1):
                value = row.get(column)
                sheet.write(
                    line, place, value if not isinstance(value, list | dict) else str(value)
                )
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()


def _sheet_name(title: str) -> str:
    kept = "".join(letter for letter in title if letter not in "[]:*?/\\'")
    return kept.strip()[:31] or "Bridge24"
