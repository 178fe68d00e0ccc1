"""What the owner's document calls ``ChartService``: charts from question to picture."""

from collections.abc import Collection

from bridge24.charts import execute, guard
from bridge24.charts.guard import Dialect
from bridge24.charts.values import Json


class ChartService:
    """Checks, runs and keeps charts."""

    @staticmethod
    def validate_sql_query(sql: str, *, dialect: Dialect = "postgresql") -> None:
        """Accept one reading SELECT made of allowed parts.

        Raises:
            QueryRefused: Why not, in one sentence.
        """
        guard.validate_sql_query(sql, dialect=dialect)

    @staticmethod
    def validate_table_names(
        sql: str, allowed: Collection[str], *, dialect: Dialect = "postgresql"
    ) -> None:
        """Accept a query that reads only these tables, spelled as the database spells them.

        Raises:
            QueryRefused: Why not, in one sentence.
        """
        guard.validate_table_names(sql, allowed, dialect=dialect)

    @staticmethod
    def ensure_limit(sql: str, max_rows: int, *, dialect: Dialect = "postgresql") -> str:
        """Return the query with at most ``max_rows`` rows; a smaller limit of its own stays.

        Raises:
            QueryRefused: The query may not be executed at all.
        """
        return guard.ensure_limit(sql, max_rows, dialect=dialect)

    @staticmethod
    async def execute_chart_query(sql: str) -> tuple[list[dict[str, Json]], float]:
        """Check a query and run it read-only; return its rows and how many seconds it took.

        Raises:
            ChartServiceError: It may not be run, or was run in vain.
            DatabaseError: The database cannot be reached.
        """
        answer = await execute.execute_chart_query(sql)
        return answer.rows, answer.seconds
