"""Charts made by hand: what they ask of the database, and that it answers on both."""

import pytest
from sqlalchemy import text

from bridge24.charts.build import CannotBuild, Choices, Filter, build
from bridge24.charts.knowledge.facts import Column, Kind, Table
from bridge24.charts.spec import ChartType, Format, Grain
from bridge24.core.db import dialect_of, make_engine

DEALS = Table(
    "crm_deals",
    columns=[
        Column("id", "bigint", Kind.INTEGER),
        Column("title", "varchar(255)", Kind.TEXT),
        Column("opportunity", "numeric(18,2)", Kind.NUMBER, label="Сумма"),
        Column("currency_id", "varchar(255)", Kind.TEXT),
        Column("closed", "boolean", Kind.BOOLEAN),
        Column("closedate", "date", Kind.DATE),
        Column("assigned_by_id", "bigint", Kind.INTEGER),
        Column("_deleted_at", "timestamp", Kind.DATETIME),
    ],
)
TABLES = {"crm_deals": DEALS}
ROWS = """INSERT INTO crm_deals VALUES
 (1, 'a%b', 100.10, 'RUB', true, '2026-02-28', 7, NULL),
 (2, 'axb', 200.20, 'RUB', true, '2026-03-01', 7, NULL),
 (3, 'It''s', 5.00, 'USD', false, '2026-05-20', 8, NULL),
 (4, 'back\\\\slash', 9.00, 'RUB', false, NULL, 8, NULL),
 (5, 'gone', 999.00, 'RUB', true, '2026-02-01', 7, '2026-01-01 00:00:00')"""


async def answer(url: str, choices: Choices) -> list[dict[str, object]]:
    engine = make_engine(url)
    dialect = dialect_of(engine)
    spec = build(choices, TABLES, dialect=dialect)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TABLE crm_deals (id BIGINT PRIMARY KEY, title VARCHAR(255), "
                "opportunity NUMERIC(18,2), currency_id VARCHAR(255), closed BOOLEAN, "
                "closedate DATE, assigned_by_id BIGINT, _deleted_at TIMESTAMP NULL)"
            )
        )
        rows = ROWS if dialect == "mysql" else ROWS.replace("\\\\", "\\")
        await connection.exec_driver_sql(rows.replace("%", "%%"))
        found = await connection.exec_driver_sql(spec.sql.replace("%", "%%"))
        result = [dict(row) for row in found.mappings()]
    await engine.dispose()
    return result


def chosen(**more: object) -> Choices:
    return Choices.model_validate({"title": "t", "table": "crm_deals", **more})


async def test_money_is_summed_by_quarter_and_currency_without_deleted_rows(database: str) -> None:
    rows = await answer(
        database,
        chosen(dimension="closedate", grain="quarter", measure="opportunity", aggregation="sum"),
    )
    found = {(str(row["x"])[:10], row["part"]): float(str(row["value"])) for row in rows}
    assert found == {
        ("2026-01-01", "RUB"): 300.30,
        ("2026-04-01", "USD"): 5.00,
        ("None", "RUB"): 9.00,
    }


@pytest.mark.parametrize(
    ("grain", "firsts"),
    [
        ("day", {"2026-02-28", "2026-03-01", "2026-05-20"}),
        ("week", {"2026-02-23", "2026-05-18"}),
        ("month", {"2026-02-01", "2026-03-01", "2026-05-01"}),
        ("year", {"2026-01-01"}),
    ],
)
async def test_dates_are_cut_to_every_grain(database: str, grain: str, firsts: set[str]) -> None:
    rows = await answer(database, chosen(dimension="closedate", grain=grain))
    assert {str(row["x"])[:10] for row in rows if row["x"] is not None} == firsts


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (Filter(column="title", comparison="contains", values=["a%"]), 1),
        (Filter(column="title", comparison="=", values=["It's"]), 1),
        (Filter(column="title", comparison="=", values=["back\\slash"]), 1),
        (Filter(column="title", comparison="=", values=["' OR 1=1 -- "]), 0),
        (Filter(column="closed", comparison="=", values=["true"]), 2),
        (Filter(column="opportunity", comparison=">=", values=["100.10"]), 2),
        (Filter(column="currency_id", comparison="in", values=["USD", "EUR"]), 1),
        (Filter(column="closedate", comparison="empty"), 1),
        (Filter(column="closedate", comparison="<", values=["2026-03-01"]), 1),
    ],
)
async def test_filters_mean_what_they_say(database: str, condition: Filter, ids: int) -> None:
    (row,) = await answer(database, chosen(filters=[condition]))
    assert row["value"] == ids


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"table": "users"}, 'no table "users"'),
        ({"dimension": "nothing"}, 'no column "nothing"'),
        ({"aggregation": "sum"}, "needs a column"),
        ({"aggregation": "sum", "measure": "title"}, "holds no numbers"),
        ({"dimension": "title", "grain": "month"}, "is not a date"),
        ({"split_by": "title"}, "needs a dimension"),
        ({"filters": [{"column": "id", "comparison": "="}]}, "has no value"),
        ({"filters": [{"column": "id", "comparison": "=", "values": ["nan"]}]}, "is no integer"),
        ({"filters": [{"column": "id", "comparison": "=", "values": ["1 or 1=1"]}]}, "no integer"),
        ({"filters": [{"column": "closedate", "comparison": ">", "values": ["x"]}]}, "no date"),
    ],
)
def test_choices_that_do_not_fit_are_refused_with_the_reason(
    wrong: dict[str, object], reason: str
) -> None:
    with pytest.raises(CannotBuild, match=reason):
        build(chosen(**wrong), TABLES, dialect="postgresql")


def test_without_a_dimension_the_chart_is_one_figure() -> None:
    spec = build(chosen(), TABLES, dialect="mysql")
    assert (spec.chart_type, spec.x, spec.series[0].format) == (
        ChartType.NUMBER,
        None,
        Format.INTEGER,
    )
    assert build(chosen(dimension="title"), TABLES, dialect="mysql").grain is Grain.NONE
