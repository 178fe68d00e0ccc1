"""The CRM objects that are mirrored: one line an object."""

from bridge24.bitrix import crm
from bridge24.sync.errors import UnknownEntity

ENTITIES: dict[str, crm.Entity] = {
    "deal": crm.DEAL,
    "contact": crm.CONTACT,
    "lead": crm.LEAD,
    "company": crm.COMPANY,
}


def entity_named(name: str) -> crm.Entity:
    """Find an object by the name used in commands and paths.

    Raises:
        UnknownEntity: There is no such object.
    """
    try:
        return ENTITIES[name]
    except KeyError:
        raise UnknownEntity(entity=name, known=", ".join(ENTITIES)) from None
