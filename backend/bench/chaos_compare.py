"""Compares every table with the emulator's own rows, by meaning, row by row."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import text

from bridge24.bitrix import BitrixClient
from bridge24.core.db import connection, get_dialect
from bridge24.emulator import Portal, productrows
from bridge24.sync.fields import table_name
from bridge24.sync.names import snake_case

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "journeys"))
import portal_values

CLASSIC = ("deal", "contact", "lead", "company")
SMART = "dynamic_1030"
GOODS = "deal_product_row"
ENTITIES = (*CLASSIC, SMART, GOODS)
MULTIFIELDS = ("PHONE", "EMAIL", "WEB", "IM", "LINK")

Row = Mapping[str, object]


async def differences(client: BitrixClient, portal: Portal) -> list[str]:
    """Say what is lost, stale, doubled, falsely deleted or falsely there."""
    found = []
    for entity in CLASSIC:
        fields = (await client.call(f"crm.{entity}.fields")).result
        found += await _of_object(entity, fields, portal.rows(entity), key="ID")
    smart = await client.call("crm.item.fields", {"entityTypeId": 1030})
    found += await _of_object(SMART, smart.result["fields"], portal.rows(1030), key="id")
    found += await _children(portal)
    found += await _goods(portal)
    for entity in (*CLASSIC, SMART):
        found += await _history(entity)
    found += [
        f"in quarantine: {row}"
        for row in await _query("SELECT entity, row_id, reason FROM sync_quarantine")
    ]
    return found


async def _of_object(
    entity: str, fields: Mapping[str, Row], shown: Iterable[Row], *, key: str
) -> list[str]:
    table = table_name(entity, get_dialect())
    stored = {
        int(str(r["id"])): r
        for r in await _query(f"SELECT * FROM {table} WHERE _deleted_at IS NULL")
    }
    expected = {int(str(row[key])): row for row in shown}
    marked = await _query(f"SELECT id FROM {table} WHERE _deleted_at IS NOT NULL")
    gone = {int(str(row["id"])) for row in marked}
    found = []
    for row_id in sorted(expected.keys() - stored.keys()):
        found.append(f"{entity} {row_id}: {'falsely deleted' if row_id in gone else 'lost'}")
    found += [
        f"{entity} {row_id}: not deleted" for row_id in sorted(stored.keys() - expected.keys())
    ]
    for row_id in sorted(expected.keys() & stored.keys()):
        wrong = portal_values.differences(
            fields, expected[row_id], stored[row_id], column=snake_case
        )
        at = stored[row_id]["_synced_at"]
        found += [f"{entity} {row_id}: stale (read {at}): {line}" for line in wrong]
    return found


async def _children(portal: Portal) -> list[str]:
    """Phones, e-mails and the like, which are rows of their own."""
    found = []
    for entity in ("contact", "lead", "company"):
        table = table_name(entity, get_dialect())
        rows = await _query(
            f"SELECT c.owner_id, c.id, c.type_id, c.value FROM {table}_multifields c "
            f"JOIN {table} t ON t.id = c.owner_id WHERE t._deleted_at IS NULL"
        )
        stored = sorted(
            (int(str(r["owner_id"])), int(str(r["id"])), str(r["type_id"]), str(r["value"] or ""))
            for r in rows
        )
        expected = sorted(
            (int(str(row["ID"])), int(each["ID"]), code, str(each["VALUE"]))
            for row in portal.rows(entity)
            for code in MULTIFIELDS
            for each in row.get(code) or []
        )
        found += _set_differences(f"{entity} multi-value", stored, expected)
    return found


async def _goods(portal: Portal) -> list[str]:
    table = table_name(GOODS, get_dialect())
    rows = await _query(
        f"SELECT id, owner_id, product_name, price, quantity FROM {table} WHERE _deleted_at IS NULL"
    )
    stored = sorted(
        (
            int(str(r["id"])),
            int(str(r["owner_id"])),
            str(r["product_name"]),
            float(str(r["price"])),
            float(str(r["quantity"])),
        )
        for r in rows
    )
    expected = sorted(
        (row["id"], row["ownerId"], row["productName"], float(row["price"]), float(row["quantity"]))
        for deal in portal.table("deal").store.ids()
        for row in productrows.rows_of(portal, "D", deal)
    )
    return _set_differences(GOODS, stored, expected)


def _set_differences(
    name: str, stored: list[tuple[object, ...]], expected: list[tuple[object, ...]]
) -> list[str]:
    lost, false = set(expected) - set(stored), set(stored) - set(expected)
    doubled = len(stored) - len(set(stored))
    found = [f"{name}: lost or stale {row}" for row in sorted(lost, key=str)]
    found += [f"{name}: not in the portal {row}" for row in sorted(false, key=str)]
    return found + ([f"{name}: {doubled} doubled"] if doubled else [])


async def _history(entity: str) -> list[str]:
    """No two versions overlap; a living row has one open version, equal to it."""
    table = table_name(entity, get_dialect())
    tables = await _query(
        "SELECT table_name AS n FROM information_schema.tables "
        f"WHERE table_name = '{table}_history' AND table_schema = database()"
        if get_dialect() == "mysql"
        else f"SELECT to_regclass('{table}_history')::text AS n"
    )
    if not tables or tables[0]["n"] is None:
        return []
    h = f"{table}_history"
    config = await _query(f"SELECT history FROM sync_config WHERE entity = '{entity}'")
    kept = bool(config and config[0]["history"])
    checks = {
        "versions that end before they begin": f"SELECT id FROM {h} WHERE valid_to <= valid_from",
        "overlapping versions": (
            f"SELECT a.id FROM {h} a JOIN {h} b ON a.id = b.id AND a.valid_from < b.valid_from "
            f"AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)"
        ),
        "doubled versions": f"SELECT id FROM {h} GROUP BY id, valid_from HAVING count(*) > 1",
        "more than one open version": (
            f"SELECT id FROM {h} WHERE valid_to IS NULL GROUP BY id HAVING count(*) > 1"
        ),
    }
    living = f"SELECT * FROM {table} WHERE _deleted_at IS NULL"
    if kept:
        checks["living rows without an open version"] = (
            f"SELECT t.id FROM ({living}) t LEFT JOIN {h} h ON h.id = t.id AND h.valid_to IS NULL "
            f"WHERE h.id IS NULL"
        )
        checks["open versions of deleted rows"] = (
            f"SELECT h.id FROM {h} h LEFT JOIN ({living}) t ON h.id = t.id "
            f"WHERE h.valid_to IS NULL AND t.id IS NULL"
        )
        checks["open versions unlike their row"] = _unlike(table, h)
    else:
        checks["open versions although none are kept"] = (
            f"SELECT id FROM {h} WHERE valid_to IS NULL"
        )
    found = []
    for what, statement in checks.items():
        rows = await _query(statement)
        shown = [" ".join(map(str, row.values())) for row in rows[:5]]
        found += [f"{entity} history: {what} ({len(rows)}): {shown}"] if rows else []
    return found


def _unlike(table: str, history: str) -> str:
    same = "<=>" if get_dialect() == "mysql" else "IS NOT DISTINCT FROM"
    names = {"crm_contacts": ("name", "post"), "crm_deals": ("title", "opportunity", "stage_id")}
    compared = names.get(table, ("title",))
    equal = " AND ".join(f"t.{name} {same} h.{name}" for name in compared)
    told = ", ".join(f"t.{name} AS t_{name}, h.{name} AS h_{name}" for name in compared)
    return (
        f"SELECT t.id, t._synced_at, h.valid_from, {told} "
        f"FROM {table} t JOIN {history} h ON h.id = t.id AND h.valid_to IS NULL "
        f"WHERE t._deleted_at IS NULL AND NOT ({equal})"
    )


async def _query(statement: str) -> list[Row]:
    async with connection() as conn:
        return [dict(row) for row in (await conn.execute(text(statement))).mappings()]
