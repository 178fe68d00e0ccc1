"""What language models were asked, by size and cost; never the words."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Integer, String
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base

Moment = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


class LlmCall(Base):
    """One request to a language model's server."""

    __tablename__ = "llm_calls"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    purpose: Mapped[str] = mapped_column(String(64))
    """What it was asked for: ``chart``, ``description`` …"""
    model: Mapped[str] = mapped_column(String(128))
    rung: Mapped[str | None] = mapped_column(String(16))
    """How a structured answer was asked for; none for free text and embeddings."""
    outcome: Mapped[str] = mapped_column(String(32))
    """``answered``, ``unusable`` or the name of the error."""
    prompt_hash: Mapped[str] = mapped_column(String(16))
    prompt_chars: Mapped[int] = mapped_column(Integer)
    answer_chars: Mapped[int] = mapped_column(Integer)
    prompt_tokens: Mapped[int] = mapped_column(Integer)
    answer_tokens: Mapped[int] = mapped_column(Integer)
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    """Millionths of a US dollar; none when the model's prices are not set."""
    milliseconds: Mapped[int] = mapped_column(Integer)
