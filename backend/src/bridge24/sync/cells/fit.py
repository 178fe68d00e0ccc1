"""Whether a value fits a column type, and which type it would need."""

from datetime import date, datetime
from decimal import Context, Decimal

from bridge24.sync.readers import Value
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    LONGTEXT,
    MYSQL_DIGITS,
    MYSQL_SCALE,
    MYSQL_TEXT_BYTES,
    TEXT,
    TIMESTAMP,
    TIMESTAMP_MICROS,
    VARCHAR,
    Dialect,
    SqlType,
)

INT64 = range(-(2**63), 2**63)
_EXACT = Context(prec=100_000)


class Misfit(Exception):
    """The value needs a wider column."""

    def __init__(self, need: SqlType) -> None:
        super().__init__(need.name)
        self.need = need


class Unstorable(Exception):
    """No column type holds the value: it is a text with half of a character."""


def text_of(value: Value) -> str:
    """Spell a value for a text column, as the database itself would when it converts one."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def need_of(value: Value, dialect: Dialect) -> SqlType:
    """Name the narrowest type that keeps a value."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, datetime):
        return TIMESTAMP_MICROS if value.microsecond else TIMESTAMP
    if isinstance(value, date):
        return DATE
    if isinstance(value, int) and value in INT64:
        return BIGINT
    if isinstance(value, int | Decimal):
        return _number_need(Decimal(value), dialect)
    return text_need(text_of(value), dialect)


def text_need(text: str, dialect: Dialect) -> SqlType:
    """Name the narrowest text type for a text."""
    if len(text) <= VARCHAR.size:
        return VARCHAR
    if dialect == "mysql" and len(text.encode(errors="replace")) > MYSQL_TEXT_BYTES:
        return LONGTEXT
    return TEXT


def digits(value: Decimal) -> tuple[int, int]:
    """Count the digits before and after the point, without idle zeros."""
    number = value.normalize(_EXACT) if value else Decimal(0)
    exponent = number.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    return max(0, number.adjusted() + 1), scale


def _number_need(value: Decimal, dialect: Dialect) -> SqlType:
    whole, scale = digits(value)
    if dialect == "mysql" and (whole + scale > MYSQL_DIGITS or scale > MYSQL_SCALE):
        return text_need(text_of(value), dialect)
    return SqlType("NUMERIC", max(1, whole + scale), scale)


def fits_numeric(value: Decimal, type_: SqlType) -> bool:
    """Whether a NUMERIC column keeps the value digit by digit."""
    if not type_.size:
        return True
    whole, scale = digits(value)
    return scale <= type_.scale and whole <= type_.size - type_.scale


def at_scale(value: Decimal, type_: SqlType) -> Decimal:
    """Spell a number as its column shows it: ``5`` is ``5.00`` in a NUMERIC(18,2)."""
    if not type_.size:
        return value
    shown = value.quantize(Decimal(1).scaleb(-type_.scale), context=_EXACT)
    return shown or shown.copy_abs()


def fits_double(value: Decimal) -> bool:
    """Whether the decimal text survives a binary double."""
    try:
        return Decimal(repr(float(value))) == value
    except OverflowError:
        return False
