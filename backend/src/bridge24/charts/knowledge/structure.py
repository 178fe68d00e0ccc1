"""Reads which tables and views of the CRM there are, with the labels in their comments."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.charts.knowledge.facts import Column, Kind, Table
from bridge24.charts.knowledge.labels import label_of
from bridge24.charts.knowledge.personal import is_personal
from bridge24.charts.knowledge.references import refer
from bridge24.core.db import dialect_of

SERVICE_COLUMNS = frozenset({"_raw_hash", "_overflow"})
_SERVICE_KINDS = {"_synced_at": Kind.DATETIME, "_deleted_at": Kind.DATETIME}

_ON_POSTGRESQL = text(
    "SELECT c.relname, c.relkind IN ('v', 'm'), obj_description(c.oid, 'pg_class'), a.attname, "
    "format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm') "
    "AND (c.relname LIKE 'crm\\_%' OR c.relname LIKE 'v\\_crm\\_%') "
    "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
)
_ON_MYSQL = text(
    "SELECT t.table_name, t.table_type = 'VIEW', t.table_comment, c.column_name, c.column_type, "
    "c.column_comment FROM information_schema.tables t "
    "JOIN information_schema.columns c USING (table_schema, table_name) "
    "WHERE t.table_schema = DATABASE() "
    "AND (t.table_name LIKE 'crm\\_%' OR t.table_name LIKE 'v\\_crm\\_%') "
    "ORDER BY t.table_name, c.ordinal_position"
)


async def read_structure(connection: AsyncConnection) -> dict[str, Table]:
    """Read every table and view of the CRM, by name."""
    postgresql = dialect_of(connection) == "postgresql"
    found = await connection.execute(_ON_POSTGRESQL if postgresql else _ON_MYSQL)
    tables: dict[str, Table] = {}
    for name, is_view, label, column, spelled, comment in found:
        table = tables.get(name)
        if table is None:
            told = "" if is_view and not postgresql else label or ""
            table = tables[name] = Table(name, label=told, is_view=bool(is_view))
        if column not in SERVICE_COLUMNS:
            table.columns.append(_column(name, column, spelled, comment or ""))
    _lend_labels(tables)
    for table in tables.values():
        table.label = table.label or label_of(table.name)
    refer(tables.values())
    return tables


def _column(table: str, name: str, spelled: str, label: str) -> Column:
    type_ = spelled.lower()
    kind = _SERVICE_KINDS.get(name) or kind_of(type_)
    return Column(name, type_, kind, label, personal=is_personal(table, name, label))


def kind_of(type_: str) -> Kind:
    """Say what a column of a database type holds.

    >>> kind_of("numeric(18,2)"), kind_of("tinyint(1)"), kind_of("timestamp without time zone")
    (<Kind.NUMBER: 'number'>, <Kind.BOOLEAN: 'boolean'>, <Kind.DATETIME: 'datetime'>)
    """
    for start, kind in _KINDS:
        if type_.startswith(start):
            return kind
    return Kind.TEXT


_KINDS: Sequence[tuple[str, Kind]] = (
    ("tinyint(1)", Kind.BOOLEAN),
    ("bool", Kind.BOOLEAN),
    ("bigint", Kind.INTEGER),
    ("int", Kind.INTEGER),
    ("smallint", Kind.INTEGER),
    ("tinyint", Kind.INTEGER),
    ("numeric", Kind.NUMBER),
    ("decimal", Kind.NUMBER),
    ("double", Kind.NUMBER),
    ("real", Kind.NUMBER),
    ("float", Kind.NUMBER),
    ("timestamp", Kind.DATETIME),
    ("datetime", Kind.DATETIME),
    ("date", Kind.DATE),
    ("json", Kind.JSON),
)


def _lend_labels(tables: dict[str, Table]) -> None:
    """Give a view the labels of the table it comes from, and note which columns are words.

    A view's own comment says what a view is, not what is in it; MySQL keeps none for views.
    """
    for view in tables.values():
        base = tables.get(view.name.removeprefix("v_")) if view.is_view else None
        if base is None:
            continue
        view.label = base.label or view.label
        labels = {column.name: column.label for column in base.columns}
        last = ""
        for column in view.columns:
            if column.name in labels:
                last = column.name
            else:
                # Words stand right after the codes they say.
                column.words_of = last
            column.label = column.label or labels.get(column.name, "")
            column.personal = column.personal or is_personal(base.name, column.name, column.label)


def fingerprint(tables: Iterable[Table]) -> str:
    """Digest what the tables look like: another digest means that something has changed."""
    told: list[Any] = [
        (table.name, table.label, [(c.name, c.type, c.label) for c in table.columns])
        for table in sorted(tables, key=lambda table: table.name)
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
