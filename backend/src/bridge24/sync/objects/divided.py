"""Lists that are read part by part, each part by id: addresses, links of requisites, goods.

They have no id of their own, or refuse to be listed as a whole.
"""

import itertools
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bridge24.bitrix import BitrixClient, BitrixError, Call, Reply, crm, listing
from bridge24.bitrix.errors import UnexpectedAnswer
from bridge24.bitrix.listing import Row
from bridge24.sync.objects import catalogues
from bridge24.sync.objects.keys import BITS, KEY, packed
from bridge24.sync.objects.lots import Lot
from bridge24.sync.probe import modified_since

PAGE_ROWS = 50
Part = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Divided:
    """An object whose rows are told apart by several codes, of which the last is counted up.

    All parts are looked at in one call. Most end on their first page; the longer ones are
    walked by id. Codes nobody foresaw are found by asking for what has none of the known.
    """

    entity: crm.Entity
    codes: Mapping[str, tuple[Sequence[int], int]]
    """Each code that names a part → the values known of it, and the bits they take."""
    counted: str
    """The code that is unique within a part."""
    indexed: tuple[str, ...]

    async def whole(self, client: BitrixClient) -> AsyncGenerator[Lot]:
        """Read part after part."""
        known = {code: list(values) for code, (values, _) in self.codes.items()}
        done: set[tuple[object, ...]] = set()
        while True:
            parts = [part for part in _combined(known) if tuple(part.values()) not in done]
            done |= {tuple(part.values()) for part in parts}
            others: list[Row] = []
            async for lot, unforeseen in self._looked(client, parts, known):
                yield lot
                others += unforeseen
            if not _extend(known, others):
                return

    async def _looked(
        self, client: BitrixClient, parts: Sequence[Part], known: Mapping[str, Sequence[int]]
    ) -> AsyncGenerator[tuple[Lot, list[Row]]]:
        rest = [{f"!@{code}": list(values)} for code, values in known.items()]
        calls = [self._first(each) for each in (*parts, *rest)]
        outcomes = await client.batch(calls)
        for number, outcome in enumerate(outcomes):
            rows, read_at = _page(self._listed, outcome)
            if number >= len(parts):
                yield Lot([], read_at), rows
                continue
            yield Lot(self._keyed(rows), read_at), []
            if len(rows) == PAGE_ROWS:
                async with aclosing(
                    aiter(client.records(self._listed, filter=parts[number]))
                ) as pages:
                    async for page in pages:
                        yield Lot(self._keyed(page.rows), page.read_at), []

    @property
    def _listed(self) -> crm.Entity:
        return replace(
            self.entity, id_field=self.counted, id_filter=self.counted, order_by=(), paging="keyset"
        )

    def _first(self, conditions: Part) -> Call:
        params = listing.list_params(self._listed, extra_filter=conditions)
        return Call(self.entity.list_method, params)

    def _keyed(self, rows: Sequence[Row]) -> list[Row]:
        room = BITS - sum(bits for _, bits in self.codes.values())
        return [
            {
                KEY: packed(
                    *((row.get(code), bits) for code, (_, bits) in self.codes.items()),
                    (row.get(self.counted), room),
                ),
                **row,
            }
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class OfCatalogues:
    """Products, or their sections: every list of them names its catalogue.

    https://apidocs.bitrix24.com/api-reference/catalog/catalog/catalog-catalog-list.html
    """

    entity: crm.Entity
    indexed: tuple[str, ...] = ()

    async def whole(self, client: BitrixClient) -> AsyncGenerator[Lot]:
        """Read catalogue after catalogue."""
        async for lot in self._read(client, {}):
            yield lot

    @property
    def tells_changes(self) -> bool:
        """Whether the rows say when they were edited."""
        return self.entity.modified_filter is not None

    def since(self, client: BitrixClient, moment: datetime) -> AsyncGenerator[Lot]:
        """Read what was edited; only for rows that tell."""
        return self._read(client, modified_since(self.entity, moment))

    async def _read(self, client: BitrixClient, conditions: Part) -> AsyncGenerator[Lot]:
        for number in await catalogues.ask(client):
            walk = client.records(self.entity, filter={"iblockId": number, **conditions})
            async with aclosing(aiter(walk)) as pages:
                async for page in pages:
                    yield Lot(page.rows, page.read_at)


def _combined(known: Mapping[str, Sequence[int]]) -> list[dict[str, int]]:
    return [dict(zip(known, values, strict=True)) for values in itertools.product(*known.values())]


def _extend(known: dict[str, list[int]], rows: Sequence[Row]) -> bool:
    """Learn values that were not foreseen; False when there are none."""
    found = False
    for code, values in known.items():
        new = sorted({int(row[code]) for row in rows}.difference(values))
        values.extend(new)
        found = found or bool(new)
    return found


def _page(entity: crm.Entity, outcome: object) -> tuple[list[Row], datetime]:
    if isinstance(outcome, BitrixError):
        raise outcome
    if not isinstance(outcome, Reply):
        raise UnexpectedAnswer("not asked", method=entity.list_method)
    return listing.rows(entity, outcome.result), outcome.time.began_at or datetime.now(UTC)
