"""Every value of every row in the database is the one the portal shows."""

import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection
from bridge24.emulator import Portal
from bridge24.sync.service import SyncService

sys.path.insert(0, str(Path(__file__).parent))
from portal_values import differences

TABLES = {
    "deal": "crm_deals",
    "contact": "crm_contacts",
    "lead": "crm_leads",
    "company": "crm_companies",
}


@pytest.mark.parametrize("entity", list(TABLES))
async def test_every_value_arrives_as_the_portal_shows_it(
    service: SyncService, client: BitrixClient, portal: Portal, entity: str
) -> None:
    await service.full_sync(entity)
    fields = (await client.call(f"crm.{entity}.fields")).result
    async with connection() as conn:
        rows = (await conn.execute(text(f"SELECT * FROM {TABLES[entity]}"))).mappings().all()
    stored = {int(row["id"]): row for row in rows}

    found = []
    for shown in portal.rows(entity):
        row = stored[int(shown["ID"])]
        found += [f"{shown['ID']} {line}" for line in differences(fields, shown, row)]
    assert found[:20] == []
    assert len(fields) >= 40
