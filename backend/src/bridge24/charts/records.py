"""The records behind a bar: the same query, asked for its rows instead of their sum; pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlglot import exp

from bridge24.charts.errors import ChartServiceError
from bridge24.charts.guard import Dialect
from bridge24.charts.guard.tree import parse, readable, render
from bridge24.charts.spec import ChartSpec

Value = None | bool | int | float | str
MOST_RECORDS = 500
# https://apidocs.bitrix24.com : where the portal shows a record.
_CARDS = {
    "crm_deals": "crm/deal/details/{}/",
    "crm_leads": "crm/lead/details/{}/",
    "crm_contacts": "crm/contact/details/{}/",
    "crm_companies": "crm/company/details/{}/",
    "crm_quotes": "crm/type/7/details/{}/",
    "crm_smart_invoices": "crm/type/31/details/{}/",
}
_TITLES = ("title", "name", "subject", "last_name")


class NoRecords(ChartServiceError):
    """The records behind this chart cannot be told apart: its query {reason}."""

    status = 422


def records_query(
    spec: ChartSpec,
    where: Mapping[str, Value],
    columns: Mapping[str, list[str]],
    *,
    dialect: Dialect,
) -> tuple[str, str, dict[str, Value]]:
    """Turn a chart's query into one for the records behind a part of it.

    Args:
        spec: The chart.
        where: The part: key columns of the answer with their values.
        columns: The columns of every table.
        dialect: ``postgresql`` or ``mysql``.

    Returns:
        The table, the query (``id`` and ``title`` of at most 500 rows) and its further
        parameters.

    Raises:
        NoRecords: The query is more than a grouped SELECT over one main table.
    """
    tree = parse(spec.sql, dialect)
    if not isinstance(tree, exp.Select):
        raise NoRecords(reason="is made of several queries")
    table, alias = _main(tree, columns)
    query = tree.copy()
    values: dict[str, Value] = {}
    for place, (name, value) in enumerate(where.items()):
        key = _key(tree, name)
        if value is None:
            query = query.where(key.is_(exp.null()))
        else:
            values[f"part_{place}"] = value
            query = query.where(exp.EQ(this=key, expression=exp.Placeholder(this=f"part_{place}")))
    for part in ("group", "having", "order", "limit", "offset", "distinct"):
        query.set(part, None)
    title = next((each for each in _TITLES if each in columns[table]), "id")
    shown = [exp.alias_(exp.column("id", table=alias), "id")]
    shown.append(exp.alias_(exp.column(title, table=alias), "title"))
    query.set("expressions", shown)
    query = query.order_by(exp.column("id", table=alias).desc()).limit(MOST_RECORDS)
    return table, readable(render(query, dialect)), values


def portal_of(webhook: SecretStr | None) -> str | None:
    """Name the portal of a webhook's address, without its secret."""
    return None if webhook is None else urlsplit(webhook.get_secret_value()).netloc or None


def card_url(portal: str | None, table: str, record: int) -> str | None:
    """Say where the portal shows a record: ``https://acme.bitrix24.ru/crm/deal/details/7/``."""
    base = table.removeprefix("v_")
    path = _CARDS.get(base)
    if path is None and base.startswith("crm_dynamic_"):
        path = f"crm/type/{base.removeprefix('crm_dynamic_')}/details/{{}}/"
    return f"https://{portal}/{path.format(record)}" if portal and path else None


def _main(tree: exp.Select, columns: Mapping[str, list[str]]) -> tuple[str, str]:
    if tree.args.get("with_") or tree.args.get("with"):
        raise NoRecords(reason="is made of several queries")
    source = tree.args.get("from_") or tree.args.get("from")
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or "id" not in columns.get(table.name, []):
        raise NoRecords(reason="does not begin with a table that has an id")
    return table.name, table.alias_or_name


def _key(tree: exp.Select, name: str) -> exp.Expr:
    """Find what a column of the answer is computed from; it must be what rows are grouped by."""
    for place, projection in enumerate(tree.selects, start=1):
        if projection.alias_or_name == name:
            key: exp.Expr = projection.unalias()
            if _is_grouped(tree, key, name=name, place=place):
                return key.copy()
            raise NoRecords(reason=f'does not group by "{name}"')
    raise NoRecords(reason=f'has no column "{name}"')


def _is_grouped(tree: exp.Select, key: exp.Expr, *, name: str, place: int) -> bool:
    group = tree.args.get("group")
    by = group.expressions if group is not None else []
    named = (name, str(place))
    return any(each == key or each.name in named for each in by)
