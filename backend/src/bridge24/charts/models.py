"""Saved charts, what a chart's words mean, questions that are known to be right, descriptions."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Integer, String, Text
from sqlalchemy.dialects.mysql import LONGTEXT, VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base

LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
# "VIP" and "vip" are two terms, on either database.
ExactTerm = String(190).with_variant(VARCHAR(190, collation="utf8mb4_bin"), "mysql", "mariadb")


class AIChart(Base):
    """A saved chart, with the answer its query gave last."""

    __tablename__ = "ai_charts"
    __table_args__ = (Index("ix_ai_charts_order", "pinned", "position", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    prompt: Mapped[str] = mapped_column(Text, default="")
    """The question it answers; empty for charts made by hand."""
    chart_type: Mapped[str] = mapped_column(String(16))
    sql_query: Mapped[str] = mapped_column(LongText)
    spec: Mapped[str] = mapped_column(LongText)
    """JSON of the whole ``ChartSpec``."""
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    """Its place on the dashboard, from 0."""
    width: Mapped[int] = mapped_column(Integer, default=1)
    """How many columns of the dashboard it takes, 1 or 2."""
    refresh_minutes: Mapped[int | None] = mapped_column(Integer)
    """How often it is run again by itself; None: only when somebody looks."""
    created_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime)
    updated_at: Mapped[datetime] = mapped_column(DateTime)
    result: Mapped[str | None] = mapped_column(LongText)
    """JSON of the last answer, with the default parameters."""
    result_at: Mapped[datetime | None] = mapped_column(DateTime)
    result_error: Mapped[str | None] = mapped_column(Text)
    """JSON of why the last run failed (code, message, facts); the last good answer stays."""


class ChartMetric(Base):
    """A business term as this installation means it; replaces the built-in one of its name."""

    __tablename__ = "chart_metrics"

    term: Mapped[str] = mapped_column(ExactTerm, primary_key=True)
    meaning: Mapped[str] = mapped_column(Text)


class ChartExample(Base):
    """A question whose chart an operator has found right."""

    __tablename__ = "chart_examples"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    question: Mapped[str] = mapped_column(Text)
    spec: Mapped[str] = mapped_column(LongText)
    verified_by: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime] = mapped_column(DateTime)


class SchemaDescription(Base):
    """The description of the tables in one language, as of one state of the schema."""

    __tablename__ = "schema_descriptions"

    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    markdown: Mapped[str] = mapped_column(LongText)
    written_by: Mapped[str] = mapped_column(String(128))
    """The model's name; empty: put together from the metadata."""
    written_at: Mapped[datetime] = mapped_column(DateTime)
