"""Finds objects by name: those every portal has, and the smart processes discovered."""

import re
from collections.abc import Iterable

from bridge24.bitrix import BitrixClient, crm
from bridge24.sync import discovery
from bridge24.sync.errors import UnknownEntity
from bridge24.sync.registry import REGISTRY, Mirrored

ENTITIES: dict[str, crm.Entity] = {name: each.entity for name, each in REGISTRY.items()}
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


def check_name(name: str) -> None:
    """Refuse a name that no portal's object has, before anybody is asked.

    Raises:
        UnknownEntity: There is no such object.
    """
    if not _OF_SMART_PROCESS.match(name):
        entity_named(name)


async def find_entity(name: str) -> crm.Entity:
    """Find an object by the name used in commands and paths: ``deal``, ``dynamic_1256``.

    A smart process that vanished from the portal is still found.

    Raises:
        UnknownEntity: There is no such object, or it was never discovered.
    """
    return (await find_mirrored(name)).entity


async def find_mirrored(name: str) -> Mirrored:
    """Find an object with all that the registry knows of it; see ``find_entity``."""
    known = dict(REGISTRY)
    if _OF_SMART_PROCESS.match(name):
        known |= {
            each.name: each for process in await discovery.stored() for each in process.objects
        }
    if name not in known:
        raise UnknownEntity(entity=name, known=", ".join(known))
    return known[name]


async def all_mirrored() -> list[Mirrored]:
    """List every object there is: the portal's usual ones and what was discovered last."""
    processes = [process for process in await discovery.stored() if not process.is_gone]
    return [*REGISTRY.values(), *(each for process in processes for each in process.used)]


async def known_entities() -> list[crm.Entity]:
    """List every object there is, by how it is read; see ``all_mirrored``."""
    return [each.entity for each in await all_mirrored()]


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
