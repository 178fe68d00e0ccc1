"""The smallest type that keeps two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.sync.names import LONGEST, Names, snake_case
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    LONGTEXT,
    MONEY,
    NUMERIC,
    TEXT,
    TIMESTAMP,
    TIMESTAMP_MICROS,
    VARCHAR,
    Dialect,
    SqlType,
    parse,
    union,
)

types = st.one_of(
    st.sampled_from(
        [BIGINT, BOOLEAN, DATE, DOUBLE, LONGTEXT, TEXT, TIMESTAMP, TIMESTAMP_MICROS, VARCHAR]
    ),
    st.builds(
        lambda whole, scale: SqlType("NUMERIC", whole + scale, scale),
        st.integers(1, 35),
        st.integers(0, 30),
    ),
)
dialects: st.SearchStrategy[Dialect] = st.sampled_from(["postgresql", "mysql"])


@given(types, types, types, dialects)
def test_the_order_of_widening_does_not_narrow(
    one: SqlType, two: SqlType, three: SqlType, dialect: Dialect
) -> None:
    pair = union(one, two, dialect)

    assert union(two, one, dialect) == pair
    assert union(one, one, dialect) == one
    # What was taken in is not given up again.
    assert union(pair, one, dialect) == pair
    assert union(pair, two, dialect) == pair
    wider = union(pair, three, dialect)
    assert union(wider, pair, dialect) == wider


@pytest.mark.parametrize(
    ("one", "two", "mysql", "postgresql"),
    [
        (VARCHAR, TEXT, TEXT, TEXT),
        (TEXT, LONGTEXT, LONGTEXT, LONGTEXT),
        (BIGINT, VARCHAR, VARCHAR, VARCHAR),
        (BIGINT, MONEY, SqlType("NUMERIC", 21, 2), NUMERIC),
        (MONEY, SqlType("NUMERIC", 10, 6), SqlType("NUMERIC", 22, 6), NUMERIC),
        (DOUBLE, SqlType("NUMERIC", 20, 19), VARCHAR, NUMERIC),
        (DATE, TIMESTAMP, TIMESTAMP, TIMESTAMP),
        (TIMESTAMP, TIMESTAMP_MICROS, TIMESTAMP_MICROS, TIMESTAMP_MICROS),
        (BOOLEAN, BIGINT, VARCHAR, VARCHAR),
        (DATE, BIGINT, VARCHAR, VARCHAR),
        (SqlType("NUMERIC", 60, 2), SqlType("NUMERIC", 30, 29), VARCHAR, NUMERIC),
    ],
)
def test_unions(one: SqlType, two: SqlType, mysql: SqlType, postgresql: SqlType) -> None:
    assert union(one, two, "mysql") == mysql
    assert union(one, two, "postgresql") == postgresql


@pytest.mark.parametrize(
    ("spelling", "type_"),
    [
        ("character varying(255)", VARCHAR),
        ("varchar(300)", SqlType("VARCHAR", 300)),
        ("numeric(18,2)", MONEY),
        ("numeric", NUMERIC),
        ("decimal(18,2)", MONEY),
        ("bigint", BIGINT),
        ("bigint(20)", BIGINT),
        ("tinyint(1)", BOOLEAN),
        ("double precision", DOUBLE),
        ("double", DOUBLE),
        ("timestamp without time zone", TIMESTAMP),
        ("datetime(6)", TIMESTAMP_MICROS),
        ("longtext", LONGTEXT),
        ("timestamp with time zone", None),
        ("smallint", None),
        ("int(11)", None),
        ("bigint unsigned", None),
        ("enum('a','b')", None),
    ],
)
def test_types_are_read_from_the_databases_own_spelling(
    spelling: str, type_: SqlType | None
) -> None:
    assert parse(spelling) == type_


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("UF_CRM_1", "uf_crm_1"),
        ("DATE_CREATE", "date_create"),
        ("stageId", "stage_id"),
        ("ufCrm44_1721812760630", "uf_crm44_1721812760630"),
        ("PARENT_ID_1220", "parent_id_1220"),
        ("utmSource", "utm_source"),
        ("a-b c", "a_b_c"),
    ],
)
def test_names_are_lower_snake_case(code: str, name: str) -> None:
    assert snake_case(code) == name


@given(st.lists(st.text(max_size=90), unique=True, max_size=20), dialects)
def test_no_two_codes_share_a_name_and_none_is_too_long(codes: list[str], dialect: Dialect) -> None:
    names = Names(dialect)

    given_names = [names.take(code) for code in codes]

    assert len(set(given_names)) == len(codes)
    assert all(0 < len(name) <= LONGEST[dialect] and name.isascii() for name in given_names)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_codes_that_fold_to_one_name_are_told_apart(dialect: Dialect) -> None:
    names = Names(dialect)

    folded = [names.take(code) for code in ("UF_A", "uf_a", "UF-A", "UF A", "ufA", "ID", "x" * 99)]

    assert folded[0] == "uf_a"
    assert len(set(folded)) == 7
    assert "id" not in folded
