"""The tables of the queue, and the database's own clock in milliseconds."""

from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, SmallInteger, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from bridge24.core.tables import Base

KEY_LENGTH = 200

LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
# MySQL's usual comparison takes "A" for "a"; two different keys must stay different.
ExactText = String(KEY_LENGTH).with_variant(
    VARCHAR(KEY_LENGTH, collation="utf8mb4_bin"), "mysql", "mariadb"
)


class State(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    """Failed as often as it may; a person may revive it."""
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """The smaller goes first; any number between -32,768 and 32,767 will do."""

    URGENT = 0
    NORMAL = 5
    BACKGROUND = 9


class Job(Base):
    """One piece of work. All moments are milliseconds since 1970 by the database's clock."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_priority_id", "state", "priority", "id"),
        Index("ix_jobs_state_finished_at", "state", "finished_at"),
        Index("ix_jobs_key_state_id", "key", "state", "id"),
        Index("ix_jobs_worker", "worker"),
        Index("uq_jobs_slot", "slot", unique=True),
        Index("uq_jobs_dedup_held", "dedup_held", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    task: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[str] = mapped_column(LongText)
    """A JSON object."""
    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    priority: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[str | None] = mapped_column(ExactText)
    """Jobs of one key run ``key_limit`` at a time."""
    key_limit: Mapped[int] = mapped_column(SmallInteger)
    ordered: Mapped[bool] = mapped_column(Boolean)
    """Whether it waits for the jobs of its key that were queued before it."""
    slot: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH + 8).with_variant(
            VARCHAR(KEY_LENGTH + 8, collation="utf8mb4_bin"), "mysql", "mariadb"
        )
    )
    """Set while it runs: the unique index lets no more jobs of a key run than may."""
    dedup: Mapped[str | None] = mapped_column(ExactText)
    dedup_held: Mapped[str | None] = mapped_column(ExactText)
    """``dedup`` while it is queued, else NULL: the unique index keeps a second one out."""
    absorbed: Mapped[int] = mapped_column(Integer, default=0)
    """How many equal jobs were asked for while this one was waiting."""
    run_at: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    """Attempts begun so far."""
    worker: Mapped[str | None] = mapped_column(String(100))
    cancel_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(LongText)
    """What went wrong last and where, with secrets masked."""
    error_code: Mapped[str | None] = mapped_column(String(64))
    """Names an error that has a sentence."""
    error_facts: Mapped[str | None] = mapped_column(Text)
    """JSON of what the sentence names."""


class JobWorker(Base):
    """A worker; the lease of the worker is the lease of every job it runs."""

    __tablename__ = "job_workers"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int] = mapped_column(Integer)
    place: Mapped[str | None] = mapped_column(String(200))
    """Where ``pid`` means this process; see ``origin``. NULL: the system does not tell."""
    born: Mapped[int | None] = mapped_column(BigInteger)
    concurrency: Mapped[int] = mapped_column(Integer)
    running: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[int] = mapped_column(BigInteger)
    lease_until: Mapped[int] = mapped_column(BigInteger)


class now_ms(FunctionElement[int]):  # noqa: N801  it reads like the SQL function it stands for
    """The database's clock in milliseconds: the machines' own clocks may differ."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms)
def _on_postgresql(_element: now_ms, _compiler: Any, **_: Any) -> str:
    return "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


@compiles(now_ms, "mysql")
@compiles(now_ms, "mariadb")
def _on_mysql(_element: now_ms, _compiler: Any, **_: Any) -> str:
    return "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"
