"""Compares numbers of rows: in ranges of ids, and in ranges of times of modification.

A range is equal when the portal counts as many rows in it as are stored, and the rows it
names as changed last are stored as of the same moments. Deleted and missing rows that make
up for each other within one range, none of them changed lately, are not seen; a stale row
shows because it lies in another range of time here than there.
https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from bridge24.bitrix import BitrixClient, BitrixError, Call, Reply, listing
from bridge24.bitrix.checkpoint import Span
from bridge24.bitrix.errors import UnexpectedAnswer
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.findings import naive
from bridge24.sync.audit.plan import Costs, call_counts
from bridge24.sync.audit.table import Compared


@dataclass(frozen=True, slots=True)
class Ages:
    """Rows modified after one moment, up to and with another; None is open."""

    after: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the portal says of one range."""

    total: int
    latest: dict[int, datetime | None]
    """The rows changed last, at most fifty; none of a range of times."""
    read_at: datetime


def counting(table: Compared, part: Span | Ages) -> Call:
    """Write the call that counts a range, and names the rows in it that changed last."""
    entity = table.entity
    if isinstance(part, Ages):
        filters = within(table, part)
        only = [entity.id_filter]
        params = listing.list_params(entity, select=only, extra_filter=filters, start=0)
        return Call(entity.list_method, params)
    params = listing.list_params(
        entity, after_id=part.after, until_id=part.until, select=table.select, start=0
    )
    return Call(entity.list_method, params | _latest_first(table))


def within(table: Compared, ages: Ages) -> dict[str, object]:
    """The filter for a range of times of modification."""
    name = table.entity.modified_filter
    ends = {f">{name}": ages.after, f"<={name}": ages.until}
    return {key: end.replace(tzinfo=UTC).isoformat() for key, end in ends.items() if end}


def _latest_first(table: Compared) -> dict[str, object]:
    entity = table.entity
    if entity.sort_names:
        by, way = entity.sort_names
        return {by: entity.modified_filter, way: "DESC"}
    return {"order": {entity.modified_filter: "DESC"}}


async def count(
    client: BitrixClient, table: Compared, parts: Sequence[Span | Ages], *, costs: Costs, rows: int
) -> list[Counted]:
    """Count ranges of about ``rows`` rows each, as many in a call as its time allows.

    Raises:
        BitrixError: The portal does not count.
    """
    told: list[Counted] = []
    at_once = call_counts(costs, rows=rows)
    for start in range(0, len(parts), at_once):
        calls = [counting(table, part) for part in parts[start : start + at_once]]
        outcomes = await client.batch(calls)
        told += [
            _counted(table, part, outcome)
            for part, outcome in zip(parts[start:], outcomes, strict=False)
        ]
    return told


def _counted(table: Compared, part: Span | Ages, outcome: object) -> Counted:
    if not isinstance(outcome, Reply):
        raise outcome if isinstance(outcome, BitrixError) else UnexpectedAnswer("not asked")
    rows = listing.rows(table.entity, outcome.result)
    if outcome.total is None:
        raise UnexpectedAnswer("the portal does not count", method=table.entity.list_method)
    read_at = naive(outcome.time.began_at or datetime.now(UTC))
    latest = table.read(rows) if isinstance(part, Span) else {}
    return Counted(outcome.total, latest, read_at)


@dataclass(frozen=True, slots=True)
class Spans:
    """What counting ranges of ids has told."""

    different: list[Span]
    ranges: int
    rows: int
    """Rows the portal has in all of them."""


async def total(client: BitrixClient, table: Compared) -> int:
    """Count all rows the portal has: as dear as the table is large."""
    everything = Span(0, None)
    (outcome,) = await client.batch([counting(table, everything)])
    return _counted(table, everything, outcome).total


async def count_spans(client: BitrixClient, table: Compared, *, parts: int, costs: Costs) -> Spans:
    """Count ranges of ids, and name those that differ."""
    async with transaction() as session:
        cuts = await queries.cuts(session, table.name, "id", parts=parts)
    bounds = [0, *(int(str(value)) for value, _ in cuts[:-1])]
    spans = [Span(after, until) for after, until in pairwise(bounds)]
    spans.append(Span(bounds[-1], None))
    size = cuts[-1][1] // len(spans) if cuts else 0
    at_once = call_counts(costs, rows=size)
    different: list[Span] = []
    rows = 0
    for start in range(0, len(spans), at_once):
        some = spans[start : start + at_once]
        told = await count(client, table, some, costs=costs, rows=size)
        rows += sum(counted.total for counted in told)
        for span, counted in zip(some, told, strict=True):
            if await _differs(table, span, counted):
                different.append(span)
    return Spans(different, ranges=len(spans), rows=rows)


async def _differs(table: Compared, span: Span, counted: Counted) -> bool:
    async with transaction() as session:
        number, latest, later = await queries.in_range(
            session, table.name, table.modified, span=span, since=counted.read_at
        )
        if number != counted.total or later:
            return True
        stored = await queries.stored_of(session, table.name, table.modified, ids=counted.latest)
    if latest != max((when for when in counted.latest.values() if when), default=None):
        return True
    return any(
        row_id not in stored or stored[row_id].deleted or stored[row_id].modified != when
        for row_id, when in counted.latest.items()
    )


async def fuller_ages(
    client: BitrixClient, table: Compared, *, parts: int, costs: Costs
) -> tuple[list[Ages], int]:
    """Count ranges of times of modification, and name those with more rows than stored.

    A row that is stale lies in a later range in the portal. Also: how many ranges there are.
    """
    async with transaction() as session:
        cuts = await queries.cuts(session, table.name, table.modified, parts=parts)
    if not cuts:
        return [], 0
    ends = [end for end, _ in cuts if isinstance(end, datetime)]
    ages = [Ages(after, until) for after, until in pairwise([None, *ends])]
    stored = [so_far - before for (_, before), (_, so_far) in pairwise([(None, 0), *cuts])]
    size = cuts[-1][1] // len(cuts)
    told = await count(client, table, [*ages, Ages(ends[-1], None)], costs=costs, rows=size)
    pairs = zip([*ages, Ages(ends[-1], None)], [*stored, 0], told, strict=True)
    return [age for age, number, counted in pairs if counted.total > number], len(ages) + 1
