"""Telling workers that there is something to do: at once in this process, else by NOTIFY."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

import psycopg
import structlog
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "bridge24_jobs"
RECONNECT_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Word(StrEnum):
    """What a worker may be told."""

    JOB = "job"
    """There may be a job to begin."""
    CANCEL = "cancel"
    """There may be a job to stop."""


Ear = Callable[[Word], None]

_here: set[Ear] = set()


def add_ear(ear: Ear) -> None:
    """Let a worker of this process hear; called in the thread of the event loop."""
    _here.add(ear)


def remove_ear(ear: Ear) -> None:
    """Let it hear no more."""
    _here.discard(ear)


async def tell(session: AsyncSession, word: Word) -> None:
    """Say something to every worker when the transaction has committed."""
    tell_here(session, word)
    if session.get_bind().dialect.name == "postgresql":
        notify = text("SELECT pg_notify(:channel, :word)")
        await session.execute(notify, {"channel": CHANNEL, "word": word})


def tell_here(session: AsyncSession, word: Word) -> None:
    """Say it to the workers of this process only."""
    told = session.info.setdefault("jobs_told", set())
    if word not in told:
        told.add(word)
        event.listen(session.sync_session, "after_commit", lambda _session: say_here(word))


def say_here(word: Word) -> None:
    """Say it to them now: the transaction has committed."""
    for ear in tuple(_here):
        ear(word)


async def listen(url: URL, ear: Ear) -> None:
    """Hear what other processes say, until cancelled (PostgreSQL).

    A lost connection is made anew; meanwhile the workers' own polling finds the work.
    """
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as conn:
                await conn.execute(f"LISTEN {CHANNEL}".encode())
                async for notice in conn.notifies():
                    ear(Word.CANCEL if notice.payload == Word.CANCEL else Word.JOB)
        except psycopg.Error as error:
            log.warning("worker.listening_lost", reason=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)
