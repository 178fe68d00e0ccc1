"""The tables beside ``sync_log``: what happened in a run, totals, and the portal's budget."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base
from bridge24.sync.models import LongText


class Status(StrEnum):
    """Where a run is in its life."""

    QUEUED = "queued"
    """Its job waits for a worker, or for another attempt."""
    RUNNING = "running"
    CANCELLING = "cancelling"
    PAUSING = "pausing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    """Stopped by a pause: resuming begins a run that goes on from the checkpoint."""
    INTERRUPTED = "interrupted"
    """Its process was killed."""


OPEN = (Status.QUEUED, Status.RUNNING)
STOPPING = {Status.CANCELLING: Status.CANCELLED, Status.PAUSING: Status.PAUSED}
ENDED = (
    Status.SUCCEEDED,
    Status.FAILED,
    Status.CANCELLED,
    Status.PAUSED,
    Status.INTERRUPTED,
)


class RunEventKind(StrEnum):
    """What a line of a run's timeline tells."""

    PHASE = "phase"
    PAGES = "pages"
    WAIT = "wait"
    RETRY = "retry"
    ERROR = "error"
    NOTE = "note"


class SyncRunEvent(Base):
    """One line of a run's timeline."""

    __tablename__ = "sync_run_event"
    __table_args__ = (Index("ix_sync_run_event_run_id_id", "run_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    run_id: Mapped[int] = mapped_column(BigInteger)
    entity: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime)
    kind: Mapped[str] = mapped_column(String(16))
    facts: Mapped[str] = mapped_column(LongText)
    """A JSON object."""


class SyncTally(Base):
    """Figures of one object that are dear to compute, kept when a run knows them."""

    __tablename__ = "sync_tally"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    rows_here: Mapped[int | None] = mapped_column(BigInteger)
    """Rows of its table that are not deleted."""
    here_at: Mapped[datetime | None] = mapped_column(DateTime)
    rows_in_portal: Mapped[int | None] = mapped_column(BigInteger)
    portal_at: Mapped[datetime | None] = mapped_column(DateTime)
    looked_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When changes were last looked for with success, by our clock."""
    runs: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_written: Mapped[int] = mapped_column(BigInteger, default=0)
    http_calls: Mapped[int] = mapped_column(BigInteger, default=0)


class SyncGauge(Base):
    """What one process knows of the portal's budget."""

    __tablename__ = "sync_gauge"

    holder: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    budget: Mapped[str] = mapped_column(LongText)
    """JSON: the bucket and the operating seconds of each method."""


class SyncPortal(Base):
    """What the portal said of itself last: one row."""

    __tablename__ = "sync_portal"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    scopes: Mapped[str] = mapped_column(LongText)
    """JSON: the groups of methods the webhook may call."""
    asked_at: Mapped[datetime] = mapped_column(DateTime)
