"""Plain values in the spelling of a bulk load, one file a dialect; pure."""

from collections.abc import Callable

from bridge24.sync.cells import mysql, postgres
from bridge24.sync.layout import Column
from bridge24.sync.sqltypes import Dialect

Cell = Callable[[object], bytes]
"""A CRM value → what the loader sends; raises Misfit or Unstorable."""


def cell_for(column: Column, dialect: Dialect) -> Cell:
    """Choose once how a column's values are written."""
    if dialect == "postgresql":
        return postgres.cell_for(column)
    return mysql.cell_for(column)
