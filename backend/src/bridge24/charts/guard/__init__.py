"""The SQL guard: what is not allowed by name is refused."""

from bridge24.charts.guard.gate import Checked, check
from bridge24.charts.guard.lexer import Dialect
from bridge24.charts.guard.rules import ensure_limit, validate_sql_query, validate_table_names

__all__ = [
    "Checked",
    "Dialect",
    "check",
    "ensure_limit",
    "validate_sql_query",
    "validate_table_names",
]
