"""One page ahead: order, what fails, and what was typed too early."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge24.bitrix.checkpoint import Checkpoint, Page
from bridge24.bitrix.fields import Field
from bridge24.bitrix.rows import Row
from bridge24.sync.ahead import Typist, one_ahead
from bridge24.sync.fields import FieldMapper
from bridge24.sync.leisure import Leisure
from bridge24.sync.policy import ColumnPolicy

FIELDS = [Field("ID", "integer"), Field("TITLE", "string")]
LAYOUT = FieldMapper("postgresql").columns("deal", FIELDS)
WIDER = FieldMapper("postgresql").columns("deal", [*FIELDS, Field("UF_NEW", "string")])


def _page(number: int) -> Page:
    rows = [{"ID": str(number), "TITLE": "a", "UF_NEW": "b"}]
    return Page(rows, Checkpoint("deal", (), start=number), datetime(2026, 1, 1, tzinfo=UTC))


async def _pages(fetched: list[int], *, until: int = 3) -> AsyncGenerator[Page]:
    for number in range(until):
        await asyncio.sleep(0)
        fetched.append(number)
        yield _page(number)


class _Watched(list[Row]):
    """Rows that tell when they are looked at."""

    def __init__(self, rows: Sequence[Row], looked: list[str]) -> None:
        super().__init__(rows)
        self._looked = looked

    def __getitem__(self, place: Any) -> Any:
        self._looked.append("typed")
        return super().__getitem__(place)


async def _others_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_next_page_is_fetched_and_met_while_one_is_stored() -> None:
    fetched: list[int] = []
    met: list[int | None] = []
    beside = []
    leisure = Leisure()
    pages = one_ahead(_pages(fetched), lambda each: met.append(each.checkpoint.start), leisure)
    async for page in pages:
        with leisure.taken():
            await _others_turns()
        beside.append((page.checkpoint.start, list(fetched), list(met)))

    assert beside == [(0, [0, 1], [0, 1]), (1, [0, 1, 2], [0, 1, 2]), (2, [0, 1, 2], [0, 1, 2])]


async def test_a_page_is_handed_out_before_the_next_one_fails() -> None:
    async def failing() -> AsyncGenerator[Page]:
        yield _page(0)
        raise RuntimeError("the portal is gone")

    stored = []
    with pytest.raises(RuntimeError, match="the portal is gone"):
        async for page in one_ahead(failing(), lambda _page: None, Leisure()):
            await _others_turns()
            stored.append(page)

    assert len(stored) == 1


async def test_leaving_early_gives_up_the_page_under_way() -> None:
    async def stuck() -> AsyncGenerator[Page]:
        yield _page(0)
        await asyncio.sleep(1_000)

    before = asyncio.all_tasks()
    pages = one_ahead(stuck(), lambda _page: None, Leisure())
    await anext(pages)
    await pages.aclose()

    assert asyncio.all_tasks() == before


async def test_nothing_is_fetched_or_typed_before_there_is_time() -> None:
    fetched: list[int] = []
    looked: list[str] = []
    typist = Typist(ColumnPolicy())

    def meet(page: Page) -> None:
        typist.begin(_Watched(page.rows, looked), LAYOUT)

    pages = one_ahead(_pages(fetched), meet, typist.leisure)
    await anext(pages)
    looked.clear()
    await _others_turns()
    assert (fetched, looked) == ([0], [])

    with typist.leisure.taken():
        await _others_turns()
    assert fetched == [0, 1]
    assert looked
    await pages.aclose()


async def test_a_page_that_is_asked_for_waits_for_no_leisure() -> None:
    stored = [
        page.checkpoint.start async for page in one_ahead(_pages([]), lambda _page: None, Leisure())
    ]

    assert stored == [0, 1, 2]


async def test_what_was_typed_for_another_table_is_typed_again() -> None:
    typist = Typist(ColumnPolicy())
    rows = _page(1).rows

    typist.begin(rows, LAYOUT)
    shaped = await typist.typed(rows, WIDER)

    assert shaped.bodies == [b"1\ta\tb"]
    assert not shaped.unknown


async def test_other_rows_than_those_begun_with_are_typed_for_themselves() -> None:
    typist = Typist(ColumnPolicy())
    begun = _page(1).rows

    typist.begin(begun, LAYOUT)

    assert (await typist.typed(_page(2).rows, LAYOUT)).ids == [2]
    assert (await typist.typed(begun, LAYOUT)).ids == [1]
