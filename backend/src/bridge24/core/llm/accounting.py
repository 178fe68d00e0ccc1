"""Keeps what every request to a language model cost."""

import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.llm.ladder import Message, Rung
from bridge24.core.llm.models import LlmCall

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens; None: not known."""

    prompt: float | None = None
    answer: float | None = None

    def micros(self, prompt_tokens: int, answer_tokens: int) -> int | None:
        """Price tokens in millionths of a dollar."""
        if self.prompt is None or self.answer is None:
            return None
        return round(prompt_tokens * self.prompt + answer_tokens * self.answer)


@dataclass(slots=True)
class Bill:
    """One request while it goes on."""

    purpose: str
    model: str
    prompt: str
    rung: Rung | None = None
    outcome: str = "answered"
    answer_chars: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    began: float = field(default_factory=time.monotonic)

    def used(self, usage: Any) -> None:
        """Take over the server's own count of tokens, where it tells one."""
        self.prompt_tokens = getattr(usage, "prompt_tokens", 0) or 0
        self.answer_tokens = getattr(usage, "completion_tokens", 0) or 0

    def to_row(self, prices: Prices) -> LlmCall:
        """Describe the request without a word of it."""
        return LlmCall(
            at=utc_naive(),
            purpose=self.purpose,
            model=self.model,
            rung=self.rung,
            outcome=self.outcome,
            prompt_hash=hashlib.sha256(self.prompt.encode()).hexdigest()[:16],
            prompt_chars=len(self.prompt),
            answer_chars=self.answer_chars,
            prompt_tokens=self.prompt_tokens,
            answer_tokens=self.answer_tokens,
            cost_micros=prices.micros(self.prompt_tokens, self.answer_tokens),
            milliseconds=round((time.monotonic() - self.began) * 1000),
        )


@asynccontextmanager
async def billed(bill: Bill, prices: Prices) -> AsyncIterator[Bill]:
    """Keep a request's account whatever becomes of it.

    An answer that was paid for is not lost because its bill could not be kept.
    """
    try:
        yield bill
    except AppError as error:
        bill.outcome = error.code
        raise
    except BaseException as error:
        bill.outcome = type(error).__name__[:32]
        raise
    finally:
        try:
            async with transaction() as session:
                session.add(bill.to_row(prices))
        except DatabaseError:
            log.warning("llm.bill_not_kept", purpose=bill.purpose, outcome=bill.outcome)


def words_of(messages: Sequence[Message]) -> str:
    """Join what is sent, for its size and its digest."""
    return "\n".join(message["content"] for message in messages)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used since a moment."""

    calls: int
    prompt_tokens: int
    answer_tokens: int
    cost_micros: int
    """Millionths of a US dollar, of the calls whose price is known."""


async def spent(session: AsyncSession, *, since: datetime) -> Spent:
    """Sum up the requests made since a moment (UTC)."""
    query = select(
        func.count(),
        _sum(LlmCall.prompt_tokens),
        _sum(LlmCall.answer_tokens),
        _sum(LlmCall.cost_micros),
    ).where(LlmCall.at >= since)
    row = (await session.execute(query)).one()
    return Spent(*(int(value) for value in row))


def _sum(column: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
