"""Comments in the timelines of records: asked for record by record.

Nothing of a record tells that a comment of it was edited or deleted; a new one moves the
record's last activity.
"""

from dataclasses import dataclass

from bridge24.bitrix import BitrixClient, Call, listing
from bridge24.bitrix.listing import Row
from bridge24.sync.objects.children import PAGE_ROWS, Owned, rows_of

READINGS = 3
"""So often a timeline that changes while it is read in pages is read anew."""


@dataclass(frozen=True, slots=True)
class Comments(Owned):
    """The comments of deals, leads, contacts, companies or items of a smart process.

    The list method knows no filter beside its owner, so that longer timelines come by
    offset. https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-list.html
    """

    def _call(self, owner: int) -> Call:
        return self._page(owner, 0)

    def _page(self, owner: int, start: int) -> Call:
        named = {"ENTITY_ID": owner, "ENTITY_TYPE": self.owners.name}
        params = listing.list_params(self.entity, extra_filter=named, start=start)
        return Call(self.entity.list_method, params)

    async def _completed(self, client: BitrixClient, owner: int, found: list[Row]) -> list[Row]:
        rows = found
        if len(found) == PAGE_ROWS:
            for _ in range(READINGS):
                rows, total = await self._whole_timeline(client, owner)
                if len({row["ID"] for row in rows}) == total:
                    break
        return [_lasting(row) for row in rows]

    async def _whole_timeline(self, client: BitrixClient, owner: int) -> tuple[list[Row], int]:
        """Read page after page, and say how many the portal counted at the end."""
        rows: list[Row] = []
        while True:
            call = self._page(owner, len(rows))
            reply = await client.call(call.method, call.params)
            page = rows_of(self.entity, reply)
            rows += page
            if len(page) < PAGE_ROWS:
                return rows, reply.total or 0


def _lasting(row: Row) -> Row:
    """Leave out the links to files: they are signed anew with every answer."""
    told = row.get("FILES") or []
    files = list(told.values()) if isinstance(told, dict) else told
    kept = [{key: value for key, value in each.items() if key[:3] != "url"} for each in files]
    return {**row, "FILES": kept}
