"""The tables of real time: events kept, senders refused, the application we are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Index, Integer, String, Text, text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT, VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base

LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
Moment = DateTime().with_variant(DATETIME(fsp=6), "mysql", "mariadb")
# MySQL's usual comparison takes "A" for "a"; two different ids must stay different.
ExactId = String(100).with_variant(VARCHAR(100, collation="utf8mb4_bin"), "mysql", "mariadb")


class State(StrEnum):
    """Whether an event is still to be worked on."""

    WAITING = "waiting"
    DONE = "done"


class Outcome(StrEnum):
    """What came of an event."""

    STORED = "stored"
    """The record's present state is in its table."""
    DELETED = "deleted"
    """The portal has no such record any more."""
    HIDDEN = "hidden"
    """The portal refuses us the record: kept as it is, and not taken for deleted."""
    SCHEMA = "schema"
    """The columns, the objects or a dictionary were brought up to date."""
    NOT_COPIED = "not_copied"
    """The object is not copied (yet); its first copy will read the record."""
    IGNORED = "ignored"
    """Nothing we mirror is concerned."""
    FAILED = "failed"
    """It could not be worked on, however often it was tried; the next pass makes up for it."""


class Source(StrEnum):
    """The way by which an event came."""

    WEBHOOK = "webhook"
    APPLICATION = "application"
    OFFLINE = "offline"


class SyncEvent(Base):
    """One event as the portal told it, without its secrets."""

    __tablename__ = "sync_events"
    __table_args__ = (
        Index("ix_sync_events_state_kind_id", "state", "kind", "id"),
        Index("ix_sync_events_entity_object_id", "entity", "object_id", "id"),
        Index("ix_sync_events_name_received_at", "name", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100))
    """In capitals, as the portal writes it: ``ONCRMDEALUPDATE``."""
    kind: Mapped[str] = mapped_column(String(16))
    """What is to be done about it; see ``subjects.Kind``."""
    entity: Mapped[str] = mapped_column(String(64))
    """Our name of the object, empty when none is concerned."""
    object_id: Mapped[str] = mapped_column(ExactId)
    """The record's id, a currency's code; empty when there is none."""
    source: Mapped[str] = mapped_column(String(16))
    member_id: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When it left the portal's queue, by the portal's clock."""
    received_at: Mapped[datetime] = mapped_column(
        Moment, server_default=text("CURRENT_TIMESTAMP(6)")
    )
    """By the database's clock, as the two moments below."""
    content: Mapped[str] = mapped_column(LongText)
    """JSON of what the event tells, without the senders' tokens."""
    state: Mapped[str] = mapped_column(String(8), default=State.WAITING)
    outcome: Mapped[str | None] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Failures of its own; those of the whole portal do not count."""
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    """When to try again, after a failure."""
    error: Mapped[str | None] = mapped_column(Text)
    """JSON of what went wrong last: code, message, facts."""
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    """None while it waits, and where there was nothing to do."""


class SyncEventRefusal(Base):
    """How often calls of the events' address were turned away, and why."""

    __tablename__ = "sync_event_refusals"

    reason: Mapped[str] = mapped_column(String(32), primary_key=True)
    refused: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime] = mapped_column(Moment)


class SyncApplication(Base):
    """Our application as installed on the portal; one row at most, its tokens are sealed."""

    __tablename__ = "sync_application"

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    member_id: Mapped[str] = mapped_column(String(64))
    client_endpoint: Mapped[str] = mapped_column(String(255))
    application_token: Mapped[str | None] = mapped_column(Text)
    """What proves its events; unknown when the tokens came from the settings."""
    former_token: Mapped[str | None] = mapped_column(Text)
    """The one before: events already under way still carry it."""
    token_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    """Unix seconds."""
    scope: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
