"""What the portal's fields do to a table is written down, and new columns are filled."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from bridge24.core.db import connection, transaction
from bridge24.core.errors import AppError
from bridge24.emulator import Emulator, Fault, Kind, Portal
from bridge24.sync.models import SyncSchemaChange, SyncState
from bridge24.sync.service import SyncService

LATE = "UF_CRM_LATE"


async def _changes(kind: str) -> list[SyncSchemaChange]:
    async with transaction() as session:
        query = select(SyncSchemaChange).where(SyncSchemaChange.kind == kind)
        return list((await session.scalars(query)).all())


async def _late() -> dict[int, str | None]:
    async with connection() as conn:
        rows = await conn.execute(text("SELECT id, uf_crm_late FROM crm_deals"))
        return {row.id: row.uf_crm_late for row in rows}


async def _owed() -> str | None:
    async with transaction() as session:
        return (await session.get_one(SyncState, "deal")).backfill


def _appear(portal: Portal, emulator: Emulator) -> None:
    """A field appears that has values already, in rows edited long ago."""
    portal.add_field("deal", LATE, "string", label="Late")
    for row in portal.rows("deal"):
        portal.update("deal", int(row["ID"]), {LATE: f"late {row['ID']}"})
    # What the portal has changed is out of sight of the next incremental pass.
    emulator.clock.move(3600)


async def _forget_edits(emulator: Emulator) -> None:
    at = datetime.fromtimestamp(emulator.clock.now(), UTC).replace(tzinfo=None)
    async with transaction() as session:
        state = await session.get_one(SyncState, "deal")
        state.cursor_at = state.last_full_at = at


async def test_every_change_of_a_table_is_written_down(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    assert [change.table_name for change in await _changes("created")] == ["crm_deals"]
    portal.add_field("deal", LATE, "string", label="Late")
    portal.update("deal", 5, {LATE: "x" * 300})
    await service.full_sync("deal")
    await service.full_sync("deal")

    (added,) = await _changes("added")
    (widened,) = [each for each in await _changes("widened") if each.column_name == "uf_crm_late"]
    assert (added.column_name, added.after) == ("uf_crm_late", "Late")
    assert (widened.column_name, widened.before) == ("uf_crm_late", "VARCHAR(255)")
    assert widened.after == "TEXT"
    assert await _changes("vanished") == []


async def test_a_field_that_goes_and_comes_back_is_told_each_time(
    service: SyncService, portal: Portal
) -> None:
    portal.add_field("deal", LATE, "string", label="Late")
    await service.full_sync("deal")
    portal.remove_field("deal", LATE)
    await service.full_sync("deal")
    await service.full_sync("deal")
    assert [change.column_name for change in await _changes("vanished")] == ["uf_crm_late"]

    portal.add_field("deal", LATE, "string", label="Late")
    await service.full_sync("deal")

    assert [change.before for change in await _changes("added")] == ["vanished"]


async def test_only_the_new_column_is_read_again(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    _appear(portal, emulator)
    await _forget_edits(emulator)
    portal.update("deal", 5, {"TITLE": "a reason to look"})

    counts = await service.incremental_sync("deal")

    assert counts["rows_read"] == 1
    assert await _late() == {int(row["ID"]): row[LATE] for row in portal.rows("deal")}
    assert await _owed() is None


@pytest.mark.parametrize("after", [3, 4])
async def test_filling_a_column_goes_on_after_an_interruption(
    service: SyncService, portal: Portal, emulator: Emulator, after: int
) -> None:
    await service.full_sync("deal")
    _appear(portal, emulator)
    await _forget_edits(emulator)
    portal.update("deal", 5, {"TITLE": "a reason to look"})
    fault = Fault(Kind.EXPIRED, only=frozenset({"batch"}), after=after, times=1)
    emulator.gate("acme").faults.add(fault)
    with pytest.raises(AppError):
        await service.incremental_sync("deal")
    emulator.gate("acme").faults.clear()
    assert await _owed() is not None

    await service.incremental_all(["deal"])

    assert await _late() == {int(row["ID"]): row[LATE] for row in portal.rows("deal")}
    assert await _owed() is None


async def test_the_next_full_walk_finds_the_filled_rows_equal(
    service: SyncService, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    _appear(portal, emulator)
    await _forget_edits(emulator)
    portal.update("deal", 5, {"TITLE": "a reason to look"})
    await service.incremental_sync("deal")

    await service.full_sync("deal")
    counts = await service.full_sync("deal")

    assert (counts["updated"], counts["inserted"]) == (0, 0)
    assert await _late() == {int(row["ID"]): row[LATE] for row in portal.rows("deal")}
