"""What the compiled library is told about a layout."""

import ctypes
import re

from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.native import binding
from bridge24.sync.native.binding import Kind
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    MONEY,
    MYSQL_TEXT_BYTES,
    VARCHAR,
    Dialect,
    SqlType,
)

_KINDS: dict[tuple[Family, SqlType], Kind] = {
    (Family.KEY, BIGINT): Kind.KEY,
    (Family.INTEGER, BIGINT): Kind.WHOLE,
    (Family.REFERENCE, BIGINT): Kind.REFERENCE,
    (Family.FILE, BIGINT): Kind.REFERENCE,
    (Family.NUMBER, MONEY): Kind.SUM,
    (Family.NUMBER, DOUBLE): Kind.DOUBLE,
    (Family.AMOUNT, MONEY): Kind.AMOUNT,
    (Family.CURRENCY, VARCHAR): Kind.CURRENCY,
    (Family.BOOLEAN, BOOLEAN): Kind.BOOLEAN,
    (Family.DATE, DATE): Kind.DAY,
}
_TEXTS = {Family.TEXT: Kind.TEXT, Family.CHOICE: Kind.CHOICE}
_ITEMS: dict[Family, Kind] = {
    **_TEXTS,
    Family.INTEGER: Kind.WHOLE,
    Family.REFERENCE: Kind.REFERENCE,
    Family.FILE: Kind.REFERENCE,
    Family.DATE: Kind.DAY,
    Family.DATETIME: Kind.MOMENT,
}


_ESCAPED = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')


class CompiledPlan:
    """The structures, and the memory they point to."""

    def __init__(self, layout: Layout) -> None:
        codes = dict.fromkeys([*(column.code for column in layout.columns), *layout.skipped])
        places = {code: place for place, code in enumerate(codes)}
        own = [column for column in layout.columns if not column.overflow]
        named = [code.encode() for code in codes]
        self._fields = (binding.Field * len(named))(
            *(binding.Field(code, len(code)) for code in named)
        )
        self._columns = (binding.Column * len(own))(
            *(_compiled(each, places[each.code], layout.dialect) for each in own)
        )
        self._values = (binding.Value * len(codes))()
        self._following = (ctypes.c_uint32 * (len(codes) + 1))()
        self.compiled = binding.Plan(
            fields=self._fields,
            columns=self._columns,
            field_count=len(codes),
            column_count=len(own),
            values=self._values,
            following=self._following,
            mysql=layout.dialect == "mysql",
        )


def is_plain(layout: Layout) -> bool:
    """Whether the library can type rows for a layout.

    The key is a number, lists are kept as texts, and no code needs an escape in JSON.
    """
    codes = [*(column.code for column in layout.columns), *layout.skipped]
    return (
        kind_of(layout.key) is Kind.KEY
        and all(column.type.is_text for column in layout.columns if column.multiple)
        and not any(map(_ESCAPED.search, codes))
    )


def _compiled(column: Column, field: int, dialect: Dialect) -> binding.Column:
    return binding.Column(field, limit_of(column, dialect), kind_of(column), column.multiple)


def kind_of(column: Column) -> Kind:
    """Choose the kind; OTHER is left to Python, but for its empty values."""
    family, type_ = column.family, column.type
    if column.multiple:
        return _ITEMS.get(family, Kind.OTHER)
    if type_.is_text and family in _TEXTS:
        return _TEXTS[family]
    if family is Family.DATETIME and type_.name == "TIMESTAMP":
        return Kind.MOMENT
    return _KINDS.get((family, type_), Kind.OTHER)


def limit_of(column: Column, dialect: Dialect) -> int:
    """Say how long a text certainly fits: in characters, a list in bytes; 0: any length."""
    if column.type.size:
        return column.type.size
    if column.multiple:
        return MYSQL_TEXT_BYTES
    # A character takes four bytes at most.
    return MYSQL_TEXT_BYTES // 4 if dialect == "mysql" and column.type.name == "TEXT" else 0
