"""Short lists that are read whole each time: currencies, and the options of list fields."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge24.bitrix import BitrixClient, BitrixError, Call, Reply, crm, listing
from bridge24.bitrix.errors import AccessDenied, InsufficientScope, MethodNotFound, NotFound
from bridge24.bitrix.listing import Row
from bridge24.bitrix.options import options_of
from bridge24.sync.objects.keys import KEY, spelled
from bridge24.sync.objects.lots import Lot

_NOT_FOR_US = (AccessDenied, InsufficientScope, MethodNotFound)


@dataclass(frozen=True, slots=True)
class Currencies:
    """Currencies go by a code of letters.

    https://apidocs.bitrix24.com/api-reference/crm/currency/crm-currency-list.html
    """

    entity: crm.Entity
    indexed: tuple[str, ...] = ()

    async def whole(self, client: BitrixClient) -> AsyncGenerator[Lot]:
        """Ask once."""
        reply = await client.call(crm.CURRENCY.list_method, listing.list_params(crm.CURRENCY))
        rows = listing.rows(crm.CURRENCY, reply.result)
        keyed = [{KEY: spelled(row.get("CURRENCY")), **row} for row in rows]
        yield Lot(keyed, reply.time.began_at or datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Options:
    """The options of every list field, of all objects.

    The numbers of options are the portal's own, unique across all fields.
    https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-fields/index.html
    """

    entity: crm.Entity
    objects: Sequence[crm.Entity]
    """Whose fields."""
    indexed: tuple[str, ...] = ()

    async def whole(self, client: BitrixClient) -> AsyncGenerator[Lot]:
        """Ask for the fields of every object, fifty objects a call."""
        outcomes = await client.batch([_described(each) for each in self.objects])
        rows: list[Row] = []
        moments = []
        for each, outcome in zip(self.objects, outcomes, strict=True):
            if isinstance(outcome, NotFound):
                continue  # a smart process that was deleted since it was discovered
            if isinstance(outcome, _NOT_FOR_US) and each.scope != crm.DEAL.scope:
                continue  # people's and tasks' fields need permissions of their own
            if isinstance(outcome, BitrixError):
                raise outcome
            if isinstance(outcome, Reply):
                rows += [{"ENTITY": each.name, **row} for row in options_of(outcome.result)]
                moments.append(outcome.time.began_at or datetime.now(UTC))
        yield Lot(rows, min(moments))


def _described(entity: crm.Entity) -> Call:
    if entity.userfields_method:
        return Call(entity.userfields_method, {"order": {"SORT": "ASC"}})
    return Call(entity.fields_method or "", dict(entity.item_params))
