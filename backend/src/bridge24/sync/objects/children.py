"""Rows that belong to an owner: product rows, and links between records.

Whoever wants them names the owner, so an owner costs a command, fifty fit into one HTTP
call, and only owners that changed are asked again.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge24.bitrix import BitrixClient, Call, Outcome, Reply, crm, listing
from bridge24.bitrix.batch import MAX_COMMANDS
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span, without
from bridge24.bitrix.errors import AccessDenied, BitrixError, NotFound, UnexpectedAnswer
from bridge24.bitrix.listing import Row
from bridge24.bitrix.pages import Walk, beginning
from bridge24.bitrix.parts import owner_letters
from bridge24.sync.objects.keys import KEY, packed
from bridge24.sync.objects.lots import Lot
from bridge24.sync.probe import modified_since

PAGE_ROWS = 50
StoredMembers = Callable[[Sequence[int]], Awaitable[Mapping[int, set[int]]]]
"""Owner → the other sides of its links, as they are stored."""


@dataclass(frozen=True, slots=True)
class Owned(ABC):
    """What the sources here share: they walk over the owners, then ask for each one's rows."""

    entity: crm.Entity
    owners: crm.Entity
    """The object whose records have the rows, read through ``crm.item.list``."""
    owner: str
    """The column of the owner's id."""
    indexed: tuple[str, ...]

    async def whole(
        self, client: BitrixClient, *, resume: Checkpoint | None
    ) -> AsyncGenerator[Lot]:
        """Walk over all owners; each page is a lot."""
        owed = (resume or beginning(self.owners)).spans
        walk = client.records(self.owners, select=self._select, resume=resume)
        async for page in _pages(walk):
            rows, denied = await self._rows(client, page.rows)
            yield Lot(
                rows,
                page.read_at,
                owners=_ids(page.rows) - denied,
                spans=_settled(owed, page.checkpoint.spans),
                kept=denied,
                checkpoint=page.checkpoint,
            )
            owed = page.checkpoint.spans

    @property
    def tells_changes(self) -> bool:
        """Whether the owners say when they were edited."""
        return self.owners.modified_filter is not None

    async def since(self, client: BitrixClient, moment: datetime) -> AsyncGenerator[Lot]:
        """Ask again for owners that were edited."""
        walk = client.records(
            self.owners, select=self._select, filter=modified_since(self.owners, moment)
        )
        async for page in _pages(walk):
            rows, denied = await self._rows(client, page.rows)
            yield Lot(rows, page.read_at, owners=_ids(page.rows) - denied)

    async def compared(self, client: BitrixClient, stored: StoredMembers) -> AsyncGenerator[Lot]:
        """Walk over all owners, and ask only those whose rows are known to differ.

        Args:
            client: Calls the portal.
            stored: Tells what is stored of some owners.
        """
        owed = beginning(self.owners).spans
        async for page in _pages(client.records(self.owners, select=self._select)):
            differing = await self._differing(page.rows, stored)
            rows, denied = await self._rows(client, differing)
            told = _ids(differing) - denied
            yield Lot(
                rows,
                page.read_at,
                owners=told,
                spans=_settled(owed, page.checkpoint.spans),
                kept=_ids(page.rows) - told,
            )
            owed = page.checkpoint.spans

    async def of(self, client: BitrixClient, owners: Sequence[int]) -> AsyncGenerator[Lot]:
        """Ask for some owners, whether they still exist or not."""
        for start in range(0, len(owners), MAX_COMMANDS):
            ids = owners[start : start + MAX_COMMANDS]
            outcomes = await client.batch([self._call(owner) for owner in ids])
            began = [each.time.began_at for each in outcomes if isinstance(each, Reply)]
            told = [moment for moment in began if moment]
            rows, denied = await self._read(client, dict(zip(ids, outcomes, strict=True)))
            yield Lot(rows, min(told, default=datetime.now(UTC)), owners={*ids} - denied)

    @property
    def _select(self) -> list[str]:
        return ["id"]

    async def _differing(self, _owners: Sequence[Row], _stored: StoredMembers) -> list[Row]:
        """The owners of which a walk can see that other rows are stored than they have."""
        return []

    def _asked(self, owners: Sequence[Row]) -> list[int]:
        """The owners that may have rows."""
        return [int(owner["id"]) for owner in owners]

    async def _rows(
        self, client: BitrixClient, owners: Sequence[Row]
    ) -> tuple[list[Row], set[int]]:
        """The rows of some owners, and the owners whose rows we may not see."""
        ids = self._asked(owners)
        outcomes = await client.batch([self._call(owner) for owner in ids])
        return await self._read(client, dict(zip(ids, outcomes, strict=True)))

    async def _read(
        self, client: BitrixClient, outcomes: Mapping[int, Outcome]
    ) -> tuple[list[Row], set[int]]:
        read: list[Row] = []
        denied: set[int] = set()
        for owner, outcome in outcomes.items():
            if isinstance(outcome, AccessDenied):
                denied.add(owner)  # what is stored of it stays
                continue
            found = rows_of(self.entity, outcome)
            read += await self._completed(client, owner, found)
        return read, denied

    @abstractmethod
    def _call(self, owner: int) -> Call:
        """Ask for the rows of one owner."""

    async def _completed(self, _client: BitrixClient, _owner: int, found: list[Row]) -> list[Row]:
        return found


@dataclass(frozen=True, slots=True)
class ProductRows(Owned):
    """The goods in a deal, lead, quote, invoice or item of a smart process.

    https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/index.html
    """

    def _call(self, owner: int) -> Call:
        return self._after(owner, 0)

    def _after(self, owner: int, row_id: int) -> Call:
        named = {
            "=ownerType": owner_letters(self.owners.entity_type_id or 0),
            "=ownerId": owner,
        }
        params = listing.list_params(self.entity, after_id=row_id, extra_filter=named)
        return Call(self.entity.list_method, params)

    async def _completed(self, client: BitrixClient, owner: int, found: list[Row]) -> list[Row]:
        rows = list(found)
        while len(found) == PAGE_ROWS:
            call = self._after(owner, max(int(row["id"]) for row in found))
            found = rows_of(self.entity, await client.call(call.method, call.params))
            rows += found
        return rows


@dataclass(frozen=True, slots=True)
class Links(Owned):
    """Which contacts a deal has, or which companies a contact.

    ``crm.item.list`` tells for 2,500 owners in one call whether they have any; how they are
    ordered and which is the first only the owner's own list tells.

    https://apidocs.bitrix24.com/api-reference/crm/deals/contacts/index.html
    """

    listed: str = ""
    """The field of the owner that holds the ids: ``contactIds``."""

    @property
    def _select(self) -> list[str]:
        return ["id", self.listed]

    def _asked(self, owners: Sequence[Row]) -> list[int]:
        # An older portal may not tell the field: then each owner is asked.
        return [int(owner["id"]) for owner in owners if owner.get(self.listed, True)]

    async def _differing(self, owners: Sequence[Row], stored: StoredMembers) -> list[Row]:
        known = await stored([int(owner["id"]) for owner in owners])
        return [
            owner
            for owner in owners
            if {int(each) for each in owner.get(self.listed) or ()}
            != known.get(int(owner["id"]), set())
        ]

    def _call(self, owner: int) -> Call:
        return Call(self.entity.list_method, {"id": owner})

    async def _completed(self, _client: BitrixClient, owner: int, found: list[Row]) -> list[Row]:
        other = self.entity.id_field
        code = self.owner.upper()
        return [
            {KEY: packed((owner, 31), (row.get(other), 32)), code: owner, **row} for row in found
        ]


async def _pages(walk: Walk) -> AsyncGenerator[Page]:
    async with aclosing(aiter(walk)) as pages:
        async for page in pages:
            yield page


def rows_of(entity: crm.Entity, outcome: Outcome) -> list[Row]:
    """Take the rows out of an answer; an owner that is gone has none.

    Raises:
        BitrixError: The portal refuses.
    """
    if isinstance(outcome, Reply):
        return listing.rows(entity, outcome.result)
    if isinstance(outcome, NotFound):
        return []  # the owner was deleted since it was listed
    if isinstance(outcome, BitrixError):
        raise outcome
    raise UnexpectedAnswer("not asked", method=entity.list_method)


def _ids(owners: Sequence[Row]) -> set[int]:
    return {int(owner["id"]) for owner in owners}


def _settled(before: Sequence[Span], after: Sequence[Span]) -> tuple[Span, ...]:
    settled = tuple(before)
    for span in after:
        settled = without(settled, span)
    return settled
