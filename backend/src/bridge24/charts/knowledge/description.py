"""Describes the tables in words without any language model; pure."""

import re
from collections.abc import Mapping, Sequence

from bridge24.charts.knowledge.facts import Column, Table

MAIN_COLUMNS = 15
_MAIN = ("crm_deals", "crm_leads", "crm_contacts", "crm_companies", "crm_quotes")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "# What is in the database",
        "sum": "{tables} tables of the CRM with {rows} rows and {columns} columns, of which "
        "{empty} are empty everywhere.",
        "rows": "{count} rows",
        "estimate": "about {count} rows",
        "view": "a view with names instead of codes",
        "columns": "Columns that hold most:",
        "column": "| Column | What it is | Type | Filled |",
        "leads": "→ `{table}`",
        "more": "… and {count} more, {empty} of them empty.",
        "joins": "## How the tables join",
        "traps": "## Mind",
        "trap_deleted": "- Rows deleted in the portal stay, with `_deleted_at` set: leave them out "
        "with `_deleted_at IS NULL`. Views do so themselves.",
        "trap_currency": "- Amounts stand in the currency of their row (`currency_id`): do not add "
        "different ones up.",
        "trap_child": "- Tables ending in `_multifields` hold several rows for one owner: a join "
        "multiplies the owner's rows.",
    },
    "ru": {
        "title": "# Что есть в базе данных",
        "sum": "Таблиц CRM: {tables}, строк: {rows}, колонок: {columns}, из них пустых везде: "
        "{empty}.",
        "rows": "строк: {count}",
        "estimate": "строк примерно: {count}",
        "view": "представление с названиями вместо кодов",
        "columns": "Самые заполненные колонки:",
        "column": "| Колонка | Что это | Тип | Заполнена |",
        "leads": "→ `{table}`",
        "more": "… и ещё {count}, из них пустых: {empty}.",
        "joins": "## Как таблицы связаны",
        "traps": "## На что обратить внимание",
        "trap_deleted": "- Удалённые на портале строки остаются, у них заполнено `_deleted_at`: "
        "исключайте их условием `_deleted_at IS NULL`. Представления делают это сами.",
        "trap_currency": "- Суммы указаны в валюте своей строки (`currency_id`): не складывайте "
        "разные валюты.",
        "trap_child": "- В таблицах с окончанием `_multifields` у одного владельца несколько "
        "строк: соединение с ними размножает его строки.",
    },
}


def describe(tables: Sequence[Table], *, language: str) -> str:
    """Describe the tables as Markdown from what is known of them, in ``ru`` or ``en``."""
    words = WORDS.get(language, WORDS["en"])
    known = sorted(tables, key=_importance)
    lines = [words["title"], "", _summary(known, words)]
    for table in known:
        lines += ["", f"## `{table.name}`", "", _opening(table, words)]
        if not table.is_view:
            lines += ["", words["columns"], "", *_columns(table, words)]
    joins = [line for table in known if not table.is_view for line in _joins(table)]
    if joins:
        lines += ["", words["joins"], "", *joins]
    traps = [words[name] for name in words if name.startswith("trap_")]
    return "\n".join([*lines, "", words["traps"], "", *traps, ""])


def _importance(table: Table) -> tuple[bool, int, str]:
    place = _MAIN.index(table.name) if table.name in _MAIN else len(_MAIN)
    return table.is_view, place, table.name


def _summary(tables: Sequence[Table], words: Mapping[str, str]) -> str:
    own = [table for table in tables if not table.is_view]
    columns = [column for table in own for column in table.columns]
    return words["sum"].format(
        tables=len(own),
        rows=sum(table.rows or 0 for table in own),
        columns=len(columns),
        empty=sum(column.empty for column in columns),
    )


def _opening(table: Table, words: Mapping[str, str]) -> str:
    count = words["rows" if table.rows_exact else "estimate"].format(count=table.rows or 0)
    parts = [_safe(table.label), words["view"] if table.is_view else "", count]
    return ", ".join(part for part in parts if part) + "."


def _columns(table: Table, words: Mapping[str, str]) -> list[str]:
    shown = sorted(table.columns, key=lambda column: column.null_share or 0.0)[:MAIN_COLUMNS]
    shown = [column for column in table.columns if column in shown and not column.empty]
    lines = [words["column"], "|---|---|---|---|", *(_row(column, words) for column in shown)]
    rest = [column for column in table.columns if column not in shown]
    if rest:
        empty = sum(column.empty for column in rest)
        lines += ["", words["more"].format(count=len(rest), empty=empty)]
    return lines


def _row(column: Column, words: Mapping[str, str]) -> str:
    what = _safe(column.label)
    if column.reference is not None:
        what = f"{what} {words['leads'].format(table=column.reference.table)}".strip()
    filled = "" if column.null_share is None else f"{1 - column.null_share:.0%}"
    return f"| `{column.name}` | {what} | {column.kind} | {filled} |"


def _joins(table: Table) -> list[str]:
    return [
        f"- `{table.name}.{column.name}` = `{column.reference.table}.{column.reference.column}`"
        for column in table.columns
        if column.reference is not None and not column.empty
    ]


def _safe(label: str) -> str:
    """Write a label so that Markdown and HTML in it stay plain words."""
    plain = re.sub(r"\s+", " ", label).strip()
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", plain)
