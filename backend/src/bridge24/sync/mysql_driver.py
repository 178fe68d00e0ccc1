"""Speaking to MySQL's driver itself, under SQLAlchemy."""

from collections.abc import Sequence
from typing import Any

import aiomysql

Rows = Sequence[tuple[Any, ...]]


class _QuietCursor(aiomysql.Cursor):  # type: ignore[misc]
    """Leaves warnings to us: the driver would print each of them."""

    async def _show_warnings(self, _connection: object) -> None:
        """Print nothing."""


async def run(driver: Any, statement: str | bytes, *values: object) -> Rows:
    """Run one statement and return its rows; with no values nothing in it is replaced."""
    async with driver.cursor(_QuietCursor) as cursor:
        await cursor.execute(statement, values or None)
        rows: Rows = await cursor.fetchall()
        return rows


def quoted(name: str) -> str:
    """Quote an identifier."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
