"""The three questions of the owner's document, and how a text is read."""

import pytest

from bridge24.charts.errors import (
    ForbiddenTable,
    NotOneStatement,
    OtherSchema,
    QueryRefused,
    QueryTooLarge,
    SuspiciousText,
    UnknownParameter,
)
from bridge24.charts.guard import Dialect, check
from bridge24.charts.guard.lexer import read
from bridge24.charts.service import ChartService

ensure_limit = ChartService.ensure_limit


@pytest.mark.parametrize(
    ("sql", "limited"),
    [
        ("SELECT id FROM t", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t LIMIT 7", 'SELECT "id" FROM "t" LIMIT 7'),
        ("SELECT id FROM t LIMIT 1000000", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t LIMIT ALL", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t LIMIT :n", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t LIMIT 5 + 500", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t OFFSET 5", 'SELECT "id" FROM "t" LIMIT 100 OFFSET 5'),
        ("SELECT id FROM t ORDER BY id;", 'SELECT "id" FROM "t" ORDER BY "id" LIMIT 100'),
        ("SELECT id FROM t -- LIMIT 5", 'SELECT "id" FROM "t" LIMIT 100'),
        ("SELECT id FROM t /* LIMIT 5 */", 'SELECT "id" FROM "t" LIMIT 100'),
        (
            "SELECT id FROM (SELECT id FROM t LIMIT 5) AS q",
            'SELECT "id" FROM (SELECT "id" FROM "t" LIMIT 5) AS "q" LIMIT 100',
        ),
        (
            "SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a",
            'SELECT 1 AS "a" UNION ALL SELECT 2 ORDER BY "a" LIMIT 100',
        ),
        ("(SELECT id FROM t)", '(SELECT "id" FROM "t") LIMIT 100'),
        ("(SELECT id FROM t LIMIT 900)", '(SELECT "id" FROM "t" LIMIT 900) LIMIT 100'),
        (
            "WITH q AS (SELECT id FROM t) SELECT id FROM q",
            'WITH "q" AS (SELECT "id" FROM "t") SELECT "id" FROM "q" LIMIT 100',
        ),
    ],
)
def test_a_limit_is_set_on_the_query_itself(sql: str, limited: str) -> None:
    assert ensure_limit(sql, 100) == limited


def test_a_limit_of_mysql_keeps_its_offset() -> None:
    assert ensure_limit("SELECT id FROM t LIMIT 5, 500", 100, dialect="mysql") == (
        "SELECT `id` FROM `t` LIMIT 100 OFFSET 5"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM crm_deals FETCH FIRST 500 ROWS ONLY",
        "SELECT id FROM crm_deals FETCH FIRST 5000000 ROWS ONLY",
    ],
)
def test_fetch_first_is_a_limit_too(sql: str) -> None:
    assert ensure_limit(sql, 100).endswith("LIMIT 100")


def test_with_ties_has_no_end_and_is_refused() -> None:
    with pytest.raises(QueryRefused):
        ensure_limit("SELECT id FROM t ORDER BY id FETCH FIRST 5 ROWS WITH TIES", 100)


def test_what_may_not_run_gets_no_limit_either() -> None:
    with pytest.raises(NotOneStatement):
        ensure_limit("SELECT 1; DROP TABLE t", 100)


@pytest.mark.parametrize(
    ("dialect", "sql", "accepted"),
    [
        ("postgresql", "SELECT 1 FROM CRM_Deals", True),
        ("postgresql", 'SELECT 1 FROM "CRM_Deals"', False),
        ("postgresql", 'SELECT 1 FROM "crm_deals"', True),
        ("mysql", "SELECT 1 FROM CRM_Deals", False),
        ("mysql", "SELECT 1 FROM `crm_deals`", True),
        ("postgresql", "WITH CRM_x AS (SELECT 1) SELECT * FROM crm_X", True),
        ("postgresql", 'WITH "CRM_x" AS (SELECT 1) SELECT * FROM crm_x', False),
        ("mysql", "WITH crm_x AS (SELECT 1) SELECT * FROM CRM_X", False),
        ("postgresql", "WITH operators AS (SELECT 1) SELECT * FROM operators", True),
        ("postgresql", "WITH operators AS (SELECT 1) SELECT * FROM public.operators", False),
    ],
)
def test_names_are_compared_as_the_server_compares_them(
    dialect: Dialect, sql: str, *, accepted: bool
) -> None:
    try:
        ChartService.validate_table_names(sql, ["crm_deals"], dialect=dialect)
    except ForbiddenTable:
        assert not accepted
    else:
        assert accepted


def test_only_the_schema_of_the_tables_may_be_named() -> None:
    def named(schema: str | None) -> None:
        check(
            "SELECT 1 FROM mirror.crm_deals",
            dialect="postgresql",
            allowed_tables={"crm_deals"},
            schema=schema,
        )

    named("mirror")
    for other in ("public", None):
        with pytest.raises(OtherSchema, match="mirror"):
            named(other)


def test_small_tables_may_be_joined_freely_when_their_size_is_known() -> None:
    sql = "SELECT 1 FROM crm_deals, crm_statuses"
    tables = {"crm_deals", "crm_statuses"}
    check(sql, dialect="mysql", allowed_tables=tables, rows={"crm_statuses": 40})
    with pytest.raises(QueryRefused, match="crm_statuses"):
        check(sql, dialect="mysql", allowed_tables=tables, rows={"crm_statuses": 40_000})


def test_parameters_are_named_and_only_known_ones_are_taken() -> None:
    sql = "SELECT 1 FROM t WHERE a = :since AND b = ':not_one' AND c LIKE '50%'"
    checked = check(sql, dialect="postgresql", allowed_tables=None, parameters={"since"})
    assert checked.parameters == {"since"}
    assert checked.executable().endswith(
        """WHERE "a" = %(since)s AND "b" = ':not_one' AND "c" LIKE '50%%' """.rstrip()
    )
    with pytest.raises(UnknownParameter, match=":since"):
        check(sql, dialect="postgresql", allowed_tables=None, parameters=())


def test_without_parameters_a_percent_sign_is_not_doubled() -> None:
    checked = check("SELECT '50%' AS p, 7 % 3", dialect="mysql", allowed_tables=None)
    assert checked.executable() == "SELECT '50%' AS `p`, 7 % 3"


@pytest.mark.parametrize(
    ("dialect", "sql", "strings"),
    [
        ("postgresql", r"SELECT 'a\', 'it''s'", ["a\\", "it's"]),
        ("postgresql", r"SELECT E'a\'b\n'", ["a'b\n"]),
        ("postgresql", "SELECT $x$a $$ 'b'$x$", ["a $$ 'b'"]),
        ("postgresql", "SELECT 'a' /* ' /* ' */ ' */ , 'b' -- '", ["a", "b"]),
        ("mysql", r"SELECT 'a\\', 'it\'s', 'x''y'", ["a\\", "it's", "x'y"]),
        ("mysql", 'SELECT "a\'b", "c""d"', ["a'b", 'c"d']),
        ("mysql", r"SELECT '50\%', 'a\_b', 'q\q'", [r"50\%", r"a\_b", "qq"]),
        ("mysql", "SELECT 'a' /* ' /* ' */ , 'b' # '\n, 'c' -- '\n", ["a", "b", "c"]),
        ("mysql", "SELECT 1--'a'", ["a"]),
    ],
)
def test_strings_are_found_where_the_server_finds_them(
    dialect: Dialect, sql: str, strings: list[str]
) -> None:
    assert read(sql, dialect).strings == strings


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_a_text_beyond_measure_is_refused_quickly_and_in_words(dialect: Dialect) -> None:
    for sql in (
        "SELECT " + "1," * 20_000 + "1",
        "SELECT " + "(" * 3_000 + "1" + ")" * 3_000,
        "SELECT " + "NOT " * 3_900 + "TRUE",
        "SELECT " + "-" * 0 + "- " * 3_900 + "1",
        "SELECT " + "+".join("1" * 3_900),
        "SELECT " + "CASE WHEN 1=1 THEN " * 500 + "1" + " END" * 500,
        "SELECT 1 " + "UNION ALL SELECT 1 " * 1_200,
    ):
        try:
            check(sql, dialect=dialect, allowed_tables=set()).executable()
        except QueryTooLarge:
            continue
        assert sql.count("UNION") or sql.count("+"), sql[:40]


def test_a_look_alike_of_a_space_is_named() -> None:
    with pytest.raises(SuspiciousText, match="no-break space"):
        check("SELECT\u00a01", dialect="mysql", allowed_tables=None)
