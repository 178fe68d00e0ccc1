"""Comments in the timelines of records are copied for those who want them, and follow."""

import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.core.settings import get_settings
from bridge24.emulator import Emulator, Portal, PortalSpec, comments
from bridge24.sync.entities import discover
from bridge24.sync.realtime.drain import drain
from bridge24.sync.runs.status import status
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import Live, query, serving, set_up

DEALS, TABLE = "deal_timeline_comment", "crm_deal_timeline_comments"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal of a small company, without limits."""
    spec = PortalSpec(name="acme", deals=60, contacts=10, leads=10, companies=10)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


@pytest.fixture
async def live(
    emulator: Emulator,
    portal: Portal,
    client: BitrixClient,
    mirror: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Live]:
    """The portal's events reach us."""
    set_up(monkeypatch, mirror, client, emulator)
    async with serving() as url:
        live = Live(emulator, portal, url)
        live.subscribe()
        yield live
    get_settings.cache_clear()


def _in_portal(portal: Portal, owner: str) -> Mapping[int, tuple[int, str]]:
    return {
        int(row["ID"]): (owner_id, row["COMMENT"])
        for (kind, owner_id), rows in portal.comments.items()
        if kind == owner
        for row in rows
    }


async def _stored(table: str = TABLE) -> Mapping[int, tuple[int, str]]:
    rows = await query(f"SELECT id, entity_id, comment FROM {table} WHERE _deleted_at IS NULL")
    return {row["id"]: (row["entity_id"], row["comment"]) for row in rows}  # type: ignore[misc]


async def test_the_comments_of_every_kind_of_record_are_copied(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await discover(client)
    for owner in ("deal", "lead", "contact", "company", "dynamic_1030"):
        counts = await service.full_sync(f"{owner}_timeline_comment")

        there = _in_portal(portal, owner)
        assert len(there) > 3
        assert await _stored(f"crm_{owner}_timeline_comments") == there
        assert counts["quarantined"] == 0


async def test_a_new_comment_costs_one_call_and_a_quiet_timeline_none_of_its_own(
    service: SyncService, client: BitrixClient, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync(DEALS)
    emulator.clock.move(3_600)
    assert await service.incremental_all([DEALS]) == {}
    comments.add(portal, "deal", 5, text="Новый комментарий", user_id=2)

    told = await service.incremental_all([DEALS])

    assert list(told) == [DEALS]
    assert await _stored() == _in_portal(portal, "deal")


async def test_a_long_timeline_is_read_to_its_end(service: SyncService, portal: Portal) -> None:
    for number in range(120):
        comments.add(portal, "deal", 7, text=f"№{number}", user_id=1)

    await service.full_sync(DEALS)

    assert await _stored() == _in_portal(portal, "deal")


async def test_signed_links_to_files_are_no_change(service: SyncService) -> None:
    await service.full_sync(DEALS)

    counts = await service.full_sync(DEALS)

    assert counts["updated"] == counts["inserted"] == 0
    (row,) = await query(f"SELECT files FROM {TABLE} WHERE files LIKE '%pdf%' ORDER BY id LIMIT 1")
    assert "signature" not in str(row["files"])


async def test_events_tell_of_comments_written_edited_and_deleted(
    service: SyncService, client: BitrixClient, portal: Portal, live: Live
) -> None:
    await service.full_sync(DEALS)
    (edited, deleted, *_) = sorted(_in_portal(portal, "deal"))
    number = comments.add(portal, "deal", 5, text="written", user_id=2)
    for each, act in ((edited, comments.edit), (deleted, comments.remove)):
        row = comments.find(portal, each)
        assert row
        act(portal, row, **({"text": "edited"} if act is comments.edit else {}), user_id=2)
    await live.told()

    await drain(client)

    stored = await _stored()
    assert stored == _in_portal(portal, "deal")
    assert stored[number] == (5, "written")
    assert stored[edited][1] == "edited"
    outcomes = await query("SELECT outcome FROM sync_events ORDER BY id")
    assert [row["outcome"] for row in outcomes] == ["stored", "stored", "deleted"]


async def test_a_timeline_we_may_not_see_any_more_is_kept(
    service: SyncService, client: BitrixClient, portal: Portal, live: Live
) -> None:
    await service.full_sync(DEALS)
    before = await _stored()
    number = next(iter(before))
    portal.hide("deal", [before[number][0]])
    row = comments.find(portal, number)
    assert row
    comments.edit(portal, row, text="not for us", user_id=2)
    await live.told()

    await drain(client)

    assert await _stored() == before
    assert [each["outcome"] for each in await query("SELECT outcome FROM sync_events")] == [
        "hidden"
    ]


async def test_nobody_pays_for_comments_without_asking_for_them(
    client: BitrixClient, live: Live
) -> None:
    await discover(client)

    states = {each.entity: each.state for each in (await status()).entities}

    assert {state for name, state in states.items() if name.endswith("_comment")} == {"off"}
    assert states["deal"] == "never"


async def test_the_view_names_the_record_and_the_author(
    service: SyncService, portal: Portal
) -> None:
    for entity in ("user", "deal", DEALS):
        await service.full_sync(entity)

    (row,) = await query(
        f"SELECT entity_id, entity, author FROM v_{TABLE} ORDER BY entity_id LIMIT 1"
    )

    deal = portal.get("deal", int(str(row["entity_id"])))
    assert deal
    assert row["entity"] == deal["TITLE"]
    assert " " in str(row["author"])
