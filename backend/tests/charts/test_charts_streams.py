"""A reader who goes away in the middle of a stream ends the work behind it."""

import asyncio
import time
from collections.abc import Callable

import httpx2

from bridge24.canned import CannedModel, Rule
from bridge24.charts import descriptions
from bridge24.charts.ai_endpoints import describe_stream, generate_stream
from bridge24.charts.generate import Stage
from bridge24.charts.schemas import GenerateIn

LONG = "Сделки. " * 2_000
SOON_SECONDS = 120


async def test_a_description_nobody_waits_for_is_broken_off_and_not_kept(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    chart_model.rules = [Rule("", LONG)]
    chart_model.seconds_between = 0.05
    pieces = describe_stream("ru")
    first = await anext(pieces)
    assert first.data in LONG
    await pieces.aclose()  # type: ignore[attr-defined]
    await _until(lambda: chart_model.broken_off == 1)
    assert await descriptions.kept("ru") is None


async def test_a_chart_nobody_waits_for_is_not_waited_for(
    charts: httpx2.AsyncClient, chart_model: CannedModel
) -> None:
    chart_model.seconds_before = 300.0
    before = asyncio.all_tasks()
    events = generate_stream(GenerateIn(prompt="Выручка"))
    assert [(await anext(events)).data for _ in range(2)] == [Stage.UNDERSTANDING, Stage.WRITING]
    await _until(lambda: bool(chart_model.requests))
    mine = {task for task in asyncio.all_tasks() - before if "ask" in repr(task.get_coro())}
    assert mine
    await events.aclose()  # type: ignore[attr-defined]
    done, _ = await asyncio.wait(mine, timeout=SOON_SECONDS)
    assert done == mine and all(task.cancelled() for task in done)


async def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON_SECONDS
    while not happened() and time.monotonic() < end:
        await asyncio.sleep(0.05)
    assert happened()
