"""SQL types of mirrored columns, and the smallest type that holds two of them."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Dialect = Literal["postgresql", "mysql"]
Name = Literal[
    "BOOLEAN",
    "BIGINT",
    "DOUBLE",
    "NUMERIC",
    "DATE",
    "TIMESTAMP",
    "VARCHAR",
    "TEXT",
    "LONGTEXT",
]

# https://dev.mysql.com/doc/refman/8.4/en/precision-math-decimal-characteristics.html
MYSQL_DIGITS, MYSQL_SCALE = 65, 30
BIGINT_DIGITS = 19
MYSQL_TEXT_BYTES = 65_535


@dataclass(frozen=True, slots=True)
class SqlType:
    """A column type without its dialect's spelling.

    ``size`` is the length of a VARCHAR or the digits of a NUMERIC (0: without limit,
    PostgreSQL only); ``scale`` the decimals of a NUMERIC or of a TIMESTAMP's second.
    """

    name: Name
    size: int = 0
    scale: int = 0

    @property
    def is_text(self) -> bool:
        """Whether any value has a spelling in it."""
        return self.name in {"VARCHAR", "TEXT", "LONGTEXT"}

    def sql(self, dialect: Dialect) -> str:
        """Spell the type for a dialect."""
        if self.name == "NUMERIC":
            word = "NUMERIC" if dialect == "postgresql" else "DECIMAL"
            return f"{word}({self.size},{self.scale})" if self.size else word
        if self.name == "VARCHAR":
            return f"VARCHAR({self.size})"
        if self.name == "TIMESTAMP" and dialect == "mysql":
            # MySQL's own TIMESTAMP ends in January 2038.
            return f"DATETIME({self.scale})" if self.scale else "DATETIME"
        if self.name == "DOUBLE" and dialect == "postgresql":
            return "DOUBLE PRECISION"
        return self.name


BOOLEAN = SqlType("BOOLEAN")
BIGINT = SqlType("BIGINT")
DOUBLE = SqlType("DOUBLE")
MONEY = SqlType("NUMERIC", 18, 2)
NUMERIC = SqlType("NUMERIC")
DATE = SqlType("DATE")
TIMESTAMP = SqlType("TIMESTAMP")
TIMESTAMP_MICROS = SqlType("TIMESTAMP", scale=6)
VARCHAR = SqlType("VARCHAR", 255)
TEXT = SqlType("TEXT")
LONGTEXT = SqlType("LONGTEXT")

_TEXTS: list[Name] = ["VARCHAR", "TEXT", "LONGTEXT"]


def union(one: SqlType, other: SqlType, dialect: Dialect) -> SqlType:
    """Find the type that keeps every value of both without changing any."""
    if one == other:
        return one
    if one.is_text or other.is_text:
        return _text_union(one, other)
    names = {one.name, other.name}
    if names == {"TIMESTAMP"}:
        return replace(one, scale=max(one.scale, other.scale))
    if names == {"DATE", "TIMESTAMP"}:
        return one if one.name == "TIMESTAMP" else other
    if names <= {"BIGINT", "NUMERIC", "DOUBLE"}:
        return _number_union(one, other, dialect)
    return _text_union(_text_union(VARCHAR, one), other)


def _text_union(one: SqlType, other: SqlType) -> SqlType:
    texts = [type_ for type_ in (one, other) if type_.is_text]
    widest = max(texts, key=lambda type_: (_TEXTS.index(type_.name), type_.size))
    numeric = next((type_ for type_ in (one, other) if type_.name == "NUMERIC"), None)
    # A NUMERIC of 1,000 digits does not fit a short VARCHAR.
    if widest.name == "VARCHAR" and numeric and not 0 < numeric.size < widest.size - 2:
        return TEXT
    return widest


def _number_union(one: SqlType, other: SqlType, dialect: Dialect) -> SqlType:
    if dialect == "postgresql":
        return NUMERIC
    # A double may be 1e300 or 1e-300: only a text keeps each of them on MySQL.
    if "DOUBLE" in {one.name, other.name}:
        return VARCHAR
    whole = max(_whole_digits(one), _whole_digits(other))
    scale = max(one.scale, other.scale)
    if whole + scale > MYSQL_DIGITS or scale > MYSQL_SCALE:
        return VARCHAR if whole + scale < VARCHAR.size - 2 else TEXT
    return SqlType("NUMERIC", whole + scale, scale)


def _whole_digits(type_: SqlType) -> int:
    return BIGINT_DIGITS if type_.name == "BIGINT" else type_.size - type_.scale


_SPELLINGS: dict[str, Name] = {
    "boolean": "BOOLEAN",
    "tinyint": "BOOLEAN",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "double": "DOUBLE",
    "numeric": "NUMERIC",
    "decimal": "NUMERIC",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "datetime": "TIMESTAMP",
    "character varying": "VARCHAR",
    "varchar": "VARCHAR",
    "text": "TEXT",
    "longtext": "LONGTEXT",
}


@lru_cache(maxsize=1024)
def parse(spelling: str) -> SqlType | None:
    """Read what ``format_type`` or ``COLUMN_TYPE`` says; None for a type we never use."""
    match = re.fullmatch(r"([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( without time zone)?", spelling)
    if match is None:
        return None
    name = _SPELLINGS.get(match[1] + (match[4] or ""))
    if name is None:
        return None
    first, second = int(match[2] or 0), int(match[3] or 0)
    if name == "TIMESTAMP":
        return SqlType(name, scale=first)
    if name in {"VARCHAR", "NUMERIC"}:
        return SqlType(name, first, second)
    return SqlType(name)
