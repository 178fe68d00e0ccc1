"""The CRM objects that are mirrored: one line an object, and the smart processes found."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bridge24.bitrix import BitrixClient, crm
from bridge24.sync import discovery
from bridge24.sync.errors import UnknownEntity

_LISTED = (
    crm.DEAL,
    crm.CONTACT,
    crm.LEAD,
    crm.COMPANY,
    crm.QUOTE,
    crm.SMART_INVOICE,
    crm.ACTIVITY,
    replace(crm.DEAL_STAGE_HISTORY, name="deal_stage_history"),
    replace(crm.LEAD_STAGE_HISTORY, name="lead_stage_history"),
    replace(crm.SMART_INVOICE_STAGE_HISTORY, name="smart_invoice_stage_history"),
    crm.REQUISITE,
    crm.BANK_DETAIL,
    crm.STATUS,
    replace(crm.DEAL_FUNNEL, name="deal_funnel"),
    crm.SMART_PROCESS_TYPE,
    crm.USER,
    crm.DEPARTMENT,
    crm.TASK,
    crm.CALL,
)
ENTITIES: dict[str, crm.Entity] = {entity.name: entity for entity in _LISTED}
"""The objects every portal has, by name."""

_OF_SMART_PROCESS = re.compile(r"dynamic_\d+")


def entity_named(name: str) -> crm.Entity:
    """Find an object every portal has; ``find_entity`` knows the smart processes too.

    Raises:
        UnknownEntity: There is no such object.
    """
    try:
        return ENTITIES[name]
    except KeyError:
        raise UnknownEntity(entity=name, known=", ".join(ENTITIES)) from None


async def find_entity(name: str) -> crm.Entity:
    """Find an object by the name used in commands and paths: ``deal``, ``dynamic_1256``.

    A smart process that vanished from the portal is still found.

    Raises:
        UnknownEntity: There is no such object, or it was never discovered.
    """
    if not _OF_SMART_PROCESS.match(name):
        return entity_named(name)
    found = {each.name: each for process in await discovery.stored() for each in process.objects}
    if name not in found:
        raise UnknownEntity(entity=name, known=", ".join([*ENTITIES, *found]))
    return found[name]


async def known_entities() -> list[crm.Entity]:
    """List every object there is: the portal's usual ones and what was discovered last."""
    processes = [process for process in await discovery.stored() if not process.is_gone]
    return [*ENTITIES.values(), *(each for process in processes for each in process.used)]


async def discover(client: BitrixClient) -> list[crm.Entity]:
    """Ask the portal for its smart processes, and list every object there is.

    Where the portal does not tell them (no permission, an old edition), what was
    discovered before stays.

    Raises:
        BitrixError: The portal was not reached, or refuses us altogether.
    """
    await discovery.look(client)
    return await known_entities()


async def granted_scopes(client: BitrixClient) -> frozenset[str]:
    """Ask which groups of methods the webhook may call.

    Raises:
        BitrixError: The portal does not tell.
    """
    reply = await client.call("scope")
    return frozenset(reply.result)


def permitted(
    entities: Iterable[crm.Entity], scopes: frozenset[str]
) -> tuple[list[crm.Entity], list[crm.Entity]]:
    """Part objects into those the webhook may read and those it may not."""
    wanted = list(entities)
    may = [entity for entity in wanted if entity.scope in scopes]
    return may, [entity for entity in wanted if entity.scope not in scopes]
