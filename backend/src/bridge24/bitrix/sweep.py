"""Read a table by id: calls under way side by side, sent as the plan allows.

Everything happens in the consumer's own task: calls are sent when it asks for the next page,
so that a slow consumer stops them by itself.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bridge24.bitrix import chains
from bridge24.bitrix.account import Account
from bridge24.bitrix.batch import BatchReply
from bridge24.bitrix.chains import Haul, Query
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.errors import BitrixError, TimedOut
from bridge24.bitrix.foretelling import Expected, Rest, seconds_to_go
from bridge24.bitrix.plan import Ask, Budget, Planner, Wait
from bridge24.bitrix.progress import Consumer, Meter
from bridge24.bitrix.rows import UnparsedRows
from bridge24.bitrix.throttle import PortalLimits
from bridge24.bitrix.walk import PAGE_ROWS, Chain, Frontier, Range, Stretch
from bridge24.bitrix.wire import Reply, Time

if TYPE_CHECKING:
    from bridge24.bitrix.client import BitrixClient

CALL_SECONDS = 65.0
"""The portal cuts a call off after 60 s; then a smaller one has to be tried."""

PATIENCE = 10
"""Failed calls in a row before a sweep gives up; the pauses grow to a minute each."""

ROOM_BYTES = 20_000_000
"""JSON of rows that may wait for the consumer."""

OVERCOMMIT = 2
"""Calls may be under way for so many times the room, as long as no answer waits.

An answer takes memory only when it arrives, and they seldom arrive all at once.
"""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A call under way."""

    chains: list[Chain]
    at: float

    def expected(
        self, outline: Mapping[Range, Stretch], now: float, page_seconds: float
    ) -> Expected:
        """Say when it will be answered, by what pages have taken so far."""
        due_in = self.at + _pages(self.chains) * page_seconds - now
        return Expected(due_in, [outline[chain.range] for chain in self.chains])


class Sweep:
    """One pass over the id ranges of a checkpoint."""

    def __init__(
        self,
        client: "BitrixClient",
        query: Query,
        *,
        checkpoint: Checkpoint,
        meter: Meter,
        pages_per_call: int,
        walks_beside: int,
    ) -> None:
        self._client = client
        self._query = query
        self._checkpoint = checkpoint
        self._meter = meter
        self._frontier = Frontier.over(checkpoint.spans)
        self._planner = Planner(batch_pages=pages_per_call)
        self._account = Account()
        self._under_way: dict[asyncio.Task[BatchReply], _Sent] = {}
        self._consumer = Consumer()
        self._walks_beside = walks_beside
        self._room_bytes = ROOM_BYTES / (1 + walks_beside)
        self._room_pages = 1.0
        self._waiting_pages = 0

    async def pages(self) -> AsyncGenerator[Page]:
        """Hand out pages until no range is left."""
        limits = await self._client.limits()
        limits.calls_to_come[self] = math.inf
        try:
            while not self._frontier.finished:
                wait = self._launch(self._budget(limits))
                done = await self._next_done(wait)
                page = self._landed(done, limits=limits) if done else None
                if page is not None:
                    rows, given_at = len(page.rows), _now()
                    yield page
                    self._consumer.took(_now() - given_at, rows=rows)
                    page = None  # or its memory would be held during the next wait
        finally:
            del limits.calls_to_come[self]
            await self._abandon()

    def _launch(self, budget: Budget) -> Wait | None:
        """Send as many calls as the plan allows, and say what speaks against one more."""
        planner, frontier = self._planner, self._frontier
        readers = self._lanes(budget) - len(self._under_way)
        if readers > 0:
            pages = planner.size(budget, pages_left=frontier.expected_pages)
            frontier.spread(readers, smallest=pages)
        for _ in range(readers):
            if not frontier.has_idle:
                return None
            decision = planner.decide(_now(), budget=budget, pages_left=frontier.expected_pages)
            if not isinstance(decision, Ask):
                return decision
            taken = frontier.take(decision.pages)
            self._under_way[asyncio.create_task(self._fetch(taken))] = _Sent(taken, _now())
            budget = budget.after(_pages(taken))
        return None

    def _lanes(self, budget: Budget) -> int:
        if self._frontier.highest is None:
            return 1
        return self._planner.lanes(budget, pages_left=self._frontier.expected_pages)

    async def _fetch(self, taken: Sequence[Chain]) -> BatchReply:
        calls = chains.commands(self._query, taken)
        if self._frontier.highest is None:
            calls.append(chains.newest(self._query))
        self._meter.calls += 1
        try:
            async with asyncio.timeout(CALL_SECONDS):
                reply = await self._client.batch_once(calls, halt=True, unparsed=True)
        except TimeoutError:
            raise TimedOut("no answer within the time allowed", method="batch") from None
        self._waiting_pages += _pages(taken)
        return reply

    async def _next_done(self, wait: Wait | None) -> asyncio.Task[BatchReply] | None:
        """Wait for an answer, or until the plan should be asked again."""
        began = _now()
        self._meter.waiting_for = wait.reason if wait else None
        seconds = wait.seconds if wait else None
        if self._under_way:
            await asyncio.wait(
                self._under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(seconds or 0.0)
        if wait:
            self._meter.waited(wait.reason, _now() - began)
        return next((task for task in self._under_way if task.done()), None)

    def _landed(self, done: asyncio.Task[BatchReply], *, limits: PortalLimits) -> Page | None:
        """Turn an answer into a page; None when it brought nothing."""
        taken = self._under_way.pop(done).chains
        if isinstance(error := done.exception(), BitrixError):
            self._release(taken)
            self._fail(error)
            return None
        reply = done.result()
        self._waiting_pages -= _pages(taken)
        if self._frontier.highest is None:
            highest = chains.highest_id(self._query, reply.outcomes)
            if isinstance(highest, BitrixError):
                self._release(taken)
                self._fail(highest)
                return None
            self._frontier.highest = highest
        hauls = chains.hauls(self._query, taken, reply.outcomes)
        self._learn(reply, hauls)
        page = self._page(taken, hauls, read_at=_read_at(reply))
        self._note(reply, limits)
        return page

    def _release(self, taken: Sequence[Chain]) -> None:
        for chain in taken:
            self._frontier.release(chain)

    def _fail(self, error: BitrixError) -> None:
        """Rest and go on, unless the error is permanent or patience is at its end."""
        self._planner.failed(_now(), error)
        if not error.retryable or self._planner.failures >= PATIENCE:
            raise error

    def _learn(self, reply: BatchReply, hauls: Sequence[Haul]) -> None:
        if times := _times(reply):
            self._account.hear(times, _now())
            self._planner.answered(times, elapsed_seconds=reply.elapsed_seconds)
        for haul in hauls:
            if haul.error is not None:
                self._fail(haul.error)
        rows = sum(len(haul.rows) for haul in hauls)
        if rows:
            row_bytes = sum(haul.rows.size_bytes for haul in hauls) / rows
            self._room_pages = max(1.0, self._room_bytes / (PAGE_ROWS * row_bytes))

    def _page(
        self, taken: Sequence[Chain], hauls: Sequence[Haul], *, read_at: datetime
    ) -> Page | None:
        rows = UnparsedRows()
        settled: list[Span] = []
        for chain, haul in zip(taken, hauls, strict=True):
            landing = self._frontier.land(chain, haul.pages)
            rows.extend(haul.rows, landing.rows)
            settled.append(landing.settled)
        if all(span.empty for span in settled):
            return None
        self._checkpoint = self._checkpoint.delivered(settled)
        self._meter.rows += len(rows)
        return Page(rows, self._checkpoint, read_at)

    def _note(self, reply: BatchReply, limits: PortalLimits) -> None:
        meter, budget, now = self._meter, self._budget(limits), _now()
        spent = len(_times(reply)) * budget.page_cost
        meter.operating_seconds += spent
        self._account.spent(spent, now)
        meter.rows_to_come = self._frontier.expected_rows
        meter.landed(now)
        meter.foretell = partial(self._seconds_to_go, limits)
        pages = meter.rows_to_come / PAGE_ROWS
        limits.calls_to_come[self] = pages / self._pages_per_call(self._unspent(limits), pages)

    def _seconds_to_go(self, limits: PortalLimits) -> float:
        """Foretell the end: by what the limits let pass, or by how long the rows take here."""
        budget, now, rows = self._unspent(limits), _now(), self._frontier.expected_rows
        outline = self._frontier.outline()
        seconds = self._planner.page_seconds.mean
        rest = Rest(
            list(outline.values()),
            [sent.expected(outline, now, seconds) for sent in self._under_way.values()],
            trusted=self._frontier.trusted,
            others_calls=[n for walk, n in limits.calls_to_come.items() if walk is not self],
            returns=self._account.returns(now),
            page_seconds=self._meter.seconds_per_row * PAGE_ROWS,
            pages_per_call=self._pages_per_call(budget, rows / PAGE_ROWS),
        )
        by_portal = seconds_to_go(self._planner, budget, rest, now=now)
        return max(by_portal, rows * self._consumer.seconds_per_row)

    def _unspent(self, limits: PortalLimits) -> Budget:
        """What is left as if nothing were on its way."""
        room = self._room_pages * (1 if self._walks_beside else OVERCOMMIT)
        left = limits.operating.limit_seconds - self._account.settled
        return replace(self._budget(limits), operating_left=left, room=room)

    def _pages_per_call(self, budget: Budget, pages: float) -> float:
        """Pages of the calls to come: they grow as the bucket empties."""
        planned = min(self._planner.batch_pages, self._planner.size(budget, pages_left=pages))
        return max(self._meter.rows_per_call / PAGE_ROWS, planned)

    def _budget(self, limits: PortalLimits) -> Budget:
        now = _now()
        asked = sum(_pages(sent.chains) for sent in self._under_way.values())
        room = self._room_pages * (1 if self._waiting_pages or self._walks_beside else OVERCOMMIT)
        cost, limit = self._account.cost.mean, limits.operating.limit_seconds
        return Budget(
            operating_left=limit - self._account.used - asked * cost,
            operating_limit=limit,
            operating_reset_in=self._account.relief_in(now),
            calls_free=limits.bucket.room(now),
            calls_per_second=limits.limits.leaks_per_second,
            page_cost=cost,
            room=room,
            room_left=room - asked,
            # A walk that failed is still asked for its end.
            walks=max(1, len(limits.calls_to_come)),
        )

    async def _abandon(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


def _pages(taken: Sequence[Chain]) -> int:
    return sum(chain.pages for chain in taken)


def _times(reply: BatchReply) -> list[Time]:
    """Of every command the portal has run, the void ones included."""
    return [outcome.time for outcome in reply.outcomes if isinstance(outcome, Reply)]


def _read_at(reply: BatchReply) -> datetime:
    """The earliest moment the portal names; by our own clock when it names none."""
    told = [time.began_at for time in (reply.time, *_times(reply))]
    named = [moment for moment in told if moment is not None]
    return min(named) if named else datetime.now(UTC) - timedelta(seconds=reply.elapsed_seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()
