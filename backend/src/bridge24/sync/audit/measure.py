"""Measures what pages cost on this portal, and remembers it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise

from bridge24.bitrix import BitrixClient, Call, Reply, listing
from bridge24.bitrix.checkpoint import Span
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.sync.audit import queries
from bridge24.sync.audit.counting import counting
from bridge24.sync.audit.plan import Allowance, Costs
from bridge24.sync.audit.table import Compared
from bridge24.sync.queries import highest_id

KEPT = timedelta(days=30)
"""A portal grows, and is moved to other machines."""
NARROW_ROWS, WIDE_ROWS = 100, 5_000
UNCOUNTABLE = 1e9
"""Stands for the price of a number that the portal does not tell."""
DEAR = 20.0
"""A count that takes so many pages' time is not repeated over a wider range."""


async def costs_of(client: BitrixClient, table: Compared) -> Costs:
    """Tell what pages cost; asks the portal, in two HTTP calls, once in a month."""
    known = await remembered(table.entity.name)
    if known.measured_at and utc_naive() - datetime.fromisoformat(known.measured_at) < KEPT:
        return known
    costs = await _measured(client, table)
    async with transaction() as session:
        audit = await queries.audit_of(session, table.entity.name)
        audit.costs = json.dumps(asdict(costs))
    return costs


async def remembered(entity: str) -> Costs:
    """Tell what was measured last; official figures when nothing was."""
    async with transaction() as session:
        audit = await queries.audit_of(session, entity)
        return Costs(**json.loads(audit.costs)) if audit.costs else Costs()


async def allowance_of(client: BitrixClient, method: str, *, now: float) -> Allowance:
    """Tell what the portal's limits leave for a method; ``now`` is the loop's time."""
    limits = await client.limits()
    return Allowance(
        calls_free=max(0.0, limits.bucket.room(now)),
        calls_per_second=limits.limits.leaks_per_second,
        operating_left=limits.operating.remaining(method, now),
        operating_limit=limits.operating.limit_seconds,
    )


async def _measured(client: BitrixClient, table: Compared) -> Costs:
    async with transaction() as session:
        top = await highest_id(session, table.name)
    page, narrow = await _seconds(client, table, Span(top // 2, top // 2 + NARROW_ROWS))
    per_row = 0.0
    if narrow < DEAR * page:
        _, wide = await _seconds(client, table, Span(top // 2, top // 2 + WIDE_ROWS))
        per_row = max(0.0, (wide - narrow) / (WIDE_ROWS - NARROW_ROWS))
    measured_at = utc_naive().isoformat(timespec="seconds")
    return Costs(page=page, counted=narrow, counted_row=per_row, measured_at=measured_at)


async def _seconds(client: BitrixClient, table: Compared, span: Span) -> tuple[float, float]:
    """Operating seconds of a page, and of a counted one over a range."""
    entity = table.entity
    page = Call(
        entity.list_method,
        listing.list_params(entity, after_id=span.after, select=table.select),
    )
    calls = [page, page, page, counting(table, span)]
    outcomes = await client.batch(calls)
    for outcome in outcomes:
        if not isinstance(outcome, Reply):
            raise outcome if isinstance(outcome, Exception) else AssertionError("not asked")
    replies = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
    costs = _costs(replies)
    is_counted = bool(replies[3].total) or not listing.rows(entity, replies[3].result)
    return min(costs[1:3]), costs[3] if is_counted else UNCOUNTABLE


def _costs(replies: Sequence[Reply]) -> list[float]:
    """What each command took: by the growth of ``operating``, or by its own time.

    Others may use the method meanwhile, so a command's share is at most its own time.
    https://apidocs.bitrix24.com/limits.html
    """
    own = [reply.time.processing or reply.time.duration for reply in replies]
    used = [reply.time.operating or 0.0 for reply in replies]
    grown = [0.0, *(after - before for before, after in pairwise(used))]
    return [min(mine, share) if share > 0 else mine for mine, share in zip(own, grown, strict=True)]
