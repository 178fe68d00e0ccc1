"""What every column of a table holds is reported, and nothing of people is shown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from bridge24.core.db import connection, transaction
from bridge24.sync.entities import find_entity
from bridge24.sync.service import SyncService
from bridge24.sync.validation import columns, reporting


async def _reported(entity: str) -> tuple[Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    async with transaction() as session:
        told = (await reporting.columns(session, await find_entity(entity))).model_dump()
    return told, {each["name"]: each for each in told["columns"]}


async def _sql(statement: str) -> None:
    async with connection() as conn:
        await conn.execute(text(statement))


async def test_types_shares_and_values_are_told(service: SyncService) -> None:
    await service.full_sync("deal")
    await _sql("UPDATE crm_deals SET title = NULL WHERE id <= 8")

    deals, told = await _reported("deal")

    assert (deals["rows"], deals["looked_at"], deals["table"]) == (700, 700, "crm_deals")
    assert told["title"]["null_share"] == 0.01
    assert told["title"]["label"]
    assert (told["id"]["type"], told["id"]["distinct"], told["id"]["lowest"]) == (
        *("bigint", 700),
        "1",
    )
    assert sum(each["rows"] for each in told["stage_semantic_id"]["top"]) == 700
    assert {each["value"] for each in told["closed"]["top"]} == {"0", "1"}


async def test_columns_about_people_show_shares_only(service: SyncService) -> None:
    await service.full_sync("contact")

    _, told = await _reported("contact")

    for name in ("name", "last_name", "phone", "email", "comments"):
        assert told[name]["personal"]
        assert told[name]["top"] == []
        assert told[name]["lowest"] is told[name]["highest"] is None
    assert not told["type_id"]["personal"]


async def test_of_a_large_table_some_rows_are_looked_at(
    service: SyncService, monkeypatch: Any
) -> None:
    monkeypatch.setattr(columns, "MOST_ROWS", 100)
    await service.full_sync("deal")

    deals, told = await _reported("deal")

    assert deals["rows"] == 700
    assert 80 <= deals["looked_at"] <= 140
    assert told["id"]["distinct"] == deals["looked_at"]
