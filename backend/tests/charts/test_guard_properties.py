"""Any query of the allowed grammar passes; any forbidden thing added to it is refused."""

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from bridge24.charts.errors import QueryRefused
from bridge24.charts.guard import Checked, Dialect, check
from bridge24.charts.guard.dialects import DIALECTS as SQLGLOT

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import DIALECTS, OWN_SCHEMA, TABLES, statements

NUMBERS = ("opportunity", "tax_value", "probability", "id")
TEXTS = ("title", "stage_id", "currency_id", "source_id")
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
DANGEROUS = st.sampled_from(
    [
        "DROP TABLE x",
        "'; DELETE FROM crm_deals; --",
        "/*! SLEEP(1) */",
        "pg_sleep(1)",
        "\\",
        "%s",
        ":x",
    ]
)
dialects = st.sampled_from(DIALECTS)


@st.composite
def conditions(draw: st.DrawFn, dialect: Dialect) -> str:
    """One comparison, perhaps with a text that looks dangerous."""
    value = draw(WORDS | DANGEROUS).replace("'", "''")
    if dialect == "mysql":
        value = value.replace("\\", "\\\\")
    column, number = draw(st.sampled_from(TEXTS)), draw(st.integers(-(10**9), 10**9))
    return draw(
        st.sampled_from(
            [
                f"d.{column} = '{value}'",
                f"d.{column} LIKE '{value}%'",
                f"d.{column} IN ('{value}', 'x')",
                f"d.{draw(st.sampled_from(NUMBERS))} > {number}",
                f"d.{column} IS NOT NULL",
                "d._deleted_at IS NULL",
                "d.date_create >= '2025-01-01'",
                "EXISTS (SELECT 1 FROM crm_companies e WHERE e.id = d.company_id)",
            ]
        )
    )


@st.composite
def queries(draw: st.DrawFn, dialect: Dialect) -> str:
    """A SELECT as charts have it."""
    measure = draw(
        st.sampled_from(
            ["COUNT(*)", *(f"{f}(d.{n})" for f in ("SUM", "AVG", "MAX") for n in NUMBERS)]
        )
    )
    dimension = draw(st.sampled_from([f"d.{text}" for text in TEXTS] + ["u.last_name"]))
    joins = " JOIN crm_users u ON u.id = d.assigned_by_id"
    where = " AND ".join(draw(st.lists(conditions(dialect), max_size=3)))
    having = draw(st.sampled_from(["", " HAVING COUNT(*) > 1"]))
    comment = draw(st.sampled_from(["", " /* DROP TABLE x; */", " -- a; b\n"]))
    source = draw(st.sampled_from(["crm_deals d", "(SELECT * FROM crm_deals) d"]))
    body = (
        f"SELECT {dimension} AS x, {measure} AS y{comment} FROM {source}{joins}"
        f"{' WHERE ' + where if where else ''} GROUP BY {dimension}{having} ORDER BY 2 DESC"
    )
    if draw(st.booleans()):
        return f"WITH t AS ({body} LIMIT 10) SELECT x, y FROM t ORDER BY x"
    return body


def _check(sql: str, dialect: Dialect) -> Checked:
    checked = check(sql, dialect=dialect, allowed_tables=TABLES, schema=OWN_SCHEMA[dialect])
    checked.executable()
    return checked


@given(dialects.flatmap(lambda dialect: st.tuples(st.just(dialect), queries(dialect))))
@settings(max_examples=150, deadline=None)
def test_any_query_of_the_allowed_grammar_passes(case: tuple[Dialect, str]) -> None:
    dialect, sql = case
    assert _check(sql, dialect).tables >= {"crm_deals", "crm_users"}


FORBIDDEN_VALUES: dict[Dialect, tuple[str, ...]] = {
    "postgresql": (
        *("pg_sleep(1)", "pg_read_file('x')", "set_config('a', 'b', false)", "current_user"),
        *("version()", "(SELECT 1 FROM operators)", "'x'::regclass", "nextval('s')", "x.f(1)"),
        *("pg_advisory_lock(1)", "dblink('x', 'y')", "(SELECT 1 FROM crm_deals FOR UPDATE)"),
        *("unknown_function(1)", "lo_import('x')", "query_to_xml('x', true, true, '')"),
    ),
    "mysql": (
        *(
            "SLEEP(1)",
            "BENCHMARK(9, 1)",
            "LOAD_FILE('x')",
            "USER()",
            "VERSION()",
            "GET_LOCK('a', 1)",
        ),
        *("(SELECT 1 FROM operators)", "(SELECT 1 FROM mysql.user)", "LAST_INSERT_ID(5)", "0x41"),
        *("unknown_function(1)", "x.f(1)", "UUID()", "(SELECT 1 FROM crm_deals FOR UPDATE)"),
    ),
}
FORBIDDEN_TABLES: dict[Dialect, tuple[str, ...]] = {
    "postgresql": ("operators", "pg_class", "information_schema.tables", '"CRM_DEALS"'),
    "mysql": ("operators", "mysql.user", "information_schema.tables", "CRM_DEALS"),
}


def _parsed(sql: str, dialect: Dialect) -> exp.Expr:
    parsed = SQLGLOT[dialect].parse(sql)[0]
    assert parsed is not None
    return parsed


def _with_forbidden_value(tree: exp.Expr, dialect: Dialect, chance: random.Random) -> exp.Expr:
    """Put a forbidden value in the place of one of the query's own."""
    places = [n for n in tree.find_all(exp.Column, exp.Literal, exp.Anonymous) if _is_value(n)]
    value = _parsed(f"SELECT {chance.choice(FORBIDDEN_VALUES[dialect])}", dialect).expressions[0]
    if places:
        chance.choice(places).replace(value)
    else:
        next(tree.find_all(exp.Select)).append("expressions", value)
    return tree


def _is_value(node: exp.Expr) -> bool:
    inside = (exp.Interval, exp.Anonymous, exp.DataTypeParam, exp.Order, exp.Limit, exp.Offset)
    return not isinstance(node.parent, (*inside, exp.Fetch, exp.Cast, exp.Group, exp.Ordered))


def _with_forbidden_table(tree: exp.Expr, dialect: Dialect, chance: random.Random) -> exp.Expr:
    """Put a forbidden table in the place of one of the query's own."""
    places = [t for t in tree.find_all(exp.Table) if t.name.lower().startswith("crm_deals")]
    sql = f"SELECT 1 FROM {chance.choice(FORBIDDEN_TABLES[dialect])}"
    table = _parsed(sql, dialect).find(exp.Table)
    assert table is not None
    if places:
        chance.choice(places).replace(table)
    return tree if places else _parsed(sql, dialect)


def _with_a_write(tree: exp.Expr, dialect: Dialect, chance: random.Random) -> exp.Expr:
    write = chance.choice(
        ["DELETE FROM crm_deals", "UPDATE crm_deals SET id = 1", "INSERT INTO crm_deals SELECT 1"]
    )
    cte = exp.CTE(this=_parsed(write, dialect), alias=exp.TableAlias(this=exp.to_identifier("w")))
    clause = tree.args.get("with_") or exp.With(expressions=[])
    clause.append("expressions", cte)
    tree.set("with_", clause)
    return tree


def _with_a_lock(tree: exp.Expr, dialect: Dialect, chance: random.Random) -> exp.Expr:
    select = chance.choice(list(tree.find_all(exp.Select)))
    select.set("locks", [exp.Lock(update=chance.random() < 0.5)])
    return tree


ROUNDS = 2
MUTATIONS = (_with_forbidden_value, _with_forbidden_table, _with_a_write, _with_a_lock)


@pytest.mark.parametrize("mutate", MUTATIONS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_mutation_of_a_legitimate_statement_gets_through(
    dialect: Dialect, mutate: object
) -> None:
    chance = random.Random(24)
    through = []
    for statement in statements("legitimate", dialect) * ROUNDS:
        tree = _parsed(statement.sql, dialect)
        mutated = SQLGLOT[dialect].generate(mutate(tree, dialect, chance))  # type: ignore[operator]
        try:
            through.append((mutated, _check(mutated, dialect).sql()))
        except QueryRefused:
            continue
    assert through == []


TAILS = (
    *("; DROP TABLE crm_deals", "; SELECT 1", " FOR UPDATE", " INTO OUTFILE '/tmp/x'", "\0"),
    *(" /*! SLEEP(1) */", " /*M! , SLEEP(1) */", " UNION ALL SELECT 1 FROM operators", " \\g"),
    *(";\n--\n; DELETE FROM crm_deals", " PROCEDURE ANALYSE()", "' OR 1=1", " /*"),
)


@given(
    dialects.flatmap(lambda dialect: st.tuples(st.just(dialect), queries(dialect))),
    st.sampled_from(TAILS),
)
@settings(max_examples=150, deadline=None)
def test_any_forbidden_tail_is_refused(case: tuple[Dialect, str], tail: str) -> None:
    dialect, sql = case
    with pytest.raises(QueryRefused):
        _check(sql.rstrip("\n") + "\n" + tail, dialect)


@given(dialects, st.text(max_size=60), st.integers(0, 200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_refused_in_words_or_written_as_one_select(
    dialect: Dialect, noise: str, at: int
) -> None:
    base = "SELECT title, COUNT(*) AS n FROM crm_deals WHERE stage_id = 'WON' GROUP BY title"
    try:
        checked = _check(base[:at] + noise + base[at:], dialect)
    except QueryRefused:
        return
    again = _check(checked.sql(), dialect)
    assert again.sql() == checked.sql()
    assert again.tables <= TABLES
