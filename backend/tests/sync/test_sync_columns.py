"""A column's name stays with the field it was made for."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bridge24.bitrix.fields import Field
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import Settings
from bridge24.sync.columns import laid_out

ID = Field("ID", "integer")


@pytest.fixture(autouse=True)
async def _database(migrated: str) -> AsyncIterator[None]:
    await init_db(Settings(database_url=SecretStr(migrated)))
    yield
    await close_db()


async def _names(*fields: Field, entity: str = "deal") -> dict[str, str]:
    layout = await laid_out(entity, [ID, *fields])
    return {column.code: column.name for column in layout.columns}


async def test_a_later_field_does_not_take_over_a_name() -> None:
    first = await _names(Field("ufCrmA", "string"))
    assert first["ufCrmA"] == "uf_crm_a"

    # Left to themselves the two would be named the other way round.
    both = await _names(Field("UF_CRM_A", "string"), Field("ufCrmA", "string"))

    assert both["ufCrmA"] == "uf_crm_a"
    assert both["UF_CRM_A"].startswith("uf_crm_a_")
    assert await _names(Field("UF_CRM_A", "string"), Field("ufCrmA", "string")) == both


async def test_the_name_of_a_field_that_vanished_is_not_given_away() -> None:
    await _names(Field("ufCrmA", "string"))

    other = await _names(Field("UF_CRM_A", "string"))

    assert other["UF_CRM_A"] != "uf_crm_a"


async def test_the_currency_of_a_sum_keeps_its_column_beside_a_namesake() -> None:
    await _names(Field("UF_X", "money"))

    layout = await laid_out("deal", [ID, Field("UF_X_CURRENCY", "string"), Field("UF_X", "money")])

    own = [column.name for column in layout.columns if column.code == "UF_X"]
    assert own == ["uf_x", "uf_x_currency"]
    assert len({column.name for column in layout.columns}) == 4


async def test_tables_do_not_share_their_names() -> None:
    await _names(Field("ufCrmA", "string"))

    assert (await _names(Field("UF_CRM_A", "string"), entity="lead"))["UF_CRM_A"] == "uf_crm_a"
