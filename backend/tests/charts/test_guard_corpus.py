"""The guard on the whole corpus: every hostile statement refused, every legitimate accepted."""

import sys
from pathlib import Path

import pytest

from bridge24.charts.errors import QueryRefused
from bridge24.charts.guard import Dialect, check
from bridge24.charts.service import ChartService

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from guard_corpus import DIALECTS, OWN_SCHEMA, TABLES, statements

MOST_WORDS = 45


def _check(sql: str, dialect: Dialect) -> str:
    checked = check(sql, dialect=dialect, allowed_tables=TABLES, schema=OWN_SCHEMA[dialect])
    checked.executable()
    return checked.sql()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_corpus_is_as_large_as_promised_and_each_statement_has_its_reason(
    dialect: Dialect,
) -> None:
    hostile, legitimate = statements("hostile", dialect), statements("legitimate", dialect)

    assert len({statement.sql for statement in hostile}) >= 300
    assert len({statement.sql for statement in legitimate}) >= 150
    assert all(statement.why for statement in hostile + legitimate)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_hostile_statement_is_refused(dialect: Dialect) -> None:
    accepted = []
    for statement in statements("hostile", dialect):
        try:
            accepted.append((statement.why, statement.sql, _check(statement.sql, dialect)))
        except QueryRefused:
            continue
    assert accepted == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_legitimate_statement_is_accepted(dialect: Dialect) -> None:
    refused = []
    for statement in statements("legitimate", dialect):
        try:
            _check(statement.sql, dialect)
        except QueryRefused as error:
            refused.append((statement.sql, str(error)))
    assert refused == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_executed_is_accepted_itself_and_written_the_same_again(dialect: Dialect) -> None:
    for statement in statements("legitimate", dialect):
        once = _check(statement.sql, dialect)
        assert _check(once, dialect) == once


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_refusal_is_one_sentence_that_says_why(dialect: Dialect) -> None:
    for statement in statements("hostile", dialect):
        with pytest.raises(QueryRefused) as refused:
            _check(statement.sql, dialect)
        sentence = str(refused.value)
        assert sentence.startswith(("The query is refused because", "The query cannot be read:"))
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence.split()) <= MOST_WORDS


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_names_of_the_owners_document_say_the_same(dialect: Dialect) -> None:
    for statement in statements("legitimate", dialect):
        ChartService.validate_sql_query(statement.sql, dialect=dialect)
        ChartService.validate_table_names(statement.sql, sorted(TABLES), dialect=dialect)
    for statement in statements("hostile", dialect):
        with pytest.raises(QueryRefused):
            ChartService.validate_table_names(statement.sql, sorted(TABLES), dialect=dialect)
