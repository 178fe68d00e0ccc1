"""Compares every table with the emulator's own rows, by meaning, row by row."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bench import chaos_history
from bench.chaos_history import columns_of, query
from bridge24.bitrix import BitrixClient
from bridge24.core.db import get_dialect
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

CHUNK = 500
column_of = cache(snake_case)

Row = Mapping[str, object]


class Comparison:
    """Compares tables with a portal, again and again.

    A row that was found equal is looked at again when the portal has changed it, or when the
    digest that the database makes of all its cells is another one.

    Args:
        portal: What every table has to equal.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._same: dict[str, dict[int, str]] = defaultdict(dict)
        self.compared = 0
        """Rows of the portal that were compared so far, each as often as it was."""

    async def differences(self, client: BitrixClient) -> list[str]:
        """Say what is lost, stale, doubled, falsely deleted or falsely there."""
        found = []
        for entity in CLASSIC:
            fields = (await client.call(f"crm.{entity}.fields")).result
            found += await self._of_object(entity, entity, fields)
        smart = await client.call("crm.item.fields", {"entityTypeId": 1030})
        found += await self._of_object(SMART, 1030, smart.result["fields"])
        for entity in ("contact", "lead", "company"):
            found += await self._children(entity)
        found += await _goods(self._portal)
        for entity in (*CLASSIC, SMART):
            found += await chaos_history.differences(entity)
        found += [
            f"in quarantine: {row}"
            for row in await query("SELECT entity, row_id, reason FROM sync_quarantine")
        ]
        return found

    async def _of_object(
        self, entity: str, kind: str | int, fields: Mapping[str, Row]
    ) -> list[str]:
        table = table_name(entity, get_dialect())
        stored = await _marks(table)
        marked = await query(f"SELECT id FROM {table} WHERE _deleted_at IS NOT NULL")
        gone = {int(str(row["id"])) for row in marked}
        expected = set(self._portal.table(kind).store.ids())
        self.compared += len(expected)
        found = [
            f"{entity} {row_id}: {'falsely deleted' if row_id in gone else 'lost'}"
            for row_id in sorted(expected - stored.keys())
        ]
        found += [f"{entity} {row_id}: not deleted" for row_id in sorted(stored.keys() - expected)]
        both = expected & stored.keys()
        for few in self._to_look_at(table, kind, {row_id: stored[row_id] for row_id in both}):
            rows = await query(f"SELECT * FROM {table} WHERE id IN ({','.join(map(str, few))})")
            for row in rows:
                row_id = int(str(row["id"]))
                wrong = portal_values.differences(
                    fields, self._shown(kind, row_id), row, column=column_of
                )
                at = row["_synced_at"]
                found += [f"{entity} {row_id}: stale (read {at}): {line}" for line in wrong]
                if not wrong:
                    self._same[table][row_id] = stored[row_id]
        return found

    def _to_look_at(
        self, table: str, kind: str | int, marks: Mapping[int, str]
    ) -> Iterator[list[int]]:
        store, same = self._portal.table(kind).store, self._same[table]
        ids = [
            row_id
            for row_id, mark in sorted(marks.items())
            if row_id in store.changes or row_id in store.added or same.get(row_id) != mark
        ]
        return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))

    def _shown(self, kind: str | int, row_id: int) -> Row:
        table = self._portal.table(kind)
        smart = table.kind.created == "CREATED_TIME"
        return table.shown(row_id, table.view("item" if smart else "classic"))

    async def _children(self, entity: str) -> list[str]:
        """Phones, e-mails and the like, which are rows of their own."""
        table = table_name(entity, get_dialect())
        child = f"{table}_multifields"
        alive = dict.fromkeys(self._portal.table(entity).store.ids(), "")
        marks = {**alive, **await _child_marks(child, table)}
        found = []
        for few in self._to_look_at(child, entity, marks):
            rows = await query(
                f"SELECT owner_id, id, type_id, value FROM {child} "
                f"WHERE owner_id IN ({','.join(map(str, few))})"
            )
            stored = sorted(
                (int(str(r["owner_id"])), int(str(r["id"])), str(r["type_id"]), str(r["value"]))
                for r in rows
            )
            owners = [row_id for row_id in few if row_id in alive]
            expected = sorted(
                line for row_id in owners for line in self._multifields(entity, row_id)
            )
            wrong = _set_differences(f"{entity} multi-value", stored, expected)
            found += wrong
            if not wrong:
                self._same[child].update((row_id, marks[row_id]) for row_id in few)
        return found

    def _multifields(self, entity: str, row_id: int) -> Iterator[tuple[int, int, str, str]]:
        row = self._shown(entity, row_id)
        for code in MULTIFIELDS:
            for each in row.get(code) or ():  # type: ignore[attr-defined]
                yield row_id, int(each["ID"]), code, str(each["VALUE"])


async def _marks(table: str) -> dict[int, str]:
    """A digest of all cells of each row that is alive; empty cells do not count."""
    if get_dialect() == "mysql":
        names = await columns_of(table)
        cells = ", ".join(f"CONCAT('{name}=', `{name}`)" for name in names)
        # MySQL 9.6 took MD5 out of the server.
        digest = f"SHA2(CONCAT_WS('|', {cells}), 256)"
    else:
        digest = "md5(jsonb_strip_nulls(to_jsonb(t))::text)"
    rows = await query(
        f"SELECT t.id AS id, {digest} AS mark FROM {table} t WHERE t._deleted_at IS NULL"
    )
    return {int(str(row["id"])): str(row["mark"]) for row in rows}


async def _child_marks(child: str, table: str) -> dict[int, str]:
    line = "CONCAT_WS('|', c.id, c.type_id, c.value)"
    if get_dialect() == "mysql":
        digest = f"SHA2(GROUP_CONCAT({line} ORDER BY c.id), 256)"
    else:
        digest = f"md5(string_agg({line}, ',' ORDER BY c.id))"
    rows = await query(
        f"SELECT c.owner_id AS id, {digest} AS mark FROM {child} c JOIN {table} t "
        "ON t.id = c.owner_id WHERE t._deleted_at IS NULL GROUP BY c.owner_id"
    )
    return {int(str(row["id"])): str(row["mark"]) for row in rows}


async def _goods(portal: Portal) -> list[str]:
    table = table_name(GOODS, get_dialect())
    rows = await query(
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
    name: str, stored: Sequence[tuple[object, ...]], expected: Sequence[tuple[object, ...]]
) -> list[str]:
    lost, false = set(expected) - set(stored), set(stored) - set(expected)
    doubled = len(stored) - len(set(stored))
    found = [f"{name}: lost or stale {row}" for row in sorted(lost, key=str)]
    found += [f"{name}: not in the portal {row}" for row in sorted(false, key=str)]
    return found + ([f"{name}: {doubled} doubled"] if doubled else [])
