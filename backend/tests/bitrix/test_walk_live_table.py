"""A walk over a table that changes, errs and answers short between any two of its pages."""

import bisect
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.checkpoint import Checkpoint, Page
from bridge24.bitrix.crm import DEAL
from bridge24.bitrix.errors import PortalFailed, TimedOut
from bridge24.bitrix.pages import Walk
from bridge24.bitrix.testing import ScriptedTransport, breaks, refuses
from bridge24.bitrix.throttle import Limits, PortalLimits

Run = Callable[[Coroutine[Any, Any, list[Page]]], list[Page]]


@dataclass
class Trouble:
    """How often, per page, something happens."""

    changes: float = 0.0
    short: float = 0.0
    errors: float = 0.0
    timeouts: float = 0.0


@dataclass
class LiveTable:
    """Deals that are inserted and deleted while they are listed."""

    ids: list[int]
    chance: random.Random
    trouble: Trouble
    deleted: set[int] = field(default_factory=set)
    next_id: int = 0
    pages: int = 0

    def __post_init__(self) -> None:
        self.at_start = set(self.ids)
        self.next_id = max(self.ids, default=0) + 1

    @property
    def survivors(self) -> set[int]:
        return self.at_start - self.deleted

    def answer(self, params: Mapping[str, Any]) -> object:
        self.pages += 1
        self._change()
        if self.chance.random() < self.trouble.timeouts:
            return breaks(TimedOut("too slow"))
        if self.chance.random() < self.trouble.errors:
            return refuses("INTERNAL_SERVER_ERROR", "oops", status=500)
        return [{"ID": str(row), "TITLE": f"deal {row}"} for row in self._page(params)]

    def _page(self, params: Mapping[str, Any]) -> list[int]:
        bounds = params.get("filter", {})
        low = bisect.bisect_right(self.ids, int(bounds.get(">ID") or 0))
        high = bisect.bisect_right(self.ids, int(bounds.get("<=ID", 10**12)))
        if params["order"]["ID"] == "DESC":
            return self.ids[max(low, high - 50) : high][::-1]
        page = self.ids[low : min(high, low + 50)]
        if len(page) > 1 and self.chance.random() < self.trouble.short:
            return page[: self.chance.randrange(1, len(page))]
        return page

    def _change(self) -> None:
        while self.chance.random() < self.trouble.changes:
            if self.chance.random() < 0.5 and self.ids:
                self.deleted.add(self.ids.pop(self.chance.randrange(len(self.ids))))
                continue
            self.next_id += self.chance.randrange(1, 4)
            self.ids.append(self.next_id)


def client_for(table: LiveTable) -> BitrixClient:
    transport = ScriptedTransport()
    transport.on("crm.deal.list", table.answer)
    limits = PortalLimits(Limits())
    return BitrixClient(
        Webhook("http://localhost/rest/1/abcdefgh12345678/"), limits=limits, transport=transport
    )


async def read(
    table: LiveTable, *, resume: Checkpoint | None = None, at_most: int = 10**9
) -> list[Page]:
    """Walk on until the end or until so many pages are stored, whatever breaks."""
    stored: list[Page] = []
    async for page in Walk(client_for(table), DEAL, resume=resume):
        stored.append(page)
        if len(stored) >= at_most:
            break
    return stored


def ids_of(pages: list[Page]) -> list[int]:
    return [int(row["ID"]) for page in pages for row in page.rows]


def assert_exact(table: LiveTable, pages: list[Page]) -> None:
    delivered = ids_of(pages)
    assert len(delivered) == len(set(delivered)), "a row was handed out twice"
    assert table.survivors <= set(delivered), "a row that was always there is missing"


@st.composite
def id_sets(draw: st.DrawFn) -> list[int]:
    """Dense runs, sparse runs and huge gaps."""
    ids: list[int] = []
    last = 0
    for _ in range(draw(st.integers(0, 4))):
        last += draw(st.sampled_from([0, 1, 60, 10_000, 50_000_000]))
        step = draw(st.sampled_from([1, 2, 7, 1000]))
        count = draw(st.sampled_from([1, 49, 50, 51, 100, 300, 1200]))
        ids += range(last + 1, last + 1 + step * count, step)
        last = ids[-1]
    return ids


troubles = st.builds(
    Trouble,
    changes=st.sampled_from([0.0, 0.3, 0.8]),
    short=st.sampled_from([0.0, 0.1, 0.9]),
    errors=st.sampled_from([0.0, 0.02, 0.2]),
    timeouts=st.sampled_from([0.0, 0.01]),
)
chances = st.integers(0, 2**32).map(random.Random)
tables = st.builds(
    LiveTable, ids=id_sets(), chance=st.integers(0, 2**32).map(random.Random), trouble=troubles
)
often = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@often
@given(table=tables)
def test_every_row_that_is_always_there_is_handed_out_once(
    in_virtual_time: Run, table: LiveTable
) -> None:
    pages = in_virtual_time(read(table))

    assert_exact(table, pages)
    assert pages[-1].checkpoint.finished


@often
@given(table=tables, stops=st.lists(st.integers(1, 5), max_size=6))
def test_resuming_from_any_checkpoint_hands_out_exactly_the_rest(
    in_virtual_time: Run, table: LiveTable, stops: list[int]
) -> None:
    stored: list[Page] = []
    resume = None
    for at_most in [*stops, 10**9]:
        stored += in_virtual_time(read(table, resume=resume, at_most=at_most))
        resume = Checkpoint.from_json(stored[-1].checkpoint.to_json())
        if resume.finished:
            break

    assert_exact(table, stored)


@often
@given(table=tables, patience=st.integers(1, 4))
def test_a_walk_that_fails_leaves_a_checkpoint_to_the_rest(
    in_virtual_time: Run, table: LiveTable, patience: int
) -> None:
    table.trouble.errors = 0.7
    stored: list[Page] = []
    resume = None
    for attempt in range(40):
        if attempt >= patience:
            table.trouble = Trouble()
        try:
            in_virtual_time(_store(table, stored, resume=resume))
            break
        except (PortalFailed, TimedOut):
            resume = stored[-1].checkpoint if stored else None

    assert_exact(table, stored)


async def _store(table: LiveTable, stored: list[Page], *, resume: Checkpoint | None) -> list[Page]:
    async for page in Walk(client_for(table), DEAL, resume=resume):
        stored.append(page)
    return stored
