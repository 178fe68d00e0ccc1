"""A record read because of an event is the very row that a walk stores."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.core.db import dialect_of, get_engine
from bridge24.emulator import Emulator, PortalSpec
from bridge24.sync.entities import discover, find_entity
from bridge24.sync.fields import table_name
from bridge24.sync.realtime import subjects
from bridge24.sync.realtime.reading import present_state
from bridge24.sync.realtime.single import sync_record
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from realtime_portal import query


@pytest.fixture
def migrated(migrated_pg_url: str) -> str:
    """One database is enough: nothing here is a matter of its dialect."""
    return migrated_pg_url


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A portal with a few records of every kind."""
    spec = PortalSpec(name="acme", deals=20, contacts=20, leads=20, companies=10, quotes=10)
    async with Emulator([spec], seed=7, limits="none") as running:
        yield running


async def test_rows_read_by_event_are_those_of_a_walk(
    service: SyncService, client: BitrixClient, emulator: Emulator
) -> None:
    found, log = await discover(client), emulator.gate("acme").log
    items = next(each.name for each in found if each.name.startswith("dynamic"))
    # Comments hang on their owners: nothing walks them by themselves.
    for name in sorted({*subjects._ROWS.values(), "smart_invoice", items} - {"timeline_comment"}):
        entity = await find_entity(name)
        await service.full_sync(name)
        table = table_name(name, dialect_of(get_engine()))
        walked = {row["id"]: row["_raw_hash"] for row in await query(f"SELECT * FROM {table}")}
        ids = [int(str(row_id)) for row_id in walked][:3]
        before = log.requests
        (seen,) = (await present_state(client, {entity: ids})).values()
        assert seen.ids == ids
        assert log.requests - before == 1, f"the list of {name} does not know the filter by ids"
        for row_id in ids:
            await sync_record(client, entity, row_id, host="acme")
        again = {row["id"]: row["_raw_hash"] for row in await query(f"SELECT * FROM {table}")}
        assert again == walked, name
