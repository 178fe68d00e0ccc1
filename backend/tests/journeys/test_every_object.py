"""Every object of the registry is copied, counted and followed."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection
from bridge24.emulator import Portal
from bridge24.sync.entities import ENTITIES, entity_named
from bridge24.sync.fields import table_name
from bridge24.sync.service import SyncService


async def _ids(name: str, *, mirror: str) -> set[int]:
    table = table_name(name, "postgresql" if mirror.startswith("postgresql") else "mysql")
    async with connection() as conn:
        found = await conn.execute(text(f"SELECT id FROM {table} WHERE _deleted_at IS NULL"))
        return {int(row.id) for row in found}


async def _shown_ids(client: BitrixClient, name: str) -> set[int]:
    entity = entity_named(name)
    ids = set()
    async for page in client.records(entity):
        ids |= {int(row[entity.id_field]) for row in page.rows}
    return ids


@pytest.mark.parametrize("name", list(ENTITIES))
async def test_an_object_is_copied_whole_and_only_once(
    service: SyncService, client: BitrixClient, mirror: str, name: str
) -> None:
    first = await service.full_sync(name)
    second = await service.full_sync(name)
    third = await service.incremental_sync(name)

    shown = await _shown_ids(client, name)
    assert await _ids(name, mirror=mirror) == shown
    assert shown
    assert (first["inserted"], first["quarantined"]) == (len(shown), 0)
    for again in (second, third):
        assert _written(again) == (0, 0, 0)


def _written(counts: Mapping[str, object]) -> tuple[object, ...]:
    return counts["inserted"], counts["updated"], counts["deleted"]


async def test_a_stage_that_was_removed_is_marked_deleted(
    service: SyncService, client: BitrixClient, mirror: str
) -> None:
    added = await client.call(
        "crm.status.add",
        {"fields": {"ENTITY_ID": "SOURCE", "STATUS_ID": "FAIR", "NAME": "Ярмарка", "SORT": 500}},
    )
    await service.full_sync("status")
    assert int(added.result) in await _ids("status", mirror=mirror)
    await client.call("crm.status.delete", {"id": added.result})

    counts = await service.full_sync("status")

    assert counts["deleted"] == 1
    assert int(added.result) not in await _ids("status", mirror=mirror)


async def test_stage_moves_become_history(
    service: SyncService, portal: Portal, mirror: str
) -> None:
    await service.full_sync("deal_stage_history")
    row = next(row for row in portal.rows("deal") if row["STAGE_ID"] == "NEW")
    portal.update("deal", int(row["ID"]), {"STAGE_ID": "WON"})

    counts = await service.incremental_sync("deal_stage_history")

    assert counts["inserted"] == 1
    async with connection() as conn:
        stage = await conn.scalar(
            text("SELECT stage_id FROM crm_deal_stage_history ORDER BY id DESC LIMIT 1")
        )
    assert stage == "WON"
