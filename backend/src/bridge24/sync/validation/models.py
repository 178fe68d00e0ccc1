"""What was compared with the portal, and what differed."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base
from bridge24.sync.models import LongText


class SyncValidation(Base):
    """One comparison of one table with the portal."""

    __tablename__ = "sync_validation"
    __table_args__ = (
        Index("ix_sync_validation_entity_id", "entity", "id"),
        Index("uq_sync_validation_open_for", "open_for", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(16))
    """``counts``, ``fingerprint``, ``ids`` or ``rows``."""
    sample: Mapped[int] = mapped_column(Integer)
    """How many rows were to be compared field by field."""
    status: Mapped[str] = mapped_column(String(16))
    """``queued``, ``running``, ``repairing``, ``succeeded`` or ``failed``."""
    open_for: Mapped[str | None] = mapped_column(String(64))
    """The object while it is queued or running, else NULL: unique, so one at a time."""
    phase: Mapped[str | None] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(DateTime)
    started_at: Mapped[datetime | None] = mapped_column(DateTime)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)
    checked_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the portal was counted, by its own clock."""
    rows_compared: Mapped[int] = mapped_column(BigInteger, default=0)
    sampled: Mapped[int] = mapped_column(Integer, default=0)
    source_rows: Mapped[int | None] = mapped_column(BigInteger)
    target_rows: Mapped[int | None] = mapped_column(BigInteger)
    differing: Mapped[int | None] = mapped_column(BigInteger)
    """Rows that differ, each counted once."""
    recent: Mapped[int] = mapped_column(Integer, default=0)
    """Rows that differ and were changed a moment ago: they may be on their way."""
    repairs: Mapped[int] = mapped_column(Integer, default=0)
    """How often it was repaired."""
    http_calls: Mapped[int] = mapped_column(Integer, default=0)
    operating_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_facts: Mapped[str | None] = mapped_column(Text)
    """JSON of what the message names, to tell it in other languages."""


class SyncDifference(Base):
    """One difference between a table and the portal, with both values."""

    __tablename__ = "sync_difference"
    __table_args__ = (Index("ix_sync_difference_validation_id", "validation_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    validation_id: Mapped[int] = mapped_column(BigInteger)
    entity: Mapped[str] = mapped_column(String(64))
    row_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(8))
    """``gone``, ``missing``, ``stale``, ``revived``, or ``value`` of one column."""
    column_name: Mapped[str | None] = mapped_column(String(64))
    portal_value: Mapped[str | None] = mapped_column(LongText)
    stored_value: Mapped[str | None] = mapped_column(LongText)
    repaired_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the portal was asked again and the row stored as it was told."""
