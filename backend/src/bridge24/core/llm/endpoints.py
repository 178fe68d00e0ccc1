"""The operator's door to what the language model has cost; never a word of what was asked."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Date, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.llm.connected import is_configured
from bridge24.core.llm.models import LlmCall
from bridge24.core.settings import get_settings

router = APIRouter(prefix="/api/v1/system", tags=["system"])


class LlmDayOut(BaseModel):
    """What one purpose took on one day (UTC)."""

    day: date
    purpose: str
    calls: int
    failed: int
    prompt_tokens: int
    answer_tokens: int
    dollars: float | None
    """None while OPENAI_PROMPT_PRICE and OPENAI_ANSWER_PRICE are not set."""
    seconds_mean: float


class LlmOut(BaseModel):
    """The language model and what it was used for."""

    configured: bool
    model: str
    days: list[LlmDayOut]
    """The latest first."""


@router.get("/llm")
async def read_llm(days: Annotated[int, Query(ge=1, le=366)] = 30) -> LlmOut:
    """Tell what the language model has cost, by day and purpose."""
    settings = get_settings()
    since = utc_naive() - timedelta(days=days)
    async with transaction() as session:
        return LlmOut(
            configured=is_configured(settings),
            model=settings.openai_model,
            days=await _days(session, since=since),
        )


async def _days(session: AsyncSession, *, since: datetime) -> list[LlmDayOut]:
    day = cast(LlmCall.at, Date)
    query = (
        select(
            day,
            LlmCall.purpose,
            func.count(),
            func.sum(case((LlmCall.outcome != "answered", 1), else_=0)),
            func.sum(LlmCall.prompt_tokens),
            func.sum(LlmCall.answer_tokens),
            func.sum(LlmCall.cost_micros),
            func.avg(LlmCall.milliseconds),
        )
        .where(LlmCall.at >= since)
        .group_by(day, LlmCall.purpose)
        .order_by(day.desc(), LlmCall.purpose)
    )
    return [
        LlmDayOut(
            day=on,
            purpose=purpose,
            calls=calls,
            failed=int(failed),
            prompt_tokens=int(asked),
            answer_tokens=int(answered),
            dollars=None if micros is None else int(micros) / 1e6,
            seconds_mean=round(float(milliseconds) / 1000, 2),
        )
        for on, purpose, calls, failed, asked, answered, micros, milliseconds in (
            await session.execute(query)
        )
    ]
