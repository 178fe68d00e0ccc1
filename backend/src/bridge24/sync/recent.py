"""Which rows are copied before all others the first time: those of the last thirty days."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bridge24.bitrix import BitrixClient, BitrixError, crm, listing
from bridge24.bitrix.checkpoint import Span, without

RECENT = timedelta(days=30)

# How filters call the moment of creation, by how they call that of modification.
_CREATED: Mapping[str, str] = MappingProxyType(
    {
        "DATE_MODIFY": "DATE_CREATE",
        "updatedTime": "createdTime",
        "LAST_UPDATED": "CREATED",
        "CHANGED_DATE": "CREATED_DATE",
        "CREATED_TIME": "CREATED_TIME",
        "CALL_START_DATE": "CALL_START_DATE",
    }
)


async def recent_after(client: BitrixClient, entity: crm.Entity, *, since: datetime) -> int | None:
    """Find the id above which rows were created since a moment; one HTTP call.

    It only decides which ranges are read first: they are read whole, whatever the portal
    makes of the dates.

    Args:
        client: Calls the portal.
        entity: Whose rows.
        since: By the portal's clock, in UTC without a zone.

    Returns:
        None when there are no such rows, or they cannot be told apart.
    """
    created = _CREATED.get(entity.modified_filter or "")
    if created is None or entity.paging != "keyset":
        return None
    condition = {f">={created}": since.replace(tzinfo=UTC).isoformat()}
    params = listing.list_params(entity, select=[entity.id_filter], extra_filter=condition)
    try:
        reply = await client.call(entity.list_method, params)
        rows = listing.rows(entity, reply.result)
    except BitrixError as error:
        if error.retryable:
            raise
        return None
    ids = [int(row[entity.id_field]) for row in rows]
    return min(ids) - 1 if ids and min(ids) > 1 else None


def parted(spans: tuple[Span, ...], at: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Part ranges into what lies up to an id and what lies above it."""
    return without(spans, Span(at, None)), without(spans, Span(0, at))
