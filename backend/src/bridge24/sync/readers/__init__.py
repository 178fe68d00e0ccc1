"""CRM values as plain Python ones, one reader a family; pure."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from bridge24.sync.layout import Column, Family
from bridge24.sync.readers.dates import read_date, read_datetime
from bridge24.sync.readers.lists import list_reader
from bridge24.sync.readers.numbers import (
    read_amount,
    read_boolean,
    read_currency,
    read_integer,
    read_number,
    read_reference,
)
from bridge24.sync.readers.texts import read_choice, read_file, read_multifield, read_text

Value = None | str | int | bool | Decimal | date | datetime
Reader = Callable[[object], Value]

READERS: dict[Family, Reader] = {
    Family.KEY: read_integer,
    Family.INTEGER: read_integer,
    Family.REFERENCE: read_reference,
    Family.NUMBER: read_number,
    Family.BOOLEAN: read_boolean,
    Family.DATE: read_date,
    Family.DATETIME: read_datetime,
    Family.TEXT: read_text,
    Family.CHOICE: read_choice,
    Family.AMOUNT: read_amount,
    Family.CURRENCY: read_currency,
    Family.FILE: read_file,
    Family.MULTIFIELD: read_multifield,
}


def reader_for(column: Column) -> Reader:
    """Choose how a column's values are read; a value nobody understands stays a text."""
    if column.multiple:
        return list_reader(READERS[column.family])
    return READERS[column.family]
