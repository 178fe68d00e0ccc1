"""How far an audit has come, and what it has found and not settled yet."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base
from bridge24.sync.models import LongText, Micros


class SyncAudit(Base):
    """The audit of one CRM object, under way or the last one."""

    __tablename__ = "sync_audit"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    checkpoint: Mapped[str | None] = mapped_column(LongText)
    """The id ranges still to be compared; None: all are."""
    method: Mapped[str | None] = mapped_column(String(16))
    """``ids`` or ``fingerprint``."""
    began_at: Mapped[datetime | None] = mapped_column(DateTime)
    """By the portal's clock; None: no audit is under way."""
    stopped_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When so many rows were gone that nothing was deleted."""
    finished_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the last one ended, by the portal's clock."""
    exact_at: Mapped[datetime | None] = mapped_column(DateTime)
    """When the last one began that compared every id."""
    reader: Mapped[str | None] = mapped_column(String(64))
    """JSON: who read the portal at the last audit, and whether as an administrator."""
    costs: Mapped[str | None] = mapped_column(LongText)
    """JSON: what a page costs on this portal, as measured last."""


class SyncFinding(Base):
    """A row that differed from the portal and is to be looked at again."""

    __tablename__ = "sync_finding"
    __table_args__ = (Index("ix_sync_finding_entity_kind", "entity", "kind", "row_id"),)

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    """``gone``, ``missing``, ``stale``, ``revived``; ``absent``: gone, and asked again."""
    seen_at: Mapped[datetime] = mapped_column(Micros)
    """When the portal was asked, by its own clock."""
