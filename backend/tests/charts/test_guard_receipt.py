"""What the reader of a chart is warned of."""

import sys
from pathlib import Path

import pytest

from bridge24.charts.guard import check
from bridge24.charts.receipt import Doubt, Warned, facts_of, warnings_of

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import DIALECTS, TABLES

DEALS = [
    *("id", "opportunity", "currency_id", "closedate", "begindate", "closed", "stage_semantic_id"),
    *("is_recurring", "company_id", "_deleted_at"),
]
COLUMNS = {
    "crm_deals": DEALS,
    "crm_deals_multifields": ["owner_id", "id", "type_id", "value"],
    "crm_product_rows": ["id", "owner_id", "price", "quantity"],
    "crm_companies": ["id", "title", "_deleted_at"],
    "v_crm_deals": [*DEALS[:-2]],
}
CLEAN = "_deleted_at IS NULL AND NOT is_recurring"


def _warned(sql: str, *, dialect: str = "postgresql") -> set[tuple[Doubt, str, str]]:
    checked = check(
        sql,
        dialect="mysql" if dialect == "mysql" else "postgresql",
        allowed_tables=TABLES | {"v_crm_deals"},
    )
    found = warnings_of(checked, facts_of(COLUMNS))
    assert len(found) == len(set(found))
    return {(warned.doubt, warned.table, warned.column) for warned in found}


def _doubts(sql: str) -> set[Doubt]:
    return {doubt for doubt, _, _ in _warned(sql)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sum_of_several_currencies_is_doubtful(dialect: str) -> None:
    sql = f"SELECT SUM(opportunity) AS s FROM crm_deals WHERE {CLEAN}"
    assert _warned(sql, dialect=dialect) == {(Doubt.MIXED_CURRENCIES, "crm_deals", "opportunity")}


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT currency_id, SUM(opportunity) FROM crm_deals WHERE {CLEAN} GROUP BY currency_id",
        f"SELECT currency_id AS c, AVG(opportunity) FROM crm_deals WHERE {CLEAN} GROUP BY 1",
        f"SELECT currency_id AS c, AVG(opportunity) FROM crm_deals WHERE {CLEAN} GROUP BY c",
        f"SELECT SUM(opportunity) FROM crm_deals WHERE {CLEAN} AND currency_id = 'RUB'",
        f"SELECT SUM(CASE WHEN currency_id = 'RUB' THEN opportunity END) FROM crm_deals "
        f"WHERE {CLEAN}",
        f"SELECT SUM(opportunity) FILTER (WHERE currency_id = 'RUB') FROM crm_deals WHERE {CLEAN}",
        f"SELECT MAX(opportunity) FROM crm_deals WHERE {CLEAN}",
        f"SELECT COUNT(opportunity) FROM crm_deals WHERE {CLEAN}",
    ],
)
def test_one_currency_or_currencies_apart_are_not(sql: str) -> None:
    assert Doubt.MIXED_CURRENCIES not in _doubts(sql)


def test_deleted_rows_are_counted_unless_the_query_looks_at_the_mark() -> None:
    counted = "SELECT COUNT(*) FROM crm_companies"
    assert _warned(counted) == {(Doubt.DELETED_ROWS, "crm_companies", "_deleted_at")}
    assert _warned(f"{counted} WHERE _deleted_at IS NULL") == set()
    assert _warned("SELECT COUNT(*) FROM v_crm_deals WHERE NOT is_recurring") == set()


def test_a_condition_on_another_table_does_not_hide_deleted_rows() -> None:
    sql = (
        "SELECT c.title, COUNT(d.id) FROM crm_companies c JOIN crm_deals d ON d.company_id = c.id "
        "AND d._deleted_at IS NULL AND NOT d.is_recurring GROUP BY c.title"
    )
    assert _warned(sql) == {(Doubt.DELETED_ROWS, "crm_companies", "_deleted_at")}


def test_the_rows_of_a_subquery_are_looked_at_too() -> None:
    inner = "WITH t AS (SELECT id FROM crm_companies) SELECT COUNT(*) FROM t"
    assert _doubts(inner) == {Doubt.DELETED_ROWS}


def test_templates_of_recurring_deals_are_counted_unless_left_out() -> None:
    counted = "SELECT COUNT(*) FROM crm_deals WHERE _deleted_at IS NULL"
    assert _warned(counted) == {(Doubt.RECURRING_TEMPLATES, "crm_deals", "is_recurring")}
    assert _doubts(f"{counted} AND is_recurring = FALSE") == set()


def test_a_planned_date_is_doubtful_until_the_query_asks_for_closed_deals() -> None:
    by_month = (
        "SELECT date_trunc('month', closedate) AS m, COUNT(*) FROM crm_deals "
        f"WHERE {CLEAN} {{}} GROUP BY 1"
    )
    assert _warned(by_month.format("")) == {(Doubt.PLANNED_DATE, "crm_deals", "closedate")}
    assert _doubts(by_month.format("AND stage_semantic_id = 'S'")) == set()
    assert _doubts(by_month.format("AND closed")) == set()


@pytest.mark.parametrize(
    ("measure", "doubtful"),
    [
        ("SUM(d.opportunity)", True),
        ("COUNT(*)", True),
        ("COUNT(d.id)", True),
        ("COUNT(DISTINCT d.id)", False),
        ("MAX(d.opportunity)", False),
        ("SUM(p.quantity)", False),
    ],
)
def test_a_child_table_multiplies_what_is_added_of_its_parent(
    measure: str, *, doubtful: bool
) -> None:
    sql = (
        f"SELECT d.currency_id, {measure} FROM crm_deals d "
        "JOIN crm_product_rows p ON p.owner_id = d.id "
        "WHERE d._deleted_at IS NULL AND NOT d.is_recurring GROUP BY d.currency_id"
    )
    assert (Doubt.MULTIPLIED_ROWS in _doubts(sql)) is doubtful


def test_a_child_asked_for_in_a_subquery_multiplies_nothing() -> None:
    sql = (
        f"SELECT COUNT(*) FROM crm_deals WHERE {CLEAN} AND id IN "
        "(SELECT owner_id FROM crm_product_rows)"
    )
    assert _doubts(sql) == set()


def test_a_careful_query_is_doubted_in_nothing() -> None:
    sql = (
        "SELECT currency_id, SUM(opportunity) FROM crm_deals WHERE stage_semantic_id = 'S' "
        f"AND closedate >= '2026-01-01' AND {CLEAN} GROUP BY currency_id"
    )
    assert warnings_of(check(sql, dialect="postgresql", allowed_tables=TABLES), {}) == []
    assert _doubts(sql) == set()


def test_a_warning_names_its_table_and_column() -> None:
    assert Warned(Doubt.DELETED_ROWS, "crm_leads", "_deleted_at").doubt == "deleted_rows"
