"""What the labelled views are made of."""

from sqlalchemy import String
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from bridge24.core.tables import Base
from bridge24.sync.models import LongText


def _exact(length: int) -> TypeEngine[str]:
    """Compare byte by byte: ``new`` and ``NEW`` are two codes."""
    exact = VARCHAR(length, collation="utf8mb4_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


class SyncView(Base):
    """The labelled view of one object."""

    __tablename__ = "sync_view"

    entity: Mapped[str] = mapped_column(String(64), primary_key=True)
    recipe: Mapped[str] = mapped_column(LongText)
    """JSON of ``Recipe``: what the portal said of the fields."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the view's SQL as it was last made; None: it was never made."""


class SyncWord(Base):
    """The word of one code of a dictionary, each once: so joins never multiply rows."""

    __tablename__ = "sync_word"

    dictionary: Mapped[str] = mapped_column(_exact(100), primary_key=True)
    """``STATUS``, ``SOURCE``, ``DEAL_STAGE`` (of all funnels), ``@currency`` …"""
    code: Mapped[str] = mapped_column(_exact(190), primary_key=True)
    word: Mapped[str] = mapped_column(LongText)
