"""Adding, editing and deleting records and fields, with everything that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge24.emulator import rows
from bridge24.emulator.calls import Json
from bridge24.emulator.journal import Change, ChangeKind
from bridge24.emulator.schema import Field, Option
from bridge24.emulator.seeding.custom import declare
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal


def add(portal: Portal, table: Table, fields: Row, *, user_id: int) -> int:
    """Create a record with its defaults and tell of it."""
    row_id = table.store.add(rows.fresh(portal, table, fields, user_id=user_id))
    _tell(portal, "add", table, row_id, after=table.store.row(row_id), user_id=user_id)
    return row_id


def update(portal: Portal, table: Table, row_id: int, fields: Row, *, user_id: int) -> bool:
    """Edit a record; when no value differs nothing is stored and no time moves.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    before = table.get(row_id)
    if before is None:
        raise KeyError(row_id)
    sent = rows.clean(portal, table, fields, before=before)
    changed = {
        code: value
        for code, value in rows.possible(portal, table, before, sent).items()
        if not rows.same(table.schema.get(code), before.get(code), value)
    }
    if not changed:
        return False
    changed |= rows.consequences(portal, table, before, changed, user_id=user_id)
    table.store.change(row_id, changed)
    moved = "CATEGORY_ID" in changed and table.kind.name == "deal"
    kind: ChangeKind = "move_to_category" if moved else "update"
    after = before | changed
    _tell(portal, kind, table, row_id, before=before, after=after, user_id=user_id)
    return True


def delete(portal: Portal, table: Table, row_id: int, *, user_id: int) -> None:
    """Delete a record and tell of it."""
    before = table.get(row_id)
    if before is None:
        raise KeyError(row_id)
    table.store.delete(row_id)
    _tell(portal, "delete", table, row_id, before=before, user_id=user_id)


def restore(portal: Portal, table: Table, row: Row, *, user_id: int) -> None:
    """Put a record back under its old id, its times untouched."""
    row_id = int(row["ID"])
    table.store.put(row_id, row)
    _tell(portal, "add", table, row_id, after=row, user_id=user_id)


def add_field(
    portal: Portal,
    table: Table,
    code: str,
    kind: str,
    *,
    multiple: bool,
    labels: dict[str, str],
    options: Iterable[str] = (),
    mandatory: bool = False,
    user_id: int,
) -> Field:
    """Declare a custom field; rows that exist show it empty."""
    choices = tuple(
        Option(str(next(portal.numbers)), value, 10 * (place + 1), f"opt-{place}")
        for place, value in enumerate(options)
    )
    each = declare(
        code,
        kind,
        entity_id=table.kind.uf_entity,
        multiple=multiple,
        labels=labels,
        field_id=next(portal.numbers),
        options=choices,
        mandatory=mandatory,
    )
    if table.kind.name == "task":
        each = replace(each, name=code)  # rows of tasks show these codes as they are
    table.schema.put(each)
    _tell_field(portal, "add", table, each, user_id)
    return each


def remove_field(portal: Portal, table: Table, code: str, *, user_id: int) -> None:
    """Remove a custom field and its values."""
    each = table.schema.get(code)
    if each is None or each.custom is None:
        raise KeyError(code)
    table.schema.remove(code)
    _tell_field(portal, "delete", table, each, user_id)


def set_options(
    portal: Portal, table: Table, code: str, sent: Sequence[Mapping[str, Json]], *, user_id: int
) -> None:
    """Edit, add and (`DEL`) remove options of a list field; those not sent stay.

    https://apidocs.bitrix24.com/api-reference/crm/deals/user-defined-fields/crm-deal-userfield-update.html
    """
    each = table.schema.get(code)
    if each is None or each.custom is None:
        raise KeyError(code)
    options = {option.id: option for option in each.custom.options}
    for told in sent:
        known = options.get(str(told.get("ID") or ""))
        if known is None:
            option_id = str(next(portal.numbers))
            known = Option(option_id, "", 500, f"opt-{option_id}")
        options[known.id] = _edited(known, told)
        if told.get("DEL") == "Y":
            del options[known.id]
    in_order = tuple(sorted(options.values(), key=lambda option: (option.sort, int(option.id))))
    changed = replace(each, custom=replace(each.custom, options=in_order))
    table.schema.put(changed)
    _tell_field(portal, "set_enum_values", table, changed, user_id)


def _edited(option: Option, told: Mapping[str, Json]) -> Option:
    return Option(
        option.id,
        str(told.get("VALUE", option.value)),
        int(told.get("SORT", option.sort)),
        str(told.get("XML_ID", option.xml_id)),
        told.get("DEF", "Y" if option.default else "N") == "Y",
    )


def field_row(each: Field) -> Row:
    """What listeners hear of a custom field."""
    custom = each.custom
    if custom is None:
        raise ValueError(f"{each.code} is not a custom field")
    return {"ID": str(custom.id), "ENTITY_ID": custom.entity_id, "FIELD_NAME": each.code}


def _tell(
    portal: Portal,
    kind: ChangeKind,
    table: Table,
    row_id: int,
    *,
    before: Row | None = None,
    after: Row | None = None,
    user_id: int,
) -> None:
    name, type_id = table.kind.name, table.kind.type_id
    portal.tell(Change(kind, name, row_id, type_id, before, after, user_id))


def _tell_field(portal: Portal, kind: ChangeKind, table: Table, each: Field, user_id: int) -> None:
    row = field_row(each)
    before, after = (None, row) if kind == "add" else (row, None)
    type_id = table.kind.type_id
    portal.tell(Change(kind, "userfield", int(row["ID"]), type_id, before, after, user_id))
