"""Widens an emulated portal: custom fields with business labels, smart processes, values."""

from collections.abc import Iterable, Sequence

from bridge24.bitrix import BitrixClient
from bridge24.cli.rehearsal.fields import (
    DEAL_FIELDS,
    OTHER_FIELDS,
    PROCESS_ITEMS,
    PROCESSES,
    Own,
    alike,
)
from bridge24.emulator import Portal, PortalSpec

SEED = 7
SPEC = PortalSpec(
    name="rehearsal",
    deals=240,
    contacts=90,
    leads=120,
    companies=60,
    quotes=30,
    items=20,
    activities=80,
)
DISTRACTORS = 190
"""Custom fields of deals that nobody asks about: the table has more than 300 columns."""
_SWITCHES = ("isStagesEnabled", "isCategoriesEnabled", "isClientEnabled", "isSourceEnabled")


async def widen(portal: Portal, client: BitrixClient) -> None:
    """Give the portal what a real one has gathered over the years."""
    _furnish(portal, "deal", (*DEAL_FIELDS, *alike(DISTRACTORS)))
    for entity, fields in OTHER_FIELDS.items():
        _furnish(portal, entity, fields)
    for place, title in enumerate(PROCESSES):
        told = await client.call(
            "crm.type.add", {"fields": {"title": title, **dict.fromkeys(_SWITCHES, "Y")}}
        )
        _fill(portal, int(told.result["type"]["entityTypeId"]), title, start=place)


def _furnish(portal: Portal, entity: str, fields: Sequence[Own]) -> None:
    options = {own.code: _declared(portal, entity, own) for own in fields}
    for place, row_id in enumerate(_ids(portal, entity)):
        values = {
            f"UF_CRM_{own.code}": options[own.code][(place // own.every) % len(options[own.code])]
            for own in fields
            if own.every and place % own.every == 0
        }
        portal.update(entity, row_id, values)


def _declared(portal: Portal, entity: str, own: Own) -> list[str]:
    """Declare a field; what its rows can hold is told: options by their ids."""
    listed = own.kind == "enumeration"
    field = portal.add_field(
        entity,
        f"UF_CRM_{own.code}",
        own.kind,
        label=own.label,
        options=own.values if listed else (),
    )
    if listed and field.custom is not None:
        return [option.id for option in field.custom.options]
    return list(own.values)


def _ids(portal: Portal, entity: str) -> Iterable[int]:
    return list(portal.table(entity).store.ids())


def _fill(portal: Portal, entity_type_id: int, title: str, *, start: int) -> None:
    stages = portal.funnels[entity_type_id][0].stages
    for number in range(PROCESS_ITEMS):
        portal.add(
            entity_type_id,
            {
                "TITLE": f"{title} {number + 1}",
                "STAGE_ID": stages[(start + number) % len(stages)].id,
                "OPPORTUNITY": str(1000 * (number + 1)),
                "ASSIGNED_BY_ID": str(1 + number % 5),
            },
        )
