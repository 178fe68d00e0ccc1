r"""One value as the text that COPY and LOAD DATA read; the empty text is NULL; pure.

Both read the same form, tabs between the cells and escapes with a backslash:
https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
https://dev.mysql.com/doc/refman/8.4/en/load-data.html#load-data-field-line-handling
"""

from collections.abc import Callable, Mapping
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
from bridge24.sync.sqltypes import MYSQL_TEXT_BYTES, Dialect, Name, SqlType

Cell = Callable[[object], str]

NULL = ""
NULLS: dict[Dialect, str] = {"postgresql": NULL, "mysql": "\\N"}
"""How a server is told of it: unlike COPY, LOAD DATA cannot be told that empty means NULL."""
VISIBLE_NUL = "␀"
"""PostgreSQL cannot keep U+0000 in a text: its picture U+2400 stands for it."""
FIRST_YEAR = 1000
"""MySQL's days begin with the year 1000: https://dev.mysql.com/doc/refman/8.4/en/datetime.html"""

ESCAPES: dict[Dialect, tuple[tuple[str, str], ...]] = {
    # The backslash comes first: the others write one.
    "postgresql": (
        ("\\", "\\\\"),
        ("\t", "\\t"),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\0", VISIBLE_NUL),
    ),
    "mysql": (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")),
}


def cell_for(column: Column, dialect: Dialect) -> Cell:
    """Choose how a column's values are written, one by one.

    What is written raises ``Misfit`` when the column would change the value and
    ``Unstorable`` when every column would.
    """
    read, write, type_ = reader_for(column), _WRITERS[column.type.name], column.type
    if column.family is Family.TEXT and not column.multiple and type_.is_text:
        return _text_cell(type_, dialect)

    def cell(raw: object) -> str:
        value = read(raw)
        return NULL if value is None else write(value, type_, dialect)

    return cell


def _text_cell(type_: SqlType, dialect: Dialect) -> Cell:
    from_any = reader_for(Column("", "", Family.TEXT, type_))

    def cell(raw: object) -> str:
        if type(raw) is not str:
            raw = from_any(raw)
        return _text(raw, type_, dialect) if raw else NULL

    return cell


def text(value: str, dialect: Dialect) -> str:
    """Write a text of any length."""
    if value.isalnum() and value.isascii():
        return value
    for letter, escape in ESCAPES[dialect]:
        value = value.replace(letter, escape)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unstorable from None
    return value


def _text(value: Value, type_: SqlType, dialect: Dialect) -> str:
    spelled = value if isinstance(value, str) else text_of(value)
    length = len(spelled)
    if type_.size and length > type_.size:
        raise Misfit(text_need(spelled, dialect))
    if dialect == "mysql" and type_.name == "TEXT" and length * 4 > MYSQL_TEXT_BYTES:
        need = text_need(spelled, dialect)
        if need.name == "LONGTEXT":
            raise Misfit(need)
    return text(spelled, dialect)


def _bigint(value: Value, _type: SqlType, dialect: Dialect) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value in INT64:
        return str(value)
    raise Misfit(need_of(value, dialect))


def _boolean(value: Value, _type: SqlType, dialect: Dialect) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    raise Misfit(need_of(value, dialect))


def _date(value: Value, _type: SqlType, dialect: Dialect) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Misfit(need_of(value, dialect))
    if dialect == "mysql" and value.year < FIRST_YEAR:
        raise Misfit(text_need(str(value), dialect))
    return str(value)


def _timestamp(value: Value, type_: SqlType, dialect: Dialect) -> str:
    if not isinstance(value, date):
        raise Misfit(need_of(value, dialect))
    if dialect == "mysql" and value.year < FIRST_YEAR:
        raise Misfit(text_need(str(value), dialect))
    if not isinstance(value, datetime):
        return f"{value} 00:00:00"
    if dialect == "mysql" and value.microsecond and not type_.scale:
        raise Misfit(need_of(value, dialect))
    return str(value)


def _double(value: Value, _type: SqlType, dialect: Dialect) -> str:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Misfit(need_of(value, dialect))
    number = Decimal(value)
    if fits_double(number):
        return repr(float(value)).removesuffix(".0")
    raise Misfit(_exact(number, dialect))


def _numeric(value: Value, type_: SqlType, dialect: Dialect) -> str:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise Misfit(need_of(value, dialect))
    number = Decimal(value)
    if not fits_numeric(number, type_):
        raise Misfit(_exact(number, dialect))
    return format(at_scale(number, type_), "f")


def _exact(number: Decimal, dialect: Dialect) -> SqlType:
    return SqlType("NUMERIC") if dialect == "postgresql" else need_of(number, dialect)


_WRITERS: Mapping[Name, Callable[[Value, SqlType, Dialect], str]] = {
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
