"""Slows down whoever guesses passwords, by name, by address, and by both together."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.jobs import persist
from bridge24.operators.errors import TooManyTries
from bridge24.operators.models import SUBJECT_LENGTH, SignInTry

FORGOTTEN_AFTER = timedelta(hours=1)
LONGEST = timedelta(minutes=15)
OF_BOTH, OF_ADDRESS, OF_NAME = 5, 30, 100
"""Failures that cost nothing. By name alone there are many, lest a stranger locks one out."""


async def count_one(name: str, address: str) -> None:
    """Count a try before the password is looked at: many at once must not slip through.

    Raises:
        TooManyTries: It has to wait.
    """
    await persist(lambda: _count(name, address))


async def forgive(name: str, address: str) -> None:
    """The password was right: what was counted for this name from here is forgotten."""
    subjects = [_both(name, address), f"address:{address}"[:SUBJECT_LENGTH]]
    async with transaction() as session:
        await session.execute(delete(SignInTry).where(SignInTry.subject.in_(subjects)))


async def _count(name: str, address: str) -> None:
    limits = {
        _both(name, address): OF_BOTH,
        f"address:{address}"[:SUBJECT_LENGTH]: OF_ADDRESS,
        f"name:{name}"[:SUBJECT_LENGTH]: OF_NAME,
    }
    now = utc_naive()
    async with transaction() as session:
        rows = [(await _locked(session, subject), free) for subject, free in limits.items()]
        waits = [row.blocked_until - now for row, _ in rows if row.blocked_until]
        longest = max(waits, default=timedelta(0))
        if longest <= timedelta(0):
            for row, free in rows:
                _add(row, free, now)
            return
    raise TooManyTries(retry_after=max(1, round(longest.total_seconds())))


def _both(name: str, address: str) -> str:
    return f"{address} {name}"[:SUBJECT_LENGTH]


def _add(row: SignInTry, free: int, now: datetime) -> None:
    row.failures = 1 if now - row.last_at > FORGOTTEN_AFTER else row.failures + 1
    row.last_at = now
    over = row.failures - free
    pause = min(timedelta(seconds=2 ** min(over, 20)), LONGEST)
    row.blocked_until = now + pause if over >= 0 else None


async def _locked(session: AsyncSession, subject: str) -> SignInTry:
    row = await session.get(SignInTry, subject, with_for_update=True)
    if row is not None:
        return row
    try:
        async with session.begin_nested():
            session.add(SignInTry(subject=subject, failures=0, last_at=utc_naive()))
    except IntegrityError:
        pass
    return await session.get_one(SignInTry, subject, with_for_update=True)
