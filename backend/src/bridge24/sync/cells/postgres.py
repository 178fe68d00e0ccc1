"""Cells of PostgreSQL's binary COPY: four bytes of length, then the value.

https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from struct import Struct

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
from bridge24.sync.sqltypes import SqlType

NULL = b"\xff\xff\xff\xff"
VISIBLE_NUL = "␀"
"""PostgreSQL cannot keep U+0000 in a text: its picture U+2400 stands for it."""

_EPOCH = datetime(2000, 1, 1)
_FIRST_DAY = date(2000, 1, 1).toordinal()
_LENGTH = Struct(">i").pack
_LENGTHS = [_LENGTH(length) for length in range(4096)]
_EIGHT = Struct(">iq").pack
_FOUR = Struct(">ii").pack
_DOUBLE = Struct(">id").pack
_TRUE, _FALSE = b"\x00\x00\x00\x01\x01", b"\x00\x00\x00\x01\x00"
_NEGATIVE = 0x4000


def cell_for(column: Column) -> Callable[[object], bytes]:
    """Choose how a column's values are written, with short cuts for the common pairs."""
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
    if "\0" in value:
        value = value.replace("\0", VISIBLE_NUL)
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        raise Unstorable("a text holds half of a surrogate pair") from None
    length = len(encoded)
    return (_LENGTHS[length] if length < 4096 else _LENGTH(length)) + encoded


def _text(value: Value, type_: SqlType) -> bytes:
    spelled = value if isinstance(value, str) else text_of(value)
    if type_.size and len(spelled) > type_.size:
        raise Misfit(text_need(spelled, "postgresql"))
    return text(spelled)


def bigint(value: int) -> bytes:
    """Write an integer of 64 bits."""
    return _EIGHT(8, value)


def _bigint(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool) and value in INT64:
        return _EIGHT(8, value)
    raise Misfit(need_of(value, "postgresql"))


def _boolean(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    raise Misfit(need_of(value, "postgresql"))


def _date(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, date) and not isinstance(value, datetime):
        return _FOUR(4, value.toordinal() - _FIRST_DAY)
    raise Misfit(need_of(value, "postgresql"))


def timestamp(value: datetime) -> bytes:
    """Write a moment: microseconds since 2000, without a zone."""
    since = value - _EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return _EIGHT(8, micros)


def _timestamp(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return timestamp(datetime(value.year, value.month, value.day))
    raise Misfit(need_of(value, "postgresql"))


def _double(value: Value, _type: SqlType) -> bytes:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        if fits_double(Decimal(value)):
            return _DOUBLE(8, float(value))
        raise Misfit(SqlType("NUMERIC"))
    raise Misfit(need_of(value, "postgresql"))


def _numeric(value: Value, type_: SqlType) -> bytes:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Misfit(need_of(value, "postgresql"))
    number = Decimal(value)
    if not fits_numeric(number, type_):
        raise Misfit(SqlType("NUMERIC"))
    return numeric(at_scale(number, type_))


def numeric(value: Decimal) -> bytes:
    """Write a decimal number: groups of four digits around the point, three at least.

    https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/numeric.c
    (numeric_recv)
    """
    whole, _, fraction = format(value.copy_abs(), "f").partition(".")
    digits = "0" * (-len(whole) % 4) + whole + fraction + "0" * (-len(fraction) % 4)
    groups = [int(digits[at : at + 4]) for at in range(0, len(digits), 4)]
    weight = (len(whole) + 3) // 4 - 1
    while len(groups) > 3 and not groups[0]:
        groups.pop(0)
        weight -= 1
    # Sums of money have one form, whichever way they are written: see postgres_bulk.
    if len(fraction) == 2 and weight == 0:
        groups.insert(0, 0)
        weight = 1
    sign = _NEGATIVE if value < 0 else 0
    pack = Struct(f">iHhHH{len(groups)}H").pack
    return pack(8 + 2 * len(groups), len(groups), weight, sign, len(fraction), *groups)


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
