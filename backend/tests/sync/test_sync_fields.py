"""Which columns the fields of a portal become."""

import json

import pytest

from bridge24.bitrix.fields import Field
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Family, Layout
from bridge24.sync.sqltypes import Dialect

ID = Field("ID", "integer", title="ID")


def _columns(*fields: Field, dialect: Dialect = "postgresql") -> dict[str, tuple[str, str]]:
    layout = FieldMapper(dialect).columns("deal", [ID, *fields])
    return {c.name: (c.family.value, c.type.sql(dialect)) for c in layout.columns}


@pytest.mark.parametrize(
    ("type_", "postgresql", "mysql"),
    [
        ("string", "VARCHAR(255)", "VARCHAR(255)"),
        ("text", "TEXT", "TEXT"),
        ("integer", "BIGINT", "BIGINT"),
        ("double", "DOUBLE PRECISION", "DOUBLE"),
        ("boolean", "BOOLEAN", "BOOLEAN"),
        ("char", "BOOLEAN", "BOOLEAN"),
        ("datetime", "TIMESTAMP", "DATETIME"),
        ("date", "DATE", "DATE"),
        ("enumeration", "VARCHAR(255)", "VARCHAR(255)"),
        ("crm_multifield", "VARCHAR(255)", "VARCHAR(255)"),
        ("crm_status", "VARCHAR(255)", "VARCHAR(255)"),
        ("user", "BIGINT", "BIGINT"),
        ("file", "BIGINT", "BIGINT"),
        ("rest_12_colour", "TEXT", "TEXT"),
    ],
)
def test_types_are_those_of_the_owners_table(type_: str, postgresql: str, mysql: str) -> None:
    field = Field("UF_X", type_, custom=True)

    assert _columns(field)["uf_x"][1] == postgresql
    assert _columns(field, dialect="mysql")["uf_x"][1] == mysql


@pytest.mark.parametrize("type_", ["string", "integer", "money", "file", "boolean", "date"])
def test_fields_with_several_values_are_texts(type_: str) -> None:
    assert _columns(Field("UF_X", type_, multiple=True))["uf_x"][1] == "TEXT"


@pytest.mark.parametrize(
    "code",
    ["OPPORTUNITY", "opportunity", "TAX_VALUE", "taxValue", "REVENUE", "PRICE", "priceNetto"],
)
def test_sums_of_standard_fields_are_decimals(code: str) -> None:
    column = FieldMapper("mysql").columns("deal", [ID, Field(code, "double")]).columns[1]

    assert column.type.sql("mysql") == "DECIMAL(18,2)"


def test_a_custom_double_is_no_sum_of_money_whatever_its_name() -> None:
    assert _columns(Field("UF_PRICE", "double", custom=True))["uf_price"][1] == "DOUBLE PRECISION"


def test_money_becomes_an_amount_and_a_currency_even_beside_a_namesake() -> None:
    columns = _columns(Field("UF_X", "money"), Field("UF_X_CURRENCY", "string"))

    assert columns["uf_x"] == ("amount", "NUMERIC(18,2)")
    assert columns["uf_x_currency"] == ("text", "VARCHAR(255)")
    assert [family for family, _ in columns.values()].count("currency") == 1


def test_a_copy_of_everything_else_is_not_kept() -> None:
    layout = FieldMapper("mysql").columns("deal", [ID, Field("searchContent", "text")])

    assert [column.name for column in layout.columns] == ["id"]
    assert "searchContent" in layout.skipped


@pytest.mark.parametrize(
    ("entity", "table"),
    [
        ("deal", "crm_deals"),
        ("contact", "crm_contacts"),
        ("lead", "crm_leads"),
        ("company", "crm_companies"),
        ("quote", "crm_quotes"),
    ],
)
def test_tables_are_named_in_the_plural(entity: str, table: str) -> None:
    assert FieldMapper("postgresql").columns(entity, [ID]).table == table


def test_only_tables_with_multi_values_have_a_child() -> None:
    phone = Field("PHONE", "crm_multifield", multiple=True)

    assert FieldMapper("mysql").columns("deal", [ID]).child is None
    assert FieldMapper("mysql").columns("contact", [ID, phone]).child == "crm_contacts_multifields"


def test_the_key_comes_first_wherever_it_was_described() -> None:
    layout = FieldMapper("mysql").columns(
        "deal", [Field("title", "string"), Field("id", "integer")]
    )

    assert (layout.key.name, layout.key.code, layout.key.family) == ("id", "id", Family.KEY)


def test_without_an_id_there_is_no_table() -> None:
    with pytest.raises(ValueError, match="ID"):
        FieldMapper("mysql").columns("deal", [Field("TITLE", "string")])


def test_a_code_described_twice_is_one_column() -> None:
    columns = _columns(Field("TITLE", "string"), Field("TITLE", "text"))

    assert list(columns) == ["id", "title"]


def test_comments_hold_every_label_once() -> None:
    labels = {"ru": "Сумма", "en": "Sum", "de": "Sum"}
    field = Field("UF_X", "string", title="Сумма", labels=labels)

    layout = FieldMapper("postgresql").columns("deal", [ID, field])

    assert layout.columns[1].comment == "Сумма / Sum"


def test_a_layout_survives_json() -> None:
    fields = [ID, Field("UF_X", "money", title="«Ж»"), Field("PHONE", "crm_multifield")]
    layout = FieldMapper("mysql").columns("contact", fields)

    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
