"""What the owner's document calls ``ChartService``: charts from question to picture."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from bridge24.charts import guard, queries, saved
from bridge24.charts.describe import context_of, tables_of_crm
from bridge24.charts.execute import Value, execute_chart_query
from bridge24.charts.guard import Dialect
from bridge24.charts.knowledge.facts import Column, Table
from bridge24.charts.models import AIChart
from bridge24.charts.spec import ChartSpec
from bridge24.charts.values import Json
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction


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

    async def get_schema_context(
        self, table_filter: Collection[str] | None = None, *, question: str = ""
    ) -> str:
        """Describe the tables for a language model, within its budget of tokens.

        Args:
            table_filter: Only these tables; None: all.
            question: What matters for it comes first.
        """
        return (await context_of(question, table_filter=table_filter)).text

    async def get_tables_info(self, *, fresh: bool = False) -> list[dict[str, Any]]:
        """Describe every table and view of the CRM with its columns and figures."""
        return [_table(table) for table in await tables_of_crm(fresh=fresh)]

    @staticmethod
    async def execute_chart_query(
        sql: str, parameters: Mapping[str, Value] | None = None
    ) -> tuple[list[dict[str, Json]], float]:
        """Check a query and run it read-only; return its rows and how many seconds it took.

        Raises:
            ChartServiceError: It may not be run, or was run in vain.
            DatabaseError: The database cannot be reached.
        """
        answer = await execute_chart_query(sql, parameters=parameters)
        return answer.rows, answer.seconds

    async def save_chart(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep a chart: ``{chart, description, prompt, pinned, refresh_minutes, created_by}``.

        Raises:
            QueryRefused: Its query may not be run.
        """
        spec = ChartSpec.model_validate(data["chart"])
        await saved.checked(spec)
        now = utc_naive()
        async with transaction() as session:
            pinned = bool(data.get("pinned", False))
            chart = AIChart(
                **_of_spec(spec),
                description=data.get("description", ""),
                prompt=data.get("prompt", ""),
                pinned=pinned,
                position=await queries.last_position(session) + 1 if pinned else 0,
                width=1,
                refresh_minutes=data.get("refresh_minutes"),
                created_by=data.get("created_by", ""),
                created_at=now,
                updated_at=now,
            )
            session.add(chart)
            await session.flush()
            return shown(chart)

    async def change_chart(self, chart_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change a saved chart; a new query, or new defaults, throw the kept answer away.

        Raises:
            NoSuchChart: It is not there.
            QueryRefused: Its new query may not be run.
        """
        plain = dict(changes)
        chosen = plain.pop("chart", None)
        spec = ChartSpec.model_validate(chosen) if chosen else None
        if spec is not None:
            await saved.checked(spec)
        async with transaction() as session:
            chart = await saved.found(session, chart_id)
            for name, value in plain.items():
                setattr(chart, name, value)
            if spec is not None:
                if saved.asks_otherwise(chart, spec):
                    chart.result = chart.result_at = chart.result_error = None
                for name, value in _of_spec(spec).items():
                    setattr(chart, name, value)
            chart.updated_at = utc_naive()
            return shown(chart)

    async def duplicate_chart(self, chart_id: int, *, by: str = "") -> dict[str, Any]:
        """Make a copy of a saved chart, not pinned."""
        async with transaction() as session:
            original = shown(await saved.found(session, chart_id))
        kept = ("chart", "description", "prompt", "refresh_minutes")
        return await self.save_chart({**{name: original[name] for name in kept}, "created_by": by})

    async def get_charts(
        self, page: int = 1, per_page: int = 20
    ) -> tuple[list[dict[str, Any]], int]:
        """List saved charts, pinned ones first; returns one page and the count of all."""
        async with transaction() as session:
            charts, total = await queries.page_of_charts(
                session, offset=(page - 1) * per_page, limit=per_page
            )
            return [shown(chart) for chart in charts], total

    async def get_chart(self, chart_id: int) -> dict[str, Any]:
        """Find one chart.

        Raises:
            NoSuchChart: It is not there.
        """
        async with transaction() as session:
            return shown(await saved.found(session, chart_id))

    async def delete_chart(self, chart_id: int) -> bool:
        """Delete a chart; False when there was none."""
        async with transaction() as session:
            chart = await session.get(AIChart, chart_id)
            if chart is not None:
                await session.delete(chart)
            return chart is not None

    async def toggle_pin(self, chart_id: int) -> dict[str, Any]:
        """Put a chart on the dashboard, at its end, or take it off.

        Raises:
            NoSuchChart: It is not there.
        """
        async with transaction() as session:
            chart = await saved.found(session, chart_id)
            chart.position = 0 if chart.pinned else await queries.last_position(session) + 1
            chart.pinned = not chart.pinned
            return {"id": chart.id, "pinned": chart.pinned}


def shown(chart: AIChart) -> dict[str, Any]:
    """Tell a chart without its answer."""
    plain = {name: getattr(chart, name) for name in _SHOWN}
    return {
        **plain,
        "chart": json.loads(chart.spec),
        "result_error": saved.failure_of(chart),
    }


_SHOWN = (
    "id",
    "title",
    "description",
    "prompt",
    "pinned",
    "position",
    "width",
    "refresh_minutes",
    "created_by",
    "created_at",
    "updated_at",
    "result_at",
)


def _of_spec(spec: ChartSpec) -> dict[str, Any]:
    return {
        "title": spec.title,
        "chart_type": spec.chart_type.value,
        "sql_query": spec.sql,
        "spec": spec.model_dump_json(),
    }


def _table(table: Table) -> dict[str, Any]:
    names = ("name", "label", "is_view", "rows", "rows_exact", "fresh_at")
    told = {name: getattr(table, name) for name in names}
    return {**told, "columns": [_column(column) for column in table.columns]}


def _column(column: Column) -> dict[str, Any]:
    names = ("name", "type", "label", "personal", "null_share", "values", "least", "greatest")
    reference = column.reference
    return {
        **{name: getattr(column, name) for name in names},
        "kind": column.kind.value,
        "labels": column.said,
        "references": reference and {"table": reference.table, "column": reference.column},
    }
