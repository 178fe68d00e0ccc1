"""One record, brought up to date because somebody asks for it."""

from bridge24.bitrix import BitrixClient, BitrixError, crm
from bridge24.sync.errors import explain_portal_error
from bridge24.sync.objects.sources import has_source
from bridge24.sync.realtime.applying import bring_up_to_date
from bridge24.sync.realtime.errors import NotReadByItself, NotVisible, StillThere
from bridge24.sync.realtime.models import Outcome
from bridge24.sync.realtime.reading import Seen


async def sync_record(
    client: BitrixClient, entity: crm.Entity, record_id: int, *, host: str
) -> Outcome:
    """Store a record's present state; say ``stored`` or ``deleted``.

    Raises:
        NotReadByItself: Rows of this object are only read together.
        NotVisible: The portal shows it to nobody with our rights.
        PortalError: The portal could not be asked, or refuses.
    """
    if has_source(entity) or entity.paging != "keyset":
        raise NotReadByItself(entity=entity.name, reason="they have no ids of their own")
    try:
        (seen,) = (await bring_up_to_date(client, {entity: [record_id]})).values()
        _raise_refusal(seen, record_id)
    except BitrixError as error:
        raise explain_portal_error(error, host=host, scope=entity.scope) from error
    if record_id in seen.hidden:
        raise NotVisible(entity=entity.name, record_id=record_id, reason="it is hidden")
    return Outcome.DELETED if record_id in seen.gone else Outcome.STORED


async def delete_record(
    client: BitrixClient, entity: crm.Entity, record_id: int, *, host: str
) -> Outcome:
    """Delete a record here that is gone in the portal; the portal is asked first.

    Raises:
        StillThere: It is not gone; its present state has been stored.
        NotVisible: The portal shows it to nobody with our rights.
        PortalError: The portal could not be asked, or refuses.
    """
    outcome = await sync_record(client, entity, record_id, host=host)
    if outcome is not Outcome.DELETED:
        raise StillThere(entity=entity.name, record_id=record_id, reason="it exists")
    return outcome


def _raise_refusal(seen: Seen, record_id: int) -> None:
    if record_id in seen.failed:
        raise seen.failed[record_id]
    if record_id in seen.later:
        raise BitrixError("the portal has no time for it now, ask again later")
