"""What the owner wants left out, hashed or masked is nowhere in the database or the log."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, crm
from bridge24.core.db import connection, transaction
from bridge24.emulator import Portal
from bridge24.sync import policy_change, tasks
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import asked, layout_of
from bridge24.sync.models import SyncConfig
from bridge24.sync.policy import hashed, policy_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.service import SyncService
from bridge24.sync.store import Store

Rows = list[dict[str, object]]
Query = Callable[[str], Awaitable[Rows]]

PHONE, EMAIL, NOTE, PASSPORT = "+79991234567", "planted@secret-mail.ru", "Тайна-a471122", 4509123456
SECRETS = ("9991234567", "planted", "secret-mail", "a471122", "4509123456")
JOBS = tasks.run
"""Runs are promised as jobs, so the task must be known."""
SALT = b"a salt of the tests, long enough"


def _plant(portal: Portal) -> int:
    return portal.add(
        "contact",
        {
            "PHONE": [{"VALUE": PHONE, "VALUE_TYPE": "WORK"}],
            "EMAIL": [{"VALUE": EMAIL, "VALUE_TYPE": "HOME"}],
            "UF_CRM_NOTE": NOTE,
            "UF_CRM_NOTES": [NOTE, "second"],
            "UF_CRM_PASSPORT": PASSPORT,
        },
    )


@pytest.fixture
def planted(portal: Portal) -> int:
    """The id of a contact with secrets."""
    portal.add_field("contact", "UF_CRM_NOTE")
    portal.add_field("contact", "UF_CRM_NOTES", multiple=True)
    portal.add_field("contact", "UF_CRM_PASSPORT", "integer")
    return _plant(portal)


def _columns(treatment: str) -> dict[str, str]:
    codes = ("PHONE", "EMAIL", "UF_CRM_NOTE", "UF_CRM_NOTES", "UF_CRM_PASSPORT")
    return dict.fromkeys(codes, treatment)


async def _want(columns: dict[str, str]) -> None:
    async with transaction() as session:
        config = await session.get(SyncConfig, "contact")
        if config is None:
            config = SyncConfig(entity="contact")
            session.add(config)
        config.columns = json.dumps(columns)


async def _traces(query: Query) -> list[str]:
    """Every column of every table in which a secret stands, as text."""
    columns = await query(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns "
        "WHERE table_schema NOT IN ('information_schema', 'pg_catalog', 'mysql', 'sys', "
        "'performance_schema')"
    )
    found = []
    async with connection() as conn:
        quote = conn.dialect.identifier_preparer.quote_identifier
        for each in columns:
            name = f"CAST({quote(str(each['c']))} AS CHAR(4000))"
            likes = " OR ".join(f"{name} LIKE '%{secret}%'" for secret in SECRETS)
            count = await conn.scalar(
                text(f"SELECT count(*) FROM {quote(str(each['t']))} WHERE {likes}")
            )
            if count:
                found.append(f"{each['t']}.{each['c']}")
    return sorted(found)


async def test_the_scan_finds_what_is_stored_plain(
    service: SyncService, planted: int, query: Query
) -> None:
    await service.full_sync("contact")

    found = await _traces(query)

    for column in ("phone", "email", "uf_crm_note", "uf_crm_notes", "uf_crm_passport"):
        assert f"crm_contacts.{column}" in found
    assert "crm_contacts_multifields.value" in found


@dataclass
class Synced:
    """A contact with secrets, and what copies it."""

    service: SyncService
    client: BitrixClient
    portal: Portal
    planted: int


@pytest.fixture
def sync(service: SyncService, client: BitrixClient, portal: Portal, planted: int) -> Synced:
    """Everything at hand."""
    return Synced(service, client, portal, planted)


@pytest.mark.parametrize("treatment", ["leave_out", "hash", "mask"])
async def test_a_policy_leaves_no_trace(
    sync: Synced, query: Query, capfd: pytest.CaptureFixture[str], *, treatment: str
) -> None:
    await _want(_columns(treatment))

    await sync.service.full_sync("contact")
    _plant(sync.portal)
    await sync.service.incremental_sync("contact")
    await _quarantine_a_row(sync.client)

    assert await _traces(query) == []
    (kept,) = await query("SELECT raw FROM sync_quarantine")
    assert json.loads(str(kept["raw"]))["LAST_NAME"] == "kept"
    written = "".join(capfd.readouterr())
    assert not [secret for secret in SECRETS if secret in written]
    columns = (await query(f"SELECT * FROM crm_contacts WHERE id = {sync.planted}"))[0]
    items = await query(
        f"SELECT value FROM crm_contacts_multifields WHERE owner_id = {sync.planted}"
    )
    values = {str(item["value"]) for item in items}
    if treatment == "leave_out":
        assert not {"phone", "email", "uf_crm_note", "uf_crm_passport"} & columns.keys()
        assert not values
    elif treatment == "hash":
        assert columns["uf_crm_passport"] == hashed(str(PASSPORT), salt=SALT)
        assert values == {hashed(PHONE, salt=SALT), hashed(EMAIL, salt=SALT)}
    else:
        assert (columns["phone"], columns["uf_crm_note"]) == ("+7***67", "Т***")
        assert values == {"+7***67", "p***@***.ru"}


async def _store(client: BitrixClient) -> tuple[Store, datetime]:
    layout, at = await layout_of(client, crm.CONTACT)
    progress = RunProgress(entity="contact", mode=SyncMode.INCREMENTAL)

    async def same(_unknown: frozenset[str]) -> Layout:
        return layout

    return await Store.open(crm.CONTACT, layout, progress, relayout=same), at


async def _quarantine_a_row(client: BitrixClient) -> None:
    """Store a row that no database takes: half of a surrogate pair is in it."""
    store, _ = await _store(client)
    row = {
        "ID": "9001",
        "NAME": "\ud800",
        "LAST_NAME": "kept",
        "PHONE": [{"ID": "1", "VALUE": PHONE, "VALUE_TYPE": "WORK", "TYPE_ID": "PHONE"}],
        "UF_CRM_NOTE": NOTE,
        "UF_CRM_PASSPORT": str(PASSPORT),
    }
    await store.again([row], read_at=datetime.now(UTC).replace(tzinfo=None))


@pytest.mark.parametrize("treatment", ["leave_out", "hash", "mask"])
async def test_a_policy_set_later_puts_what_is_stored_in_order(
    service: SyncService, client: BitrixClient, planted: int, query: Query, treatment: str
) -> None:
    told = f"SELECT phone, email, uf_crm_note FROM crm_contacts WHERE id = {planted}"
    await service.full_sync("contact")
    await _quarantine_a_row(client)
    await _want(_columns(treatment))

    await policy_change.put_in_order("contact", before="{}")
    await policy_change.put_in_order("contact", before="{}")

    assert await _traces(query) == []
    (row,) = await query(told)
    expected = {
        "leave_out": (None, None, None),
        "hash": tuple(hashed(value, salt=SALT) for value in (PHONE, EMAIL, NOTE)),
        "mask": ("+7***67", "p***@***.ru", "Т***"),
    }[treatment]
    assert tuple(row.values()) == expected
    await service.full_sync("contact")
    assert await _traces(query) == []
    (row,) = await query(told)
    assert tuple(row.values()) == expected


async def test_plain_values_come_back_with_the_run_that_is_promised(
    service: SyncService, planted: int, query: Query
) -> None:
    await _want(_columns("hash"))
    await service.full_sync("contact")
    await _want({})

    await policy_change.put_in_order("contact", before=json.dumps(_columns("hash")))
    (job,) = await query("SELECT arguments FROM jobs WHERE task = 'sync.columns.read'")
    await policy_change.read_anew(**json.loads(str(job["arguments"])))

    (promised,) = await query("SELECT mode, status, asked_by, wipe FROM sync_log WHERE wipe <> ''")
    assert promised == {"mode": "full", "status": "queued", "asked_by": "columns", "wipe": "state"}
    await query("DELETE FROM sync_log WHERE wipe IS NOT NULL")
    await service.full_sync("contact")
    (row,) = await query(
        f"SELECT phone, uf_crm_note, uf_crm_passport FROM crm_contacts WHERE id = {planted}"
    )
    assert (row["phone"], row["uf_crm_note"]) == (PHONE, NOTE)
    assert int(str(row["uf_crm_passport"])) == PASSPORT
    (child,) = await query(
        "SELECT value FROM crm_contacts_multifields "
        f"WHERE owner_id = {planted} AND type_id = 'PHONE'"
    )
    assert child["value"] == PHONE


async def test_a_policy_that_changes_under_a_run_lets_no_plain_row_through(
    service: SyncService, client: BitrixClient, planted: int, query: Query
) -> None:
    store, at = await _store(client)
    rows = [row async for page in client.records(crm.CONTACT) for row in page.rows]
    await _want(_columns("hash"))

    with pytest.raises(Exception, match="was changed a moment ago"):
        await store.again(rows, read_at=at)

    assert await query("SELECT id FROM crm_contacts") == []
    async with transaction() as session:
        assert await policy_of(session, "contact")


async def test_the_portal_is_not_asked_for_phones_that_are_left_out(
    client: BitrixClient, mirrored: str
) -> None:
    await _want({"PHONE": "leave_out"})

    layout, _ = await layout_of(client, crm.CONTACT)

    assert "PHONE" in crm.CONTACT.select
    assert "PHONE" not in (await asked(crm.CONTACT, layout)).select


async def test_only_the_columns_concerned_are_read_again(
    service: SyncService, planted: int, query: Query
) -> None:
    await _want({"UF_CRM_NOTE": "hash", "UF_CRM_PASSPORT": "mask"})
    await service.full_sync("contact")
    await _want({"UF_CRM_NOTE": "mask"})

    await policy_change.put_in_order(
        "contact", before=json.dumps({"UF_CRM_NOTE": "hash", "UF_CRM_PASSPORT": "mask"})
    )
    (job,) = await query("SELECT arguments FROM jobs WHERE task = 'sync.columns.read'")
    await policy_change.read_anew(**json.loads(str(job["arguments"])))

    told = f"SELECT uf_crm_note, uf_crm_passport FROM crm_contacts WHERE id = {planted}"
    assert await query(told) == [{"uf_crm_note": None, "uf_crm_passport": None}]
    (run,) = await query("SELECT mode FROM sync_log WHERE asked_by = 'columns'")
    assert run["mode"] == "incremental"
    await query("DELETE FROM sync_log WHERE asked_by = 'columns'")
    await service.incremental_sync("contact")
    (row,) = await query(told)
    assert (row["uf_crm_note"], int(str(row["uf_crm_passport"]))) == ("Т***", PASSPORT)
