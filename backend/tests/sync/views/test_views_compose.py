"""The SQL of a view: names that fit, joins that are few, words that need quoting."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix import crm
from bridge24.bitrix.fields import Field
from bridge24.core.db import connection
from bridge24.sync.fields import FieldMapper
from bridge24.sync.names import LONGEST
from bridge24.sync.sqltypes import Dialect
from bridge24.sync.views.compose import MAX_JOINS, View, compose
from bridge24.sync.views.recipe import Recipe, recipe_for
from bridge24.sync.views.spelling import Spelling

ID = Field("ID", "integer", title="ID")
EVIL = ["O'Neill", 'say "7","9"', "back\\slash", "100 %", "[x]", "строка\nдве", "''", "\x01a\x02"]
dialects = pytest.mark.parametrize("dialect", ["postgresql", "mysql"])


def _view(dialect: Dialect, *fields: Field) -> View:
    layout = FieldMapper(dialect).columns("deal", [ID, *fields])
    recipe = recipe_for(crm.DEAL, layout, [ID, *fields])
    columns = {column.name: column.type for column in layout.columns}
    tables = {layout.table: columns, "crm_users": {"id": None, "name": None, "last_name": None}}
    read = Recipe.from_json(recipe.to_json())
    assert read == recipe
    return compose(read, tables, dialect=dialect, language="ru", order=())


@dialects
@given(st.lists(st.from_regex(r"UF_CRM_[A-Z]{1,60}", fullmatch=True), unique=True, max_size=8))
def test_every_name_fits_and_is_there_once(dialect: Dialect, codes: list[str]) -> None:
    view = _view(dialect, *(Field(code, "boolean", custom=True) for code in codes))

    assert len(view.columns) == 1 + 2 * len(codes)
    assert all(len(name) <= LONGEST[dialect] for name in view.columns)


@dialects
def test_a_word_gives_way_to_every_real_column(dialect: Dialect) -> None:
    codes = ("STAGE_ID", "STAGE", "STAGE_LABEL")
    fields = [Field(code, "crm_status", status_type="DEAL_STAGE") for code in codes]

    view = _view(dialect, *fields)

    assert {"stage_id", "stage", "stage_label"} < view.columns.keys()
    assert len(view.columns) == 7


@dialects
def test_a_portal_of_many_fields_does_not_exceed_the_joins_of_a_query(dialect: Dialect) -> None:
    people = [Field(f"UF_CRM_{number}", "employee", custom=True) for number in range(100)]

    view = _view(dialect, *people)

    assert view.select.count("LEFT JOIN") == MAX_JOINS
    assert len(view.columns) == 201


async def test_words_come_out_of_the_database_as_they_went_in(mirrored: str) -> None:
    dialect: Dialect = "postgresql" if mirrored.startswith("postgresql") else "mysql"
    spell = Spelling(dialect)
    pairs = [(str(7 + place), word) for place, word in enumerate(EVIL)]
    listed = json.dumps([code for code, _ in pairs] + ["99"], separators=(",", ":"))
    async with connection() as conn:
        for code, word in [*pairs, ("99", "99")]:
            chosen = spell.chosen(spell.literal(code), pairs)
            found = await conn.exec_driver_sql(
                f"SELECT {chosen}", execution_options={"no_parameters": True}
            )
            assert found.scalar_one() == word
        joined = await conn.exec_driver_sql(
            f"SELECT {spell.chosen_list(spell.literal(listed), pairs)}",
            execution_options={"no_parameters": True},
        )
    words = [word.replace("\x01", "").replace("\x02", "") for word in EVIL]
    assert joined.scalar_one() == ", ".join([*words, "99"])
