"""Every object of the registry is copied, counted and followed, and ends as in the portal."""

from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection, get_dialect
from bridge24.emulator import Emulator, Portal, PortalSpec
from bridge24.sync.entities import all_mirrored, discover, entity_named
from bridge24.sync.fields import table_name
from bridge24.sync.objects.sources import has_source
from bridge24.sync.registry import REGISTRY, Mirrored, Strategy
from bridge24.sync.service import SyncService

WALKED = [name for name, line in REGISTRY.items() if not has_source(line.entity)]
SMART = [
    f"dynamic_{number}{part}"
    for number in (1030, 177)
    for part in ("", "_funnel", "_stage_history")
]
TABLES = {"smart_invoice": "invoice", "bank_detail": "bankdetail"}
HISTORIES = {"lead": 1, "deal": 2, "smart_invoice": 31}
TITLES = {"contact": "NAME", "requisite": "NAME", "bank_detail": "NAME", "activity": "SUBJECT"}
EDITED = ("deal", "lead", "contact", "company", "quote", "requisite", "bank_detail", "activity")
EDITED_ITEMS = ("smart_invoice", "dynamic_1030")


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal with a little more than a page of most things."""
    spec = PortalSpec(name="acme", deals=60, contacts=55, leads=55, companies=55)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


async def _ids(name: str) -> set[int]:
    table = table_name(name, get_dialect())
    async with connection() as conn:
        found = await conn.execute(text(f"SELECT id FROM {table} WHERE _deleted_at IS NULL"))
        return {int(row.id) for row in found}


def _shown_ids(portal: Portal, name: str) -> set[int]:
    """The ids of the portal's own table, behind its back."""
    if name.endswith("_stage_history"):
        owner = name.removesuffix("_stage_history")
        number = HISTORIES.get(owner) or int(owner.removeprefix("dynamic_"))
        return set(portal.histories[number].store.ids())
    if name.endswith("_funnel"):
        owner = name.removesuffix("_funnel")
        number = HISTORIES.get(owner) or int(owner.removeprefix("dynamic_"))
        return {funnel.id for funnel in portal.funnels[number]}
    lists = {
        "status": portal.statuses,
        "smart_process_type": portal.types,
        "user": portal.users,
        "department": portal.departments,
    }
    if name in lists:
        return {int(row.get("ID") or row["id"]) for row in lists[name]}
    return set(portal.table(TABLES.get(name, name)).store.ids())


async def test_every_object_is_copied_whole_and_only_once(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    for name in [*WALKED, *SMART]:
        first = await service.full_sync(name)
        second = await service.full_sync(name)
        third = await service.incremental_sync(name)

        shown = _shown_ids(portal, name)
        assert await _ids(name) == shown, name
        assert shown, name
        assert (first["inserted"], first["quarantined"]) == (len(shown), 0), name
        assert (_written(second), _written(third)) == ((0, 0, 0), (0, 0, 0)), name


def _written(counts: Mapping[str, object]) -> tuple[object, ...]:
    return counts["inserted"], counts["updated"], counts["deleted"]


async def test_every_object_follows_what_is_added_edited_and_deleted(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    for name in [*EDITED, *EDITED_ITEMS]:
        await service.full_sync(name)
        table = TABLES.get(name, name)
        title = TITLES.get(name, "title" if name in EDITED_ITEMS else "TITLE")
        first, second = sorted(_shown_ids(portal, name))[:2]
        portal.update(table, first, {title: "Правка"})
        added = portal.add(table, {title: "Новое"})
        await service.incremental_sync(name)
        assert await _words(name, title, first, added) == {first: "Правка", added: "Новое"}, name

        portal.delete(table, second)
        await service.full_sync(name)
        assert await _ids(name) == _shown_ids(portal, name), name


async def _words(name: str, column: str, *ids: int) -> dict[int, str]:
    table, wanted = table_name(name, get_dialect()), ", ".join(map(str, ids))
    async with connection() as conn:
        found = await conn.execute(
            text(f"SELECT id, {column.lower()} AS word FROM {table} WHERE id IN ({wanted})")
        )
        return {row.id: row.word for row in found}


async def test_every_method_of_the_registry_exists_in_the_portal(
    client: BitrixClient, mirror: str
) -> None:
    await discover(client)
    known = set((await client.call("methods", {"full": True})).result)

    wanted = {method for line in await all_mirrored() for method in _methods(line)}

    assert wanted - known == set()


def _methods(line: Mirrored) -> set[str]:
    entity = line.entity
    methods = (entity.list_method, entity.fields_method, entity.userfields_method)
    return {method.lower() for method in methods if method}


async def test_the_registry_says_of_each_object_how_it_is_read(
    client: BitrixClient, mirror: str
) -> None:
    await discover(client)
    lines = await all_mirrored()

    assert len({table_name(line.name, "mysql") for line in lines}) == len(lines)
    for line in lines:
        assert line.title
        if line.strategy in {Strategy.CHILDREN, Strategy.PARTS}:
            assert has_source(line.entity)
        # Whatever is not read whole each time has a time by which changes are found.
        assert bool(line.cursor) == (line.strategy is not Strategy.COPY), line.name


async def test_a_stage_that_was_removed_is_marked_deleted(
    service: SyncService, client: BitrixClient, mirror: str
) -> None:
    added = await client.call(
        "crm.status.add",
        {"fields": {"ENTITY_ID": "SOURCE", "STATUS_ID": "FAIR", "NAME": "Ярмарка", "SORT": 500}},
    )
    await service.full_sync("status")
    assert int(added.result) in await _ids("status")
    await client.call("crm.status.delete", {"id": added.result})

    counts = await service.incremental_sync("status")

    assert counts["deleted"] == 1
    assert int(added.result) not in await _ids("status")


async def test_a_renamed_stage_follows_with_the_next_pass(
    service: SyncService, client: BitrixClient, portal: Portal, mirror: str
) -> None:
    await service.full_sync("status")
    stage = next(row for row in portal.statuses if row["ENTITY_ID"] == "DEAL_STAGE")
    fields = {"NAME": "Первое знакомство"}
    await client.call("crm.status.update", {"id": stage["ID"], "fields": fields})

    counts = await service.incremental_sync("status")

    assert counts["updated"] == 1
    async with connection() as conn:
        name = await conn.scalar(text(f"SELECT name FROM crm_statuses WHERE id = {stage['ID']}"))
    assert name == "Первое знакомство"


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


def test_an_object_is_found_by_its_name() -> None:
    assert entity_named("deal").list_method == "crm.deal.list"
