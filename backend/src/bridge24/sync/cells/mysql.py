r"""Cells of MySQL's LOAD DATA: UTF-8 text with backslash escapes, ``\N`` for NULL.

https://dev.mysql.com/doc/refman/8.4/en/load-data.html#load-data-field-line-handling
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from bridge24.sync.cells.fit import (
    INT64,
    Misfit,
    Unstorable,
    at_scale,
    fits_double,
    fits_numeric,
    need_of,
    text_need,
    text_of,
)
from bridge24.sync.layout import Column, Family
from bridge24.sync.readers import Value, reader_for
from bridge24.sync.sqltypes import MYSQL_TEXT_BYTES, SqlType

NULL = b"\\N"
FIRST_YEAR = 1000
"""DATE and DATETIME begin with the year 1000: https://dev.mysql.com/doc/refman/8.4/en/datetime.html"""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def cell_for(column: Column) -> Callable[[object], bytes]:
    """Choose how a column's values are written."""
    read, write = reader_for(column), _WRITERS[column.type.name]
    type_ = column.type
    if column.family is Family.TEXT and not column.multiple and type_.is_text:
        return _text_cell(type_)

    def cell(raw: object) -> bytes:
        value = read(raw)
        return NULL if value is None else write(value, type_)

    return cell


def _text_cell(type_: SqlType) -> Callable[[object], bytes]:
    from_any = reader_for(Column("", "", Family.TEXT, type_))

    def cell(raw: object) -> bytes:
        if type(raw) is not str:
            raw = from_any(raw)
        return _text(raw, type_) if raw else NULL

    return cell


def text(value: str) -> bytes:
    """Write a text of any length."""
    if not value.isalnum():
        value = value.translate(_ESCAPES)
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise Unstorable("a text holds half of a surrogate pair") from None


def _text(value: Value, type_: SqlType) -> bytes:
    spelled = value if isinstance(value, str) else text_of(value)
    length = len(spelled)
    if type_.size and length > type_.size:
        raise Misfit(text_need(spelled, "mysql"))
    if type_.name == "TEXT" and length * 4 > MYSQL_TEXT_BYTES:
        need = text_need(spelled, "mysql")
        if need.name == "LONGTEXT":
            raise Misfit(need)
    return text(spelled)


def _bigint(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool) and value in INT64:
        return b"%d" % value
    raise Misfit(need_of(value, "mysql"))


def _boolean(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, bool):
        return b"1" if value else b"0"
    raise Misfit(need_of(value, "mysql"))


def _date(value: Value, _type: SqlType) -> bytes:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Misfit(need_of(value, "mysql"))
    if value.year < FIRST_YEAR:
        raise Misfit(text_need(str(value), "mysql"))
    return str(value).encode()


def _timestamp(value: Value, type_: SqlType) -> bytes:
    if not isinstance(value, date):
        raise Misfit(need_of(value, "mysql"))
    if value.year < FIRST_YEAR:
        raise Misfit(text_need(str(value), "mysql"))
    if isinstance(value, datetime) and value.microsecond and not type_.scale:
        raise Misfit(need_of(value, "mysql"))
    return str(value).encode()


def _double(value: Value, _type: SqlType) -> bytes:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Misfit(need_of(value, "mysql"))
    if fits_double(Decimal(value)):
        return repr(float(value)).encode()
    raise Misfit(need_of(Decimal(value), "mysql"))


def _numeric(value: Value, type_: SqlType) -> bytes:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Misfit(need_of(value, "mysql"))
    number = Decimal(value)
    if not fits_numeric(number, type_):
        raise Misfit(need_of(number, "mysql"))
    return format(at_scale(number, type_), "f").encode()


_WRITERS: dict[str, Callable[[Value, SqlType], bytes]] = {
    "BOOLEAN": _boolean,
    "BIGINT": _bigint,
    "DOUBLE": _double,
    "NUMERIC": _numeric,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
    "VARCHAR": _text,
    "TEXT": _text,
    "LONGTEXT": _text,
}
