"""Ranges are counted instead of read, and only those that differ are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.checkpoint import Checkpoint, Span
from bridge24.bitrix.crm import DEAL
from bridge24.core.db import connection
from bridge24.emulator import Emulator, Portal
from bridge24.sync.audit.comparing import EVERYTHING, Comparison
from bridge24.sync.audit.findings import Kind
from bridge24.sync.audit.plan import Estimate, Method
from bridge24.sync.audit.table import Compared
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.service import SyncService

TABLE = Compared(DEAL, "crm_deals", "date_modify")
HOUR = timedelta(hours=1).total_seconds()
PARTS = 70
pytestmark = pytest.mark.usefixtures("mirror")


async def _suspects(client: BitrixClient) -> tuple[Sequence[Span], Mapping[int, Kind]]:
    told: dict[int, Kind] = {}

    async def sink(
        _session: AsyncSession,
        found: Mapping[int, Kind],
        *,
        seen_at: datetime,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        assert seen_at
        assert checkpoint is None
        told.update(found)

    progress = RunProgress(entity="deal", mode=SyncMode.AUDIT)
    plan = Estimate(Method.FINGERPRINT, 0, 0.0, 0.0, parts=PARTS)
    suspects = await Comparison(client, TABLE, progress, sink=sink).suspects(plan)
    return suspects.spans, told


def _lies_in(row_id: int, spans: Sequence[Span]) -> bool:
    return any(s.after < row_id and (s.until is None or row_id <= s.until) for s in spans)


async def test_equal_ranges_are_not_read(
    service: SyncService, client: BitrixClient, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)

    assert await _suspects(client) == ([], {})


async def test_ranges_with_a_row_too_many_or_too_few_are_read(
    service: SyncService, client: BitrixClient, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    ids = [int(row["ID"]) for row in portal.rows("deal")]
    gone, lost = ids[50], ids[300]
    portal.delete("deal", gone)
    async with connection() as conn:
        await conn.execute(text(f"DELETE FROM crm_deals WHERE id = {lost}"))
    added = portal.add("deal", {"TITLE": "new"})

    spans, _ = await _suspects(client)

    assert all(_lies_in(row_id, spans) for row_id in (gone, lost, added))
    assert len(spans) == 3


async def test_a_deleted_row_is_not_made_up_for_by_a_new_one(
    service: SyncService, client: BitrixClient, portal: Portal, emulator: Emulator
) -> None:
    """The newest range counts as many rows as before."""
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    last = int(portal.rows("deal")[-1]["ID"])
    portal.delete("deal", last)
    added = portal.add("deal", {"TITLE": "new"})

    spans, _ = await _suspects(client)

    assert _lies_in(last, spans)
    assert _lies_in(added, spans)


async def test_a_stale_row_shows_although_the_numbers_are_equal(
    service: SyncService, client: BitrixClient, portal: Portal, emulator: Emulator
) -> None:
    await service.full_sync("deal")
    emulator.clock.move(HOUR)
    portal.update("deal", 5, {"TITLE": "changed, and nobody heard"})

    spans, told = await _suspects(client)

    assert told == {5: Kind.STALE}
    assert _lies_in(5, spans)


async def test_when_most_ranges_differ_everything_is_read(
    service: SyncService, client: BitrixClient, portal: Portal
) -> None:
    await service.full_sync("deal")
    for row in portal.rows("deal")[::7]:
        portal.delete("deal", int(row["ID"]))

    spans, _ = await _suspects(client)

    assert spans == EVERYTHING.spans
