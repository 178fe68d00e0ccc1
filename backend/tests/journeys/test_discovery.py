"""Smart processes are found by themselves, and nothing is lost when they go."""

import json

import pytest
from sqlalchemy import inspect

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.core.db import connection, transaction
from bridge24.emulator import Emulator, Portal
from bridge24.sync import discovery
from bridge24.sync.entities import discover, find_entity, known_entities
from bridge24.sync.errors import UnknownEntity
from bridge24.sync.models import SyncConfig
from bridge24.sync.service import SyncService


async def _new_process(client: BitrixClient, title: str, **switches: str) -> int:
    told = await client.call("crm.type.add", {"fields": {"title": title, **switches}})
    return int(told.result["type"]["entityTypeId"])


async def test_smart_processes_become_objects_however_many_pages_they_fill(
    client: BitrixClient, mirror: str
) -> None:
    added = {await _new_process(client, f"Процесс {n}", isStagesEnabled="Y") for n in range(60)}

    names = {entity.name for entity in await discover(client)}

    assert {f"dynamic_{number}" for number in added} <= names
    assert {f"dynamic_{number}_funnel" for number in added} <= names
    assert {f"dynamic_{number}_stage_history" for number in added} <= names
    assert {"deal", "status"} <= names


async def test_what_was_discovered_is_found_by_name_without_the_portal(
    client: BitrixClient, mirror: str
) -> None:
    number = await _new_process(client, "Аренда")
    await discover(client)

    entity = await find_entity(f"dynamic_{number}")

    assert (entity.title, entity.entity_type_id) == ("Аренда", number)
    assert entity.list_method == "crm.item.list"
    with pytest.raises(UnknownEntity):
        await find_entity("dynamic_9999")
    with pytest.raises(UnknownEntity):
        await find_entity("unheard_of")


async def test_a_smart_process_without_stages_has_no_stage_history(
    client: BitrixClient, mirror: str
) -> None:
    number = await _new_process(client, "Заметки")

    names = {entity.name for entity in await discover(client)}

    assert f"dynamic_{number}" in names
    assert f"dynamic_{number}_stage_history" not in names


async def test_a_renamed_process_takes_its_new_title_and_keeps_its_settings(
    client: BitrixClient, mirror: str
) -> None:
    number = await _new_process(client, "Старое имя")
    await discover(client)
    async with transaction() as session:
        config = await session.get_one(SyncConfig, f"dynamic_{number}")
        config.paused = True
        type_id = json.loads(config.origin or "")["id"]
    await client.call("crm.type.update", {"id": type_id, "fields": {"title": "Новое имя"}})

    await discover(client)

    assert (await find_entity(f"dynamic_{number}")).title == "Новое имя"
    async with transaction() as session:
        assert (await session.get_one(SyncConfig, f"dynamic_{number}")).paused


async def test_a_process_that_vanished_is_kept_as_gone_and_may_come_back(
    client: BitrixClient, portal: Portal, mirror: str
) -> None:
    number = await _new_process(client, "Временный")
    await discover(client)
    row = next(each for each in portal.types if each["entityTypeId"] == number)
    portal.types.remove(row)

    names = {entity.name for entity in await discover(client)}

    assert f"dynamic_{number}" not in names
    assert (await find_entity(f"dynamic_{number}")).title == "Временный"
    gone = {process.items.name for process in await discovery.stored() if process.is_gone}
    assert gone == {f"dynamic_{number}"}

    portal.types.append(row)
    assert f"dynamic_{number}" in {entity.name for entity in await discover(client)}


async def test_a_portal_without_smart_processes_has_the_usual_objects(
    client: BitrixClient, portal: Portal, mirror: str
) -> None:
    portal.types.clear()

    names = {entity.name for entity in await discover(client)}

    assert "deal" in names
    assert not any(name.startswith("dynamic_") for name in names)


async def test_a_webhook_that_may_not_see_the_types_leaves_what_is_known(
    client: BitrixClient, emulator: Emulator, portal: Portal, mirror: str
) -> None:
    number = await _new_process(client, "Аренда")
    before = await discover(client)
    portal.add_webhook(1, "onlypeople", scopes=["user"])
    address = emulator.webhook_url("acme").rstrip("/").rpartition("/")[0] + "/onlypeople/"

    async with BitrixClient(Webhook(address)) as poor:
        assert await discover(poor) == before
    assert f"dynamic_{number}" in {entity.name for entity in await known_entities()}


async def test_a_table_is_called_what_the_portal_calls_it(
    service: SyncService, client: BitrixClient, portal: Portal, mirror: str
) -> None:
    await discover(client)
    await service.full_sync("dynamic_1030")
    await service.full_sync("currency")
    assert await _comment("crm_dynamic_1030") == "Проекты"
    assert await _comment("crm_currencies") == "Валюты / Currencies"

    next(row for row in portal.types if row["entityTypeId"] == 1030)["title"] = "It's «новое» имя"
    await discover(client)
    await service.full_sync("dynamic_1030")

    assert await _comment("crm_dynamic_1030") == "It's «новое» имя"


async def _comment(table: str) -> str | None:
    async with connection() as conn:
        told = await conn.run_sync(lambda sync: inspect(sync).get_table_comment(table))
    return told["text"]
