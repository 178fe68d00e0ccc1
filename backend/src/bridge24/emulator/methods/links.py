"""Which contacts a record has, and which companies a contact.

https://apidocs.bitrix24.com/api-reference/crm/deals/contacts/index.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bridge24.emulator.calls import WRITE, Answer, Call, Json, as_list, as_map, refused, register
from bridge24.emulator.methods import crm
from bridge24.emulator.methods.described import described
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table

FIELDS = """
{0} {1} R {2}
SORT integer . Sort order
ROLE_ID integer r Role
IS_PRIMARY char . Primary
"""
PAIRS = (
    ("deal", "contact"),
    ("lead", "contact"),
    ("quote", "contact"),
    ("contact", "company"),
    ("company", "contact"),
)


def get_links(owner: str, other: str, call: Call) -> Answer:
    """The linked records as integers, the primary first."""
    table = call.portal.table(owner)
    ids = _linked(table, crm.existing(table, call), other)
    return Answer(
        [
            {
                f"{other.upper()}_ID": int(each),
                "SORT": 100 * (place + 1),
                "ROLE_ID": 0,
                "IS_PRIMARY": "Y" if place == 0 else "N",
            }
            for place, each in enumerate(ids)
        ]
    )


def set_links(owner: str, other: str, call: Call) -> Answer:
    """True; all links are replaced."""
    table = call.portal.table(owner)
    entries = [as_map(each) for each in as_list(call.param("items"))]
    entries.sort(key=lambda entry: str(entry.get("IS_PRIMARY")) != "Y")
    _keep(table, crm.existing(table, call), other, (_id_of(entry, other) for entry in entries))
    return Answer(True, work=WRITE)


def delete_links(owner: str, other: str, call: Call) -> Answer:
    """True; nothing is linked any more."""
    table = call.portal.table(owner)
    _keep(table, crm.existing(table, call), other, ())
    return Answer(True, work=WRITE)


def add_link(owner: str, other: str, call: Call) -> Answer:
    """True; with `IS_PRIMARY` the new one comes first."""
    table = call.portal.table(owner)
    row_id, entry = crm.existing(table, call), as_map(call.param("fields"))
    added = _id_of(entry, other)
    rest = [each for each in _linked(table, row_id, other) if each != added]
    first = entry.get("IS_PRIMARY") == "Y"
    _keep(table, row_id, other, [added, *rest] if first else [*rest, added])
    return Answer(True, work=WRITE)


def delete_link(owner: str, other: str, call: Call) -> Answer:
    """True, and false when there was no such link."""
    table = call.portal.table(owner)
    row_id, gone = crm.existing(table, call), _id_of(as_map(call.param("fields")), other)
    ids = _linked(table, row_id, other)
    _keep(table, row_id, other, (each for each in ids if each != gone))
    return Answer(gone in ids, work=WRITE)


def describe_link(other: str, _call: Call) -> Answer:
    """The fields of a link."""
    kind, title = f"crm_{other}", other.capitalize()
    return Answer(described(FIELDS.format(f"{other.upper()}_ID", kind, title)))


ACTIONS = {
    "items.get": get_links,
    "items.set": set_links,
    "items.delete": delete_links,
    "add": add_link,
    "delete": delete_link,
}

for _owner, _other in PAIRS:
    for _name, _action in ACTIONS.items():
        _handler = partial(_action, _owner, _other)
        register(f"crm.{_owner}.{_other}.{_name}", _handler, scope="crm")
    register(f"crm.{_owner}.{_other}.fields", partial(describe_link, _other), scope="crm")


def _linked(table: Table, row_id: int, other: str) -> list[str]:
    found: list[Json] = table.store.value(row_id, f"{other.upper()}_IDS") or []
    return [str(each) for each in found]


def _keep(table: Table, row_id: int, other: str, ids: Iterable[str]) -> None:
    """Links do not count as an edit: the time of the last change stays."""
    kept = list(dict.fromkeys(ids))
    values: Row = {f"{other.upper()}_IDS": kept}
    one = f"{other.upper()}_ID"
    if one in table.schema:
        values[one] = kept[0] if kept else None
    table.store.change(row_id, values)


def _id_of(entry: Row | Json, other: str) -> str:
    number = str(entry.get(f"{other.upper()}_ID") or "")
    if not number.isdecimal():
        raise refused(f"The parameter '{other.upper()}_ID' is invalid or not defined.")
    return number
