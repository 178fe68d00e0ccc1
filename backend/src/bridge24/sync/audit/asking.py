"""Asks the portal for rows by their ids, as many in one HTTP call as it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, listing
from bridge24.bitrix.chains import NotAPage
from bridge24.bitrix.errors import UnexpectedAnswer
from bridge24.bitrix.listing import Row
from bridge24.sync.audit.findings import naive

PAGE_ROWS = 50
"""Rows of a page, and the most ids of one filter."""

IDS_AT_ONCE = 2_500
"""Ids asked for in one HTTP call when only their being there matters."""

ROWS_AT_ONCE = 500
"""Rows read whole in one HTTP call: what memory and the portal's 60 s allow."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the portal has of the rows it was asked for."""

    rows: dict[int, Row]
    read_at: datetime
    """By the portal's clock, in UTC without a zone: nothing was read before."""


async def read_rows(
    client: BitrixClient,
    entity: crm.Entity,
    ids: Sequence[int],
    *,
    select: Sequence[str] | None = None,
) -> Seen:
    """Ask for rows by id; those that are not there are not among the answer.

    Args:
        client: Calls the portal.
        entity: Whose rows.
        ids: Ascending. At most ``ROWS_AT_ONCE`` whole ones, ``IDS_AT_ONCE`` of few fields.
        select: The fields wanted instead of everything.

    Raises:
        NotAPage: The portal ignores the filter.
        BitrixError: It does not answer.
    """
    asked_at = datetime.now(UTC)
    calls = [_call(entity, part, select=select) for part in _parts(entity, ids)]
    replies = [_reply(outcome) for outcome in await client.batch(calls)]
    rows = [row for reply in replies for row in listing.rows(entity, reply.result)]
    by_id = {int(row[entity.id_field]): row for row in rows}
    if not by_id.keys() <= set(ids):
        raise NotAPage("the portal sent rows nobody asked for", method=entity.list_method)
    moments = [reply.time.began_at or asked_at for reply in replies]
    return Seen(by_id, naive(min(moments, default=asked_at)))


def takes_lists(entity: crm.Entity) -> bool:
    """Whether the list method takes a list of ids as a filter.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
    """
    classic = entity.list_method == f"crm.{entity.name}.list"
    return entity.list_method == "crm.item.list" or classic


def _parts(entity: crm.Entity, ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Part ids so that each part is one page: any fifty, or fifty that lie close together."""
    if takes_lists(entity):
        yield from (ids[at : at + PAGE_ROWS] for at in range(0, len(ids), PAGE_ROWS))
        return
    first = 0
    for at, (_, following) in enumerate(pairwise([*ids, None]), start=1):
        if following is None or following - ids[at - 1] > 1 or at - first == PAGE_ROWS:
            yield ids[first:at]
            first = at


def _call(entity: crm.Entity, ids: Sequence[int], *, select: Sequence[str] | None) -> Call:
    if takes_lists(entity):
        only = {f"@{entity.id_filter}": list(ids)}
        return Call(
            entity.list_method, listing.list_params(entity, select=select, extra_filter=only)
        )
    # Ids of one part follow each other, so nothing lies between them that is not asked for.
    params = listing.list_params(entity, select=select, after_id=ids[0] - 1, until_id=ids[-1])
    return Call(entity.list_method, params)


def _reply(outcome: Outcome) -> Reply:
    if isinstance(outcome, Reply):
        return outcome
    raise outcome if isinstance(outcome, BitrixError) else UnexpectedAnswer("not asked")
