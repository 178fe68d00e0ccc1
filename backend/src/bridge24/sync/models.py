"""The tables in which the sync keeps its own state."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Integer, String, Text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base

LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
Micros = DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")


class SyncState(Base):
    """How far one CRM object is copied: one row an object."""

    __tablename__ = "sync_state"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    checkpoint: Mapped[str | None] = mapped_column(LongText)
    """JSON of the unfinished walk: written in one transaction with its rows."""
    walk_started_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the unfinished walk began."""
    last_full_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the last complete walk began, by the portal's clock: what changed since is not in it."""
    cursor_at: Mapped[datetime | None] = mapped_column(DateTime)
    """Everything modified before this moment of the portal's clock is stored."""
    rows_stored: Mapped[int] = mapped_column(BigInteger, default=0)
    """Rows the walk under way, or the last one, has read."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of all rows, as the last complete walk over a short list read them."""
    recent_after: Mapped[int | None] = mapped_column(BigInteger)
    """While the first walk reads the newest rows before all others: where they begin."""
    recent_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the newest rows were complete, by the portal's clock."""
    backfill: Mapped[str | None] = mapped_column(LongText)
    """JSON: the fields that are new here, and how far their columns are filled."""
    history_since: Mapped[datetime | None] = mapped_column(Micros)
    """Since when versions are kept; None when they are not."""


class SyncLog(Base):
    """One run over one CRM object."""

    __tablename__ = "sync_log"
    __table_args__ = (
        Index("ix_sync_log_entity_started_at", "entity", "started_at"),
        Index("uq_sync_log_open_for", "open_for", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(DateTime)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)
    rows_read: Mapped[int] = mapped_column(BigInteger, default=0)
    inserted: Mapped[int] = mapped_column(BigInteger, default=0)
    updated: Mapped[int] = mapped_column(BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted: Mapped[int] = mapped_column(BigInteger, default=0)
    quarantined: Mapped[int] = mapped_column(BigInteger, default=0)
    http_calls: Mapped[int] = mapped_column(Integer, default=0)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_origin: Mapped[str | None] = mapped_column(String(16))
    """``portal``, ``database``, ``settings``, ``state`` or ``program``."""
    error_remedy: Mapped[str | None] = mapped_column(Text)
    error_facts: Mapped[str | None] = mapped_column(Text)
    """JSON of what the sentence names, to tell it in other languages."""
    open_for: Mapped[str | None] = mapped_column(String(64))
    """The object while the run is queued or running, else NULL: unique, so one at a time."""
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    """None: a command runs it in its own process."""
    asked_at: Mapped[datetime | None] = mapped_column(DateTime)
    asked_by: Mapped[str | None] = mapped_column(String(64))
    """``schedule``, ``command line``, or who asked for it."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    phase: Mapped[str | None] = mapped_column(String(16))
    progress: Mapped[str | None] = mapped_column(LongText)
    """JSON of rate, expected end, calls and waits, renewed each second of a run."""
    beat_at: Mapped[datetime | None] = mapped_column(DateTime)
    wipe: Mapped[str | None] = mapped_column(String(8))
    """``state`` or ``table``: what is still to be dropped before the run begins."""


class SyncQuarantine(Base):
    """A row that could not be stored: nothing of it is lost, its neighbours are stored."""

    __tablename__ = "sync_quarantine"
    __table_args__ = (Index("ix_sync_quarantine_entity_row", "entity", "row_id", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    row_id: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    """In English; see ``reasons`` for other languages."""
    code: Mapped[str] = mapped_column(String(64))
    facts: Mapped[str] = mapped_column(Text)
    """JSON of what the reason names."""
    raw: Mapped[str] = mapped_column(LongText)
    seen_at: Mapped[datetime] = mapped_column(DateTime)


class SyncMissing(Base):
    """A stored row that the walk under way did not meet in the portal."""

    __tablename__ = "sync_missing"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(Micros)
    """When the portal did not send it, by its own clock."""


class SyncTombstone(Base):
    """A row known to be deleted that is not stored: an older read must not bring it back."""

    __tablename__ = "sync_tombstone"
    __table_args__ = (Index("ix_sync_tombstone_seen_at", "seen_at"),)

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(Micros)
    """When it was gone, by the portal's clock."""


class SyncSighting(Base):
    """What a read found to be as it is stored, so that nothing was written.

    An older read that arrives later must not overwrite it. Kept for an hour.
    """

    __tablename__ = "sync_sighting"
    __table_args__ = (Index("ix_sync_sighting_entity_read_at", "entity", "read_at"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime] = mapped_column(Micros)
    """By the portal's clock."""
    spans: Mapped[str] = mapped_column(LongText)
    """JSON: ranges (above, up to and with) of which the read holds every row."""
    ids: Mapped[str] = mapped_column(LongText)
    """JSON: single rows."""


class SyncConfig(Base):
    """What the owner wants of one CRM object; no row means the defaults."""

    __tablename__ = "sync_config"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether the object is copied at all."""
    paused: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether its schedule rests for now."""
    interval_minutes: Mapped[int | None] = mapped_column(Integer)
    """How often changes are looked for; None: as the settings say."""
    cron: Mapped[str | None] = mapped_column(String(100))
    """A schedule instead of the interval."""
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """The zone of ``cron``."""
    delete_mode: Mapped[str] = mapped_column(String(8), default="soft")
    """``soft``: deleted rows stay, marked; ``hard``: they go."""
    history: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether every version of a row is kept."""
    lookback_minutes: Mapped[int] = mapped_column(Integer, default=5)
    """How far before the cursor changes are read again."""
    columns: Mapped[str] = mapped_column(LongText, default="{}")
    """JSON: field code to ``leave_out``, ``hash`` or ``mask``; others are copied as they are."""
    origin: Mapped[str | None] = mapped_column(LongText)
    """JSON: the portal's own description of a discovered smart process."""


class SyncSchemaChange(Base):
    """One change of a mirrored table: what the portal's fields did to it."""

    __tablename__ = "sync_schema_change"
    __table_args__ = (Index("ix_sync_schema_change_entity_id", "entity", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    table_name: Mapped[str] = mapped_column(String(64))
    column_name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    """``created``, ``added``, ``widened``, ``relabelled`` or ``vanished`` (from the portal)."""
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime)


class SyncColumn(Base):
    """Which field a column of a mirrored table was made for: the name stays with it."""

    __tablename__ = "sync_column"

    table_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    column_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(LongText)
    """The field's code; with ``_currency`` for the second column of a sum of money."""
