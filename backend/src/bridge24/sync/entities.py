"""The CRM objects that are mirrored: one line an object."""

from collections.abc import Iterable
from dataclasses import replace

from bridge24.bitrix import BitrixClient, crm
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


def entity_named(name: str) -> crm.Entity:
    """Find an object by the name used in commands and paths.

    Raises:
        UnknownEntity: There is no such object.
    """
    try:
        return ENTITIES[name]
    except KeyError:
        raise UnknownEntity(entity=name, known=", ".join(ENTITIES)) from None


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
